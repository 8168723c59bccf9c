"""Rasa's patterns: flows that the engine itself starts. A dialogue folder overrides one by a flow of its name."""

from bot.dialogue.flows import END, Branch, Flow, Flows, Step

CANCEL = "pattern_cancel_flow"
CORRECTION = "pattern_correction"
CLARIFICATION = "pattern_clarification"
CANNOT_HANDLE = "pattern_cannot_handle"
COMPLETED = "pattern_completed"
CONTINUE = "pattern_continue_interrupted"
SESSION_START = "pattern_session_start"
HANDOFF = "pattern_human_handoff"
INTERNAL_ERROR = "pattern_internal_error"
GOING_ROUND = "pattern_going_round"  # not Rasa's: said when turn after turn ends with the same words
PERSON = "/request_human"

_NAMES = (
    CANCEL, CORRECTION, CLARIFICATION, CANNOT_HANDLE, COMPLETED, CONTINUE, SESSION_START, HANDOFF, INTERNAL_ERROR,
    GOING_ROUND,
)  # fmt: skip

# In Rasa's own patterns these do the cancelling and correcting; here the command has done it already.
BUILT_IN_ACTIONS = frozenset({"action_cancel_flow", "action_correct_flow_slot"})


def with_patterns(flows: Flows) -> Flows:
    """The flows, with an empty flow for each pattern that the folder leaves out."""
    missing = {name: _silent(name) for name in _NAMES if name not in flows.by_id}
    return Flows({**flows.by_id, **missing})


def _silent(name: str) -> Flow:
    nothing = Step("nothing", "noop", (Branch(None, END),))
    return Flow(
        id=name,
        name=name,
        description="Built in: says nothing.",
        steps={nothing.id: nothing},
        first=nothing.id,
        guard=None,
        triggers=(),
        persisted_slots=frozenset(),
        run_pattern_completed=False,
        place="built in",
    )
