"""Plan talk that was laid aside: when it is taken up by other plan talk, it does not come back by itself."""

from bot.actions.effects import ActionTurn

# Flows that a new agreement, or a new start of plan talk, makes pointless.
PLAN_FLOWS = frozenset(
    {"request_plan", "make_offer", "report_hardship", "promise_to_pay", "request_settlement", "pay_now"}
)


def forget_beneath(turn: ActionTurn) -> None:
    """Drop plan talk that was laid aside beneath the running flow, so that it is not taken up again after it."""
    stack = turn.tracker.stack
    start = len(stack) - 1
    while start > 0 and stack[start].kind == "call":
        start -= 1
    kept, keeping = [], True
    for frame in stack[:start]:
        keeping = keeping if frame.kind == "call" else frame.flow not in PLAN_FLOWS
        if keeping:
            kept.append(frame)
        else:
            turn.tracker.slots.update({name: None for name in frame.slots_set if name != "account_id"})
    stack[:start] = kept
