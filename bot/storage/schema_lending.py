"""Tables of people, debts and what was agreed: amounts as minor units beside a currency, personal data sealed."""

import sqlalchemy as sa
from sqlalchemy import BigInteger, Boolean, Column, Date, ForeignKey, Index, Integer, LargeBinary, Table, Text

from bot.storage.columns import Instant, Json, RowId, literal, metadata

borrowers = Table(
    "borrowers",
    metadata,
    Column("id", Text, primary_key=True),
    Column("creditor", Text, nullable=False),
    Column("reference_lookup", LargeBinary, nullable=False),
    Column("reference", LargeBinary, nullable=False),
    Column("name", LargeBinary, nullable=False),
    Column("birth_date", LargeBinary, nullable=False),
    Column("document_last4", LargeBinary, nullable=False),
    Column("phone", LargeBinary),
    Column("phone_lookup", LargeBinary),
    Column("residence", Text, nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("time_zone_source", Text, nullable=False),
    Column("locale", Text),
    Column("invented", Json, nullable=False),  # names of fields that no lender gave
    sa.UniqueConstraint("creditor", "reference_lookup"),
    Index("ix_borrowers_phone_lookup", "phone_lookup"),
)

accounts = Table(
    "accounts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("creditor", Text, nullable=False),
    Column("reference_lookup", LargeBinary, nullable=False),
    Column("reference", LargeBinary, nullable=False),
    Column("product", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("jurisdiction", Text, nullable=False),
    Column("opened_on", Date),
    Column("original_creditor", Text),
    Column("judgment", Boolean, nullable=False),
    Column("limitation_from", Date),
    Column("as_of", Date, nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("principal", BigInteger, nullable=False),
    Column("interest", BigInteger, nullable=False),
    Column("fees", BigInteger, nullable=False),
    Column("overdue", BigInteger, nullable=False),
    Column("overdue_since", Date),
    Column("next_due", Date),
    Column("last_payment", BigInteger),
    Column("last_payment_on", Date),
    Column("terms", Json, nullable=False),  # interest term, late fees, missed payments reported
    sa.UniqueConstraint("creditor", "reference_lookup"),
    sa.CheckConstraint("total = principal + interest + fees", name="adds_up"),
)

parties = Table(
    "parties",
    metadata,
    Column("borrower_id", Text, ForeignKey("borrowers.id"), primary_key=True),
    Column("account_id", Text, ForeignKey("accounts.id"), primary_key=True),
    Column("role", Text, nullable=False),
    Index("ix_parties_account_id", "account_id"),
)

hardships = Table(
    "hardships",
    metadata,
    Column("id", Text, primary_key=True),
    Column("borrower_id", Text, ForeignKey("borrowers.id"), nullable=False),
    Column("reported_at", Instant, nullable=False),
    Column("reason", Text),  # null: not said, or kept with the sensitive details
    Column("since", Date),
    Column("means", LargeBinary, nullable=False),
    Column("consent", Boolean, nullable=False),
    Column("evidence", Json, nullable=False),
    Index("ix_hardships_borrower_id", "borrower_id", "reported_at"),
)

# Health and the like stand apart, so that they can be read, kept and erased under rules of their own.
hardship_details = Table(
    "hardship_details",
    metadata,
    Column("hardship_id", Text, ForeignKey("hardships.id", ondelete="CASCADE"), primary_key=True),
    Column("reason", LargeBinary),
    Column("detail", LargeBinary),
)

agreements = Table(
    "agreements",
    metadata,
    Column("id", Text, primary_key=True),
    Column("borrower_id", Text, ForeignKey("borrowers.id"), nullable=False),
    Column("account_id", Text, ForeignKey("accounts.id"), nullable=False),
    Column("status", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("added", BigInteger, nullable=False),
    Column("paid", BigInteger, nullable=False),
    Column("missed", Integer, nullable=False),
    Column("frequency", Text, nullable=False),
    Column("agreed_at", Instant, nullable=False),
    Column("locale", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("policy_version", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("grace_days", Integer),  # as promised when it was agreed; null: as the policy says
    Column("missed_before_broken", Integer),
    Index("ix_agreements_borrower_id", "borrower_id", "agreed_at"),
    Index("ix_agreements_account_id", "account_id", "agreed_at"),
)
# One live plan an account, whoever asks and on whichever channel.
Index(
    "uq_agreements_live",
    agreements.c.account_id,
    unique=True,
    sqlite_where=agreements.c.status == literal("live"),
    postgresql_where=agreements.c.status == literal("live"),
)

instalments = Table(
    "instalments",
    metadata,
    Column("borrower_id", Text, primary_key=True),
    Column("agreement_id", Text, ForeignKey("agreements.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("due", Date, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Index("ix_instalments_agreement_id", "agreement_id"),
)

promises = Table(
    "promises",
    metadata,
    Column("id", Text, primary_key=True),
    Column("borrower_id", Text, ForeignKey("borrowers.id"), nullable=False),
    Column("account_id", Text, ForeignKey("accounts.id"), nullable=False),
    Column("currency", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("due", Date, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("status", Text, nullable=False),
    Index("ix_promises_borrower_id", "borrower_id", "made_at"),
    Index("ix_promises_account_id", "account_id", "due"),
)

payments = Table(
    "payments",
    metadata,
    Column("id", Text, primary_key=True),
    Column("creditor", Text, nullable=False),
    Column("reference_lookup", LargeBinary, nullable=False),
    Column("reference", LargeBinary, nullable=False),
    Column("account_id", Text, ForeignKey("accounts.id"), nullable=False),
    Column("currency", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),  # below zero: it came back
    Column("paid_on", Date, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    sa.UniqueConstraint("creditor", "reference_lookup"),
    Index("ix_payments_account_id", "account_id", "paid_on"),
)

holds = Table(
    "holds",
    metadata,
    Column("id", Text, primary_key=True),
    Column("subject_kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("stops", Text, nullable=False),
    Column("placed_at", Instant, nullable=False),
    Column("review_on", Date),
    Column("lifted_by", Json, nullable=False),
    Column("provisional", Boolean, nullable=False),
    Column("lifted_at", Instant),
    Column("lapses", Boolean, nullable=False),
    Index("ix_holds_review_on", "review_on"),
)
Index(
    "ix_holds_in_force",
    holds.c.subject,
    holds.c.subject_kind,
    sqlite_where=holds.c.lifted_at.is_(None),
    postgresql_where=holds.c.lifted_at.is_(None),
)

disputes = Table(
    "disputes",
    metadata,
    Column("id", Text, primary_key=True),
    Column("borrower_id", Text, ForeignKey("borrowers.id")),
    Column("account_id", Text, ForeignKey("accounts.id")),
    Column("kind", Text, nullable=False),
    Column("words", LargeBinary, nullable=False),
    Column("raised_at", Instant, nullable=False),
    Column("answer_by", Date, nullable=False),
    Column("status", Text, nullable=False),
    Column("address", Text),  # the channel address that it was raised from
    Column("settled_at", Instant),
    Index("ix_disputes_borrower_id", "borrower_id", "raised_at"),
    Index("ix_disputes_address", "address"),
)

contact_preferences = Table(
    "contact_preferences",
    metadata,
    Column("borrower_id", Text, ForeignKey("borrowers.id"), primary_key=True),
    Column("opens", Text),  # HH:MM by the borrower's clock
    Column("closes", Text),
    Column("days", Json, nullable=False),
    Column("stated_at", Instant, nullable=False),
)

# Health and the like, with consent alone, apart from everything else of the borrower.
support_notes = Table(
    "support_notes",
    metadata,
    Column("borrower_id", Text, ForeignKey("borrowers.id"), primary_key=True),
    Column("told", LargeBinary, nullable=False),
    Column("noted_at", Instant, nullable=False),
)

links = Table(
    "links",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("borrower_id", Text, ForeignKey("borrowers.id"), nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("spent_at", Instant),
)

check_codes = Table(
    "check_codes",
    metadata,
    Column("speaker", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("expires_at", Instant, nullable=False),
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("subject_lookup", LargeBinary, nullable=False),  # what somebody typed is not kept in the clear
    Column("at", Instant, nullable=False),
    Index("ix_attempts_subject_lookup", "subject_lookup", "at"),
)
