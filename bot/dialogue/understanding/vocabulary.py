# ruff: noqa: E501 - a table is read as lines
"""The intents that the code names, by what a mistake about them would do."""

OUT_OF_SCOPE, DISTRESS = "out_of_scope", "distress"
RIGHTS = frozenset(
    {
        "stop_contact", "contact_preference", "dispute_debt", "report_fraud", "already_paid", "wrong_person", "third_party",
        "report_death", "report_bankruptcy", "has_representative", "refuse_to_pay", "distress", "complain", "request_human",
    }
)  # fmt: skip
MONEY = frozenset({"make_offer", "promise_to_pay", "request_settlement", "change_plan", "pay_now"})
# What a mistake costs decides from when on a guess is acted upon: most where the lender's duties hang on it, less
# where a talk about money begins that asks before it does anything, least where something is told that was not asked.
CAREFUL = RIGHTS - {"request_human"}
MEASURED = MONEY | {"request_plan", "check_plan", "report_hardship", "disclose_vulnerability"}
SOCIAL = frozenset({"greet", "goodbye", "thank", "affirm", "deny"})
