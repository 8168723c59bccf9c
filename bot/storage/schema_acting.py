"""Tables of what staff do from the desk: their offers, approvals of these, referrals."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table, Text

from bot.storage.columns import Instant, Json, literal, metadata

staff_offers = Table(
    "staff_offers",
    metadata,
    Column("id", Text, primary_key=True),
    Column("case_id", Text, ForeignKey("cases.id"), nullable=False),
    Column("conversation_id", Text, ForeignKey("conversations.id"), nullable=False),
    Column("borrower_id", Text, ForeignKey("borrowers.id"), nullable=False),
    Column("account_id", Text, ForeignKey("accounts.id"), nullable=False),
    Column("made_by", Text, ForeignKey("staff.id"), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("currency", Text, nullable=False),
    Column("frequency", Text, nullable=False),
    Column("instalments", Json, nullable=False),  # [[due, amount in minor units], …] in order
    Column("total", BigInteger, nullable=False),
    Column("added", BigInteger, nullable=False),
    Column("waived_fees", BigInteger, nullable=False),
    Column("waived_interest", BigInteger, nullable=False),
    Column("waived_principal", BigInteger, nullable=False),
    Column("shortfall", BigInteger, nullable=False),
    Column("figures", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("policy_version", Text, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("status", Text, nullable=False),  # as OfferStatus
    Column("seq", Integer),
    Column("words", Text, nullable=False),
    Column("ended_at", Instant),
    Column("ended_why", Text),
    Column("agreement_id", Text, ForeignKey("agreements.id")),
    Index("ix_staff_offers_borrower_id", "borrower_id", "made_at"),
    Index("ix_staff_offers_conversation_id", "conversation_id", "seq"),
)
_OPEN = staff_offers.c.status.in_([literal("asked"), literal("approved"), literal("sent")])
# One offer at a time for an account, whoever makes it and in whichever chat.
Index("uq_staff_offers_open", staff_offers.c.account_id, unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN)
Index("ix_staff_offers_case_id", staff_offers.c.case_id, sqlite_where=_OPEN, postgresql_where=_OPEN)

approvals = Table(
    "approvals",
    metadata,
    Column("id", Text, primary_key=True),
    Column("offer_id", Text, ForeignKey("staff_offers.id"), nullable=False, unique=True),
    Column("speaker", Text, nullable=False),
    Column("creditor", Text, nullable=False),
    Column("asked_by", Text, ForeignKey("staff.id"), nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("needs", Json, nullable=False),
    Column("line", Text, nullable=False),
    Column("status", Text, nullable=False),  # as ApprovalStatus
    Column("decided_by", Text, ForeignKey("staff.id")),
    Column("decided_at", Instant),
    Column("decision", Text, nullable=False),
)
_UNDECIDED = approvals.c.status == literal("open")
Index("ix_approvals_open", approvals.c.asked_at, sqlite_where=_UNDECIDED, postgresql_where=_UNDECIDED)

referrals = Table(
    "referrals",
    metadata,
    Column("id", Text, primary_key=True),
    Column("case_id", Text, ForeignKey("cases.id"), nullable=False),
    Column("conversation_id", Text, ForeignKey("conversations.id"), nullable=False),
    Column("speaker", Text, nullable=False),
    Column("creditor", Text, nullable=False),
    Column("borrower_id", Text, ForeignKey("borrowers.id"), nullable=False),
    Column("account_id", Text, ForeignKey("accounts.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("opened_by", Text, ForeignKey("staff.id"), nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("status", Text, nullable=False),  # as ReferralStatus
    Column("outcome", Text, nullable=False),
    Column("closed_by", Text, ForeignKey("staff.id")),
    Column("closed_at", Instant),
    Index("ix_referrals_borrower_id", "borrower_id", "opened_at"),
)
