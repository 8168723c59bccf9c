"""A small dialogue about arrears that uses every construct of the subset, and a chat with it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bot.dialogue.commands import ActionResult, Command
from bot.dialogue.effects import Outcome
from bot.dialogue.interpreter import Dialogue
from bot.dialogue.tracker import Tracker

DOMAIN = """
version: "3.1"
slots:
  verified: {type: bool, mappings: [{type: controlled}]}
  reference: {type: text, mappings: [{type: from_llm}]}
  amount: {type: text, mappings: [{type: from_entity, entity: amount_of_money}]}
  amount_high: {type: text, mappings: [{type: controlled}]}
  start: {type: text, mappings: [{type: from_entity, entity: date}]}
  often: {type: categorical, values: [weekly, monthly], mappings: [{type: from_entity, entity: frequency}]}
  sure: {type: bool, mappings: [{type: from_llm}]}
  reason: {type: text, mappings: [{type: from_llm}]}
  note: {type: text, mappings: [{type: from_llm}]}
  rounds: {type: float, mappings: [{type: controlled}]}
  agreed: {type: bool, mappings: [{type: controlled}]}
  currency: {type: text, mappings: [{type: controlled}]}
responses:
  utter_ask_reference: [{text: "Which reference?"}]
  utter_ask_amount: [{text: "How much?", buttons: [{title: "A hundred", payload: "/SetSlots(amount=100.00)"}]}]
  utter_ask_start: [{text: "From when?"}]
  utter_ask_often: [{text: "How often?"}]
  utter_ask_sure: [{text: "Shall I?"}]
  utter_ask_reason: [{text: "What happened?"}]
  utter_ask_note: [{text: "Anything else?"}]
  utter_too_much: [{text: "That is too much."}]
  utter_balance: [{text: "You owe something.", buttons: [{title: "Offer", payload: "/make_offer"}]}]
  utter_done: [{text: "Done."}]
  utter_left: [{text: "Left."}]
  utter_sorry: [{text: "I did not get that."}]
  utter_way_out: [{text: "A way out?", buttons: [{title: "A person", payload: "/request_human"}]}]
  utter_person: [{text: "A person?", buttons: [{title: "A person", payload: "/request_human"}]}]
  utter_which: [{text: "Which one?", buttons: [{title: "Balance", payload: "/check_balance"}]}]
  utter_changed: [{text: "Changed."}]
  utter_back: [{text: "Back to where we were."}]
  utter_anything_else: [{text: "Anything else?"}]
  utter_broken: [{text: "Something broke."}]
  utter_hello: [{text: "Hello."}]
actions: [action_save, action_ask_note, validate_reference]
"""

FLOWS = """
flows:
  check_balance:
    name: what you owe
    description: Says what is owed.
    nlu_trigger: [{intent: {name: check_balance, confidence_threshold: 0.5}}]
    steps:
      - noop: true
        next:
          - if: not slots.verified
            then: [{call: verify, next: say}]
          - else: say
      - id: say
        action: utter_balance
  ask_charges:
    description: Explains the charges.
    nlu_trigger: [{intent: ask_charges}]
    steps: [{call: verify}, {action: utter_done}]
  verify:
    description: Finds out who it is.
    if: False
    steps:
      - collect: reference
  make_offer:
    name: your own idea
    description: Takes an offer.
    nlu_trigger: [{intent: make_offer}]
    persisted_slots: [start]
    steps:
      - collect: amount
        rejections: [{if: slots.amount > 1000, utter: utter_too_much}]
      - collect: start
      - collect: often
      - collect: sure
        ask_before_filling: true
        next:
          - if: slots.sure
            then:
              - action: action_save
              - action: utter_done
                next: END
          - else:
              - set_slots: [{rounds: 1}]
              - link: tell
  tell:
    description: Free words.
    nlu_trigger: [{intent: report_hardship}]
    run_pattern_completed: false
    steps:
      - collect: reason
      - collect: note
      - action: utter_done
  circle:
    description: Never ends.
    nlu_trigger: [{intent: circle}]
    steps:
      - id: again
        noop: true
        next: [{if: slots.agreed, then: END}, {else: again}]
  hidden:
    description: Only for those who are verified.
    if: slots.verified
    nlu_trigger: [{intent: hidden}]
    steps: [{action: utter_done}]
  pattern_cancel_flow:
    description: Left.
    steps: [{action: action_cancel_flow}, {action: utter_left}]
  pattern_cannot_handle:
    description: Not understood.
    steps:
      - noop: true
        next:
          - if: context.misunderstood >= 2
            then: [{action: utter_person, next: END}]
          - else: [{action: utter_sorry, next: END}]
  pattern_clarification: {description: Which., steps: [{action: utter_which}]}
  pattern_correction: {description: Changed., steps: [{action: utter_changed}]}
  pattern_continue_interrupted: {description: Back., steps: [{action: utter_back}]}
  pattern_completed: {description: Done., steps: [{action: utter_anything_else}]}
  pattern_internal_error: {description: Broken., steps: [{action: utter_broken}]}
  pattern_going_round: {description: Turn after turn the same., steps: [{action: utter_way_out}]}
  pattern_session_start: {description: Hello., steps: [{action: utter_hello}]}
  pattern_human_handoff: {description: A person., steps: [{action: utter_person}]}
"""


@dataclass
class Talk:
    """A conversation with the dialogue, its actions answered by a table."""

    dialogue: Dialogue
    actions: dict[str, Callable[[Tracker], ActionResult]] = field(default_factory=dict)
    tracker: Tracker = field(default_factory=lambda: Tracker("c1", "en"))
    called: list[str] = field(default_factory=list)
    last: Outcome = field(default_factory=Outcome)

    def act(self, name: str) -> ActionResult:
        self.called.append(name)
        answer = self.actions.get(name)
        return answer(self.tracker) if answer else ActionResult()

    def do(self, *commands: Command) -> list[str]:
        """Run commands; the names of what was said."""
        return self.run(commands)

    def press(self, payload: str) -> list[str]:
        return self.run(self.dialogue.pressed(payload, self.tracker))

    def run(self, commands: Sequence[Command]) -> list[str]:
        self.last = self.dialogue.run(self.tracker, commands, self.act)
        self.tracker.turn += 1
        return [utterance.response for utterance in self.last.utterances]
