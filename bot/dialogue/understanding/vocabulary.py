# ruff: noqa: E501 - a table is read as lines
"""The intents that the code names, by what a mistake about them would do."""

OUT_OF_SCOPE = "out_of_scope"
RIGHTS = frozenset(
    {
        "stop_contact", "contact_preference", "dispute_debt", "report_fraud", "already_paid", "wrong_person", "third_party",
        "report_death", "report_bankruptcy", "has_representative", "refuse_to_pay", "distress", "complain", "request_human",
    }
)  # fmt: skip
MONEY = frozenset({"make_offer", "promise_to_pay", "request_settlement", "change_plan", "pay_now"})
# Acted upon only when surer than the others: the lender's duties and the borrower's money hang on them.
CAREFUL = (RIGHTS | MONEY) - {"request_human"}
SOCIAL = frozenset({"greet", "goodbye", "thank", "affirm", "deny"})
