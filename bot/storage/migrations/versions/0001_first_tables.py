"""first tables"""

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table('accounts',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('creditor', sa.Text(), nullable=False),
    sa.Column('reference_lookup', sa.LargeBinary(), nullable=False),
    sa.Column('reference', sa.LargeBinary(), nullable=False),
    sa.Column('product', sa.Text(), nullable=False),
    sa.Column('currency', sa.Text(), nullable=False),
    sa.Column('jurisdiction', sa.Text(), nullable=False),
    sa.Column('opened_on', sa.Date(), nullable=True),
    sa.Column('original_creditor', sa.Text(), nullable=True),
    sa.Column('judgment', sa.Boolean(), nullable=False),
    sa.Column('limitation_from', sa.Date(), nullable=True),
    sa.Column('as_of', sa.Date(), nullable=False),
    sa.Column('total', sa.BigInteger(), nullable=False),
    sa.Column('principal', sa.BigInteger(), nullable=False),
    sa.Column('interest', sa.BigInteger(), nullable=False),
    sa.Column('fees', sa.BigInteger(), nullable=False),
    sa.Column('overdue', sa.BigInteger(), nullable=False),
    sa.Column('overdue_since', sa.Date(), nullable=True),
    sa.Column('next_due', sa.Date(), nullable=True),
    sa.Column('last_payment', sa.BigInteger(), nullable=True),
    sa.Column('last_payment_on', sa.Date(), nullable=True),
    sa.Column('terms', sa.Text(), nullable=False),
    sa.CheckConstraint('total = principal + interest + fees', name=op.f('ck_accounts_adds_up')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_accounts')),
    sa.UniqueConstraint('creditor', 'reference_lookup', name=op.f('uq_accounts_creditor_reference_lookup'))
    )
    op.create_table('attempts',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('subject_lookup', sa.LargeBinary(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attempts'))
    )
    op.create_index('ix_attempts_subject_lookup', 'attempts', ['subject_lookup', 'at'], unique=False)
    op.create_table('audit',
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('staff', sa.Text(), nullable=True),
    sa.Column('action', sa.Text(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('detail', sa.Text(), nullable=False),
    sa.Column('salt', sa.LargeBinary(), nullable=False),
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.Column('hash', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_audit'))
    )
    op.create_index('ix_audit_action', 'audit', ['action', 'number'], unique=False)
    op.create_index('ix_audit_staff', 'audit', ['staff', 'number'], unique=False)
    op.create_index('ix_audit_subject', 'audit', ['subject', 'number'], unique=False)
    op.create_table('borrowers',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('creditor', sa.Text(), nullable=False),
    sa.Column('reference_lookup', sa.LargeBinary(), nullable=False),
    sa.Column('reference', sa.LargeBinary(), nullable=False),
    sa.Column('name', sa.LargeBinary(), nullable=False),
    sa.Column('birth_date', sa.LargeBinary(), nullable=False),
    sa.Column('document_last4', sa.LargeBinary(), nullable=False),
    sa.Column('phone', sa.LargeBinary(), nullable=True),
    sa.Column('phone_lookup', sa.LargeBinary(), nullable=True),
    sa.Column('residence', sa.Text(), nullable=False),
    sa.Column('time_zone', sa.Text(), nullable=False),
    sa.Column('time_zone_source', sa.Text(), nullable=False),
    sa.Column('locale', sa.Text(), nullable=True),
    sa.Column('invented', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_borrowers')),
    sa.UniqueConstraint('creditor', 'reference_lookup', name=op.f('uq_borrowers_creditor_reference_lookup'))
    )
    op.create_index('ix_borrowers_phone_lookup', 'borrowers', ['phone_lookup'], unique=False)
    op.create_table('chains',
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('length', sa.Integer(), nullable=False),
    sa.Column('head', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_chains'))
    )
    op.create_table('channel_accounts',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('speaker', sa.Text(), nullable=False),
    sa.Column('next_send_at', sa.BigInteger(), nullable=False),
    sa.Column('poller', sa.Text(), nullable=True),
    sa.Column('polled_until', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_channel_accounts'))
    )
    op.create_table('channel_updates',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('account', sa.Text(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('sender', sa.Text(), nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=True),
    sa.Column('received_at', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('claimed_until', sa.BigInteger(), nullable=True),
    sa.Column('error', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_channel_updates')),
    sa.UniqueConstraint('account', 'key', name=op.f('uq_channel_updates_account_key')),
    sqlite_autoincrement=True
    )
    op.create_index('ix_channel_updates_waiting', 'channel_updates', ['account', 'sender', 'number'], unique=False, sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
    op.create_table('check_codes',
    sa.Column('speaker', sa.Text(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('expires_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('speaker', 'code', name=op.f('pk_check_codes'))
    )
    op.create_table('checkpoints',
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('heads_digest', sa.LargeBinary(), nullable=False),
    sa.Column('previous', sa.LargeBinary(), nullable=False),
    sa.Column('key_id', sa.Text(), nullable=False),
    sa.Column('signature', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_checkpoints'))
    )
    op.create_table('failed_sign_ins',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('subject_lookup', sa.LargeBinary(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_failed_sign_ins'))
    )
    op.create_index('ix_failed_sign_ins_subject_lookup', 'failed_sign_ins', ['subject_lookup', 'at'], unique=False)
    op.create_table('holds',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('subject_kind', sa.Text(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('stops', sa.Text(), nullable=False),
    sa.Column('placed_at', sa.BigInteger(), nullable=False),
    sa.Column('review_on', sa.Date(), nullable=True),
    sa.Column('lifted_by', sa.Text(), nullable=False),
    sa.Column('provisional', sa.Boolean(), nullable=False),
    sa.Column('lifted_at', sa.BigInteger(), nullable=True),
    sa.Column('lapses', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_holds'))
    )
    op.create_index('ix_holds_in_force', 'holds', ['subject', 'subject_kind'], unique=False, sqlite_where=sa.text('lifted_at IS NULL'), postgresql_where=sa.text('lifted_at IS NULL'))
    op.create_index('ix_holds_review_on', 'holds', ['review_on'], unique=False)
    op.create_table('jobs',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('due', sa.BigInteger(), nullable=False),
    sa.Column('ready_at', sa.BigInteger(), nullable=False),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('payload', sa.Text(), nullable=False),
    sa.Column('error', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_jobs')),
    sa.UniqueConstraint('kind', 'key', name=op.f('uq_jobs_kind_key'))
    )
    op.create_index('ix_jobs_ready_at', 'jobs', ['ready_at'], unique=False)
    op.create_table('staff',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('login', sa.Text(), nullable=False),
    sa.Column('login_key', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('speakers', sa.Text(), nullable=True),
    sa.Column('creditors', sa.Text(), nullable=True),
    sa.Column('locale', sa.Text(), nullable=False),
    sa.Column('disabled', sa.Boolean(), nullable=False),
    sa.Column('password_hash', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff')),
    sa.UniqueConstraint('login_key', name=op.f('uq_staff_login_key'))
    )
    op.create_table('agreements',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('borrower_id', sa.Text(), nullable=False),
    sa.Column('account_id', sa.Text(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('currency', sa.Text(), nullable=False),
    sa.Column('total', sa.BigInteger(), nullable=False),
    sa.Column('added', sa.BigInteger(), nullable=False),
    sa.Column('paid', sa.BigInteger(), nullable=False),
    sa.Column('missed', sa.Integer(), nullable=False),
    sa.Column('frequency', sa.Text(), nullable=False),
    sa.Column('agreed_at', sa.BigInteger(), nullable=False),
    sa.Column('locale', sa.Text(), nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('policy_version', sa.Text(), nullable=False),
    sa.Column('rule', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_agreements_account_id')),
    sa.ForeignKeyConstraint(['borrower_id'], ['borrowers.id'], name=op.f('fk_agreements_borrower_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_agreements'))
    )
    op.create_index('ix_agreements_borrower_id', 'agreements', ['borrower_id', 'agreed_at'], unique=False)
    op.create_index('uq_agreements_live', 'agreements', ['account_id'], unique=True, sqlite_where=sa.text("status = 'live'"), postgresql_where=sa.text("status = 'live'"))
    op.create_table('channel_addresses',
    sa.Column('account', sa.Text(), nullable=False),
    sa.Column('sender', sa.Text(), nullable=False),
    sa.Column('borrower_id', sa.Text(), nullable=False),
    sa.Column('consent', sa.Text(), nullable=False),
    sa.Column('consent_at', sa.BigInteger(), nullable=True),
    sa.Column('phone_proved_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['borrower_id'], ['borrowers.id'], name=op.f('fk_channel_addresses_borrower_id')),
    sa.PrimaryKeyConstraint('account', 'sender', 'borrower_id', name=op.f('pk_channel_addresses'))
    )
    op.create_index('ix_channel_addresses_borrower_id', 'channel_addresses', ['borrower_id'], unique=False)
    op.create_table('checkpoint_heads',
    sa.Column('chain', sa.Text(), nullable=False),
    sa.Column('length', sa.Integer(), nullable=False),
    sa.Column('head', sa.LargeBinary(), nullable=False),
    sa.Column('checkpoint', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['checkpoint'], ['checkpoints.number'], name=op.f('fk_checkpoint_heads_checkpoint')),
    sa.PrimaryKeyConstraint('chain', 'length', name=op.f('pk_checkpoint_heads'))
    )
    op.create_index('ix_checkpoint_heads_checkpoint', 'checkpoint_heads', ['checkpoint'], unique=False)
    op.create_table('conversations',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('account', sa.Text(), nullable=False),
    sa.Column('sender', sa.Text(), nullable=False),
    sa.Column('speaker', sa.Text(), nullable=False),
    sa.Column('locale', sa.Text(), nullable=False),
    sa.Column('locale_chosen', sa.Boolean(), nullable=False),
    sa.Column('borrower_id', sa.Text(), nullable=True),
    sa.Column('verified_until', sa.BigInteger(), nullable=True),
    sa.Column('last_input_at', sa.BigInteger(), nullable=True),
    sa.Column('held_by', sa.Text(), nullable=True),
    sa.Column('opened_at', sa.BigInteger(), nullable=False),
    sa.Column('last_at', sa.BigInteger(), nullable=False),
    sa.Column('chain_length', sa.Integer(), nullable=False),
    sa.Column('chain_head', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['borrower_id'], ['borrowers.id'], name=op.f('fk_conversations_borrower_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_conversations')),
    sa.UniqueConstraint('account', 'sender', name=op.f('uq_conversations_account_sender'))
    )
    op.create_index('ix_conversations_borrower_id', 'conversations', ['borrower_id'], unique=False)
    op.create_index('ix_conversations_last_at', 'conversations', ['last_at', 'id'], unique=False)
    op.create_table('disputes',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('borrower_id', sa.Text(), nullable=True),
    sa.Column('account_id', sa.Text(), nullable=True),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('words', sa.LargeBinary(), nullable=False),
    sa.Column('raised_at', sa.BigInteger(), nullable=False),
    sa.Column('answer_by', sa.Date(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('address', sa.Text(), nullable=True),
    sa.Column('settled_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_disputes_account_id')),
    sa.ForeignKeyConstraint(['borrower_id'], ['borrowers.id'], name=op.f('fk_disputes_borrower_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_disputes'))
    )
    op.create_index('ix_disputes_address', 'disputes', ['address'], unique=False)
    op.create_index('ix_disputes_borrower_id', 'disputes', ['borrower_id', 'raised_at'], unique=False)
    op.create_table('contact_preferences',
    sa.Column('borrower_id', sa.Text(), nullable=False),
    sa.Column('opens', sa.Text(), nullable=True),
    sa.Column('closes', sa.Text(), nullable=True),
    sa.Column('days', sa.Text(), nullable=False),
    sa.Column('stated_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['borrower_id'], ['borrowers.id'], name=op.f('fk_contact_preferences_borrower_id')),
    sa.PrimaryKeyConstraint('borrower_id', name=op.f('pk_contact_preferences'))
    )
    op.create_table('support_notes',
    sa.Column('borrower_id', sa.Text(), nullable=False),
    sa.Column('told', sa.LargeBinary(), nullable=False),
    sa.Column('noted_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['borrower_id'], ['borrowers.id'], name=op.f('fk_support_notes_borrower_id')),
    sa.PrimaryKeyConstraint('borrower_id', name=op.f('pk_support_notes'))
    )
    op.create_table('hardships',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('borrower_id', sa.Text(), nullable=False),
    sa.Column('reported_at', sa.BigInteger(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('since', sa.Date(), nullable=True),
    sa.Column('means', sa.LargeBinary(), nullable=False),
    sa.Column('consent', sa.Boolean(), nullable=False),
    sa.Column('evidence', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['borrower_id'], ['borrowers.id'], name=op.f('fk_hardships_borrower_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hardships'))
    )
    op.create_index('ix_hardships_borrower_id', 'hardships', ['borrower_id', 'reported_at'], unique=False)
    op.create_table('links',
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('borrower_id', sa.Text(), nullable=False),
    sa.Column('expires_at', sa.BigInteger(), nullable=False),
    sa.Column('spent_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['borrower_id'], ['borrowers.id'], name=op.f('fk_links_borrower_id')),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_links'))
    )
    op.create_table('parties',
    sa.Column('borrower_id', sa.Text(), nullable=False),
    sa.Column('account_id', sa.Text(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_parties_account_id')),
    sa.ForeignKeyConstraint(['borrower_id'], ['borrowers.id'], name=op.f('fk_parties_borrower_id')),
    sa.PrimaryKeyConstraint('borrower_id', 'account_id', name=op.f('pk_parties'))
    )
    op.create_index('ix_parties_account_id', 'parties', ['account_id'], unique=False)
    op.create_table('promises',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('borrower_id', sa.Text(), nullable=False),
    sa.Column('account_id', sa.Text(), nullable=False),
    sa.Column('currency', sa.Text(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('due', sa.Date(), nullable=False),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_promises_account_id')),
    sa.ForeignKeyConstraint(['borrower_id'], ['borrowers.id'], name=op.f('fk_promises_borrower_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_promises'))
    )
    op.create_index('ix_promises_borrower_id', 'promises', ['borrower_id', 'made_at'], unique=False)
    op.create_table('staff_sessions',
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('staff_id', sa.Text(), nullable=False),
    sa.Column('started_at', sa.BigInteger(), nullable=False),
    sa.Column('seen_at', sa.BigInteger(), nullable=False),
    sa.Column('ends_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_staff_sessions_staff_id')),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_staff_sessions'))
    )
    op.create_index('ix_staff_sessions_staff_id', 'staff_sessions', ['staff_id'], unique=False)
    op.create_table('cases',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('conversation_id', sa.Text(), nullable=False),
    sa.Column('creditor', sa.Text(), nullable=True),
    sa.Column('speaker', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('urgency', sa.Integer(), nullable=False),
    sa.Column('wants', sa.Text(), nullable=False),
    sa.Column('locale', sa.Text(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('holder', sa.Text(), nullable=True),
    sa.Column('opened_at', sa.BigInteger(), nullable=False),
    sa.Column('waiting_since', sa.BigInteger(), nullable=True),
    sa.Column('outcome', sa.Text(), nullable=True),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('closed_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_cases_conversation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cases'))
    )
    op.create_index('ix_cases_conversation_id', 'cases', ['conversation_id', 'opened_at'], unique=False)
    op.create_index('ix_cases_queue', 'cases', ['urgency', 'waiting_since'], unique=False, sqlite_where=sa.text("status IN ('waiting', 'held')"), postgresql_where=sa.text("status IN ('waiting', 'held')"))
    op.create_index('uq_cases_open', 'cases', ['conversation_id'], unique=True, sqlite_where=sa.text("status IN ('waiting', 'held')"), postgresql_where=sa.text("status IN ('waiting', 'held')"))
    op.create_table('events',
    sa.Column('conversation_id', sa.Text(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('body', sa.Text(), nullable=True),
    sa.Column('salt', sa.LargeBinary(), nullable=True),
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.Column('hash', sa.LargeBinary(), nullable=False),
    sa.CheckConstraint('(body IS NULL) = (salt IS NULL)', name=op.f('ck_events_erased_whole')),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_events_conversation_id')),
    sa.PrimaryKeyConstraint('conversation_id', 'seq', name=op.f('pk_events')),
    sqlite_with_rowid=False
    )
    op.create_table('files',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('conversation_id', sa.Text(), nullable=False),
    sa.Column('name', sa.LargeBinary(), nullable=False),
    sa.Column('media_type', sa.Text(), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('sha256', sa.LargeBinary(), nullable=False),
    sa.Column('kept_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_files_conversation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_files'))
    )
    op.create_index('ix_files_conversation_id', 'files', ['conversation_id', 'kept_at'], unique=False)
    op.create_table('hardship_details',
    sa.Column('hardship_id', sa.Text(), nullable=False),
    sa.Column('reason', sa.LargeBinary(), nullable=True),
    sa.Column('detail', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['hardship_id'], ['hardships.id'], name=op.f('fk_hardship_details_hardship_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('hardship_id', name=op.f('pk_hardship_details'))
    )
    op.create_table('channel_chats',
    sa.Column('conversation_id', sa.Text(), nullable=False),
    sa.Column('account', sa.Text(), nullable=False),
    sa.Column('next_send_at', sa.BigInteger(), nullable=False),
    sa.Column('unreachable_since', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_channel_chats_conversation_id')),
    sa.PrimaryKeyConstraint('conversation_id', name=op.f('pk_channel_chats'))
    )
    op.create_index('ix_channel_chats_account', 'channel_chats', ['account'], unique=False)
    op.create_table('inbox',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('conversation_id', sa.Text(), nullable=False),
    sa.Column('account', sa.Text(), nullable=False),
    sa.Column('update_id', sa.Text(), nullable=False),
    sa.Column('incoming', sa.Text(), nullable=False),
    sa.Column('received_at', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('handled_at', sa.BigInteger(), nullable=True),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('error', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_inbox_conversation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inbox')),
    sa.UniqueConstraint('account', 'update_id', name=op.f('uq_inbox_account_update_id')),
    sqlite_autoincrement=True
    )
    op.create_index('ix_inbox_conversation_id', 'inbox', ['conversation_id', 'id'], unique=False)
    op.create_index('ix_inbox_waiting', 'inbox', ['conversation_id', 'id'], unique=False, sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
    op.create_table('instalments',
    sa.Column('borrower_id', sa.Text(), nullable=False),
    sa.Column('agreement_id', sa.Text(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('due', sa.Date(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['agreement_id'], ['agreements.id'], name=op.f('fk_instalments_agreement_id')),
    sa.PrimaryKeyConstraint('borrower_id', 'agreement_id', 'number', name=op.f('pk_instalments'))
    )
    op.create_index('ix_instalments_agreement_id', 'instalments', ['agreement_id'], unique=False)
    op.create_table('outbox',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('conversation_id', sa.Text(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('unasked', sa.Boolean(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('queued_at', sa.BigInteger(), nullable=False),
    sa.Column('not_before', sa.BigInteger(), nullable=False),
    sa.Column('claimed_until', sa.BigInteger(), nullable=True),
    sa.Column('sent_at', sa.BigInteger(), nullable=True),
    sa.Column('remote_id', sa.Text(), nullable=True),
    sa.Column('error', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_outbox_conversation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox')),
    sa.UniqueConstraint('conversation_id', 'seq', name=op.f('uq_outbox_conversation_id_seq')),
    sqlite_autoincrement=True
    )
    op.create_index('ix_outbox_open', 'outbox', ['conversation_id', 'id'], unique=False, sqlite_where=sa.text("state IN ('queued', 'sending')"), postgresql_where=sa.text("state IN ('queued', 'sending')"))
    op.create_table('trackers',
    sa.Column('conversation_id', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_trackers_conversation_id')),
    sa.PrimaryKeyConstraint('conversation_id', name=op.f('pk_trackers'))
    )
    op.create_table('case_events',
    sa.Column('case_id', sa.Text(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('staff', sa.Text(), nullable=True),
    sa.Column('body', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_case_events_case_id')),
    sa.PrimaryKeyConstraint('case_id', 'number', name=op.f('pk_case_events'))
    )
    op.create_table('file_contents',
    sa.Column('file_id', sa.Text(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['file_id'], ['files.id'], name=op.f('fk_file_contents_file_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('file_id', name=op.f('pk_file_contents'))
    )



def downgrade() -> None:

    op.drop_table('file_contents')
    op.drop_table('case_events')
    op.drop_table('trackers')
    op.drop_index('ix_outbox_open', table_name='outbox', sqlite_where=sa.text("state IN ('queued', 'sending')"), postgresql_where=sa.text("state IN ('queued', 'sending')"))
    op.drop_table('outbox')
    op.drop_index('ix_instalments_agreement_id', table_name='instalments')
    op.drop_table('instalments')
    op.drop_index('ix_channel_chats_account', table_name='channel_chats')
    op.drop_table('channel_chats')
    op.drop_index('ix_inbox_waiting', table_name='inbox', sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
    op.drop_index('ix_inbox_conversation_id', table_name='inbox')
    op.drop_table('inbox')
    op.drop_table('hardship_details')
    op.drop_index('ix_files_conversation_id', table_name='files')
    op.drop_table('files')
    op.drop_table('events')
    op.drop_index('uq_cases_open', table_name='cases', sqlite_where=sa.text("status IN ('waiting', 'held')"), postgresql_where=sa.text("status IN ('waiting', 'held')"))
    op.drop_index('ix_cases_queue', table_name='cases', sqlite_where=sa.text("status IN ('waiting', 'held')"), postgresql_where=sa.text("status IN ('waiting', 'held')"))
    op.drop_index('ix_cases_conversation_id', table_name='cases')
    op.drop_table('cases')
    op.drop_index('ix_staff_sessions_staff_id', table_name='staff_sessions')
    op.drop_table('staff_sessions')
    op.drop_index('ix_promises_borrower_id', table_name='promises')
    op.drop_table('promises')
    op.drop_index('ix_parties_account_id', table_name='parties')
    op.drop_table('parties')
    op.drop_table('links')
    op.drop_index('ix_hardships_borrower_id', table_name='hardships')
    op.drop_table('hardships')
    op.drop_index('ix_disputes_borrower_id', table_name='disputes')
    op.drop_index('ix_disputes_address', table_name='disputes')
    op.drop_table('support_notes')
    op.drop_table('contact_preferences')
    op.drop_table('disputes')
    op.drop_index('ix_conversations_last_at', table_name='conversations')
    op.drop_index('ix_conversations_borrower_id', table_name='conversations')
    op.drop_table('conversations')
    op.drop_index('ix_checkpoint_heads_checkpoint', table_name='checkpoint_heads')
    op.drop_table('checkpoint_heads')
    op.drop_index('ix_channel_addresses_borrower_id', table_name='channel_addresses')
    op.drop_table('channel_addresses')
    op.drop_index('uq_agreements_live', table_name='agreements', sqlite_where=sa.text("status = 'live'"), postgresql_where=sa.text("status = 'live'"))
    op.drop_index('ix_agreements_borrower_id', table_name='agreements')
    op.drop_table('agreements')
    op.drop_table('staff')
    op.drop_index('ix_jobs_ready_at', table_name='jobs')
    op.drop_table('jobs')
    op.drop_index('ix_holds_review_on', table_name='holds')
    op.drop_index('ix_holds_in_force', table_name='holds', sqlite_where=sa.text('lifted_at IS NULL'), postgresql_where=sa.text('lifted_at IS NULL'))
    op.drop_table('holds')
    op.drop_index('ix_failed_sign_ins_subject_lookup', table_name='failed_sign_ins')
    op.drop_table('failed_sign_ins')
    op.drop_table('checkpoints')
    op.drop_table('check_codes')
    op.drop_index('ix_channel_updates_waiting', table_name='channel_updates', sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
    op.drop_table('channel_updates')
    op.drop_table('channel_accounts')
    op.drop_table('chains')
    op.drop_index('ix_borrowers_phone_lookup', table_name='borrowers')
    op.drop_table('borrowers')
    op.drop_index('ix_audit_subject', table_name='audit')
    op.drop_index('ix_audit_staff', table_name='audit')
    op.drop_index('ix_audit_action', table_name='audit')
    op.drop_table('audit')
    op.drop_index('ix_attempts_subject_lookup', table_name='attempts')
    op.drop_table('attempts')
    op.drop_table('accounts')

