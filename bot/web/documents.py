"""Files for the borrower, made when they are fetched, outside any turn, for whoever has proved who they are."""

from collections.abc import Callable
from typing import Any, TypeVar

from anyio import CapacityLimiter, to_thread

from bot.channels.backend import Address, Document, NotProved, NotThere
from bot.clock import Clock
from bot.conversations.store import Conversation, Database
from bot.lending.policy import Policies
from bot.locale import Localizer
from bot.record.events import NewEvent
from bot.web.agreement_page import AgreementPages
from bot.web.own_record import OwnRecords
from bot.web.work import ChatWork

T = TypeVar("T")


class Documents:
    """One thread writes where the database has one writer."""

    def __init__(
        self,
        *,
        database: Database[Any],
        policies: Policies,
        clock: Clock,
        writers: CapacityLimiter,
        records: OwnRecords,
        localizer: Callable[[str], Localizer],
    ) -> None:
        self._database: Database[ChatWork] = database
        self._policies = policies
        self._clock = clock
        self._writers = writers
        self._records = records
        self._agreements = AgreementPages(localizer)

    async def own_record(self, address: Address) -> Document:
        """Noted on the record first, so that the copy itself shows that it was given; NotProved."""
        conversation, borrower_id = await self._given(address, {"what": "copy_given"})
        return await to_thread.run_sync(self._copy, conversation, borrower_id)

    async def agreement(self, address: Address, agreement_id: str) -> Document:
        """One plan of the borrower's, noted on the record; NotProved for a plan of anybody else's."""
        made = await to_thread.run_sync(self._agreement, address, agreement_id)
        await self._given(address, {"what": "agreement_given", "agreement": agreement_id})
        return made

    async def sent_file(self, address: Address, file_id: str) -> Document:
        """What a person of the lender sent in this very chat, to whoever has the chat; NotThere."""
        return await to_thread.run_sync(self._sent, address, file_id)

    def _sent(self, address: Address, file_id: str) -> Document:
        with self._database.reading() as work:
            conversation = work.conversations.find(address.account, address.sender)
            file = work.files.file(file_id) if conversation else None
            if file is None or conversation is None or file.conversation_id != conversation.id or not file.staff:
                raise NotThere(file_id)
            content = work.files.content(file_id)
        if content is None:
            raise NotThere(file_id)
        return Document(file.name, file.media_type, content)

    async def _given(self, address: Address, note: dict[str, str]) -> tuple[Conversation, str]:
        return await to_thread.run_sync(self._give, address, note, limiter=self._writers)

    def _give(self, address: Address, note: dict[str, str]) -> tuple[Conversation, str]:
        with self._database.transaction() as work:
            conversation, borrower_id = self._proved(work, address)
            work.conversations.lock(conversation.id)
            work.record.append(conversation.id, [NewEvent("access", note)], self._clock.now())
        return conversation, borrower_id

    def _proved(self, work: ChatWork, address: Address) -> tuple[Conversation, str]:
        found = work.conversations.find(address.account, address.sender)
        if found is None or found.borrower_id is None or not found.verified(self._clock.now()):
            raise NotProved("only who has just proved who they are may have this")
        return found, found.borrower_id

    def _copy(self, conversation: Conversation, borrower_id: str) -> Document:
        with self._database.reading() as work:
            borrower = work.lending.borrower(borrower_id)
            events = work.record.events(conversation.id)
        if borrower is None:
            raise NotProved("there is no such borrower any more")
        return self._records.write(
            events,
            borrower_id,
            lender=self._lender(conversation),
            locale=conversation.locale,
            zone=borrower.time_zone,
            at=self._clock.now(),
        )

    def _agreement(self, address: Address, agreement_id: str) -> Document:
        with self._database.reading() as work:
            conversation, borrower_id = self._proved(work, address)
            borrower = work.lending.borrower(borrower_id)
            plans = {plan.id: plan for plan in work.lending.agreements(borrower_id)}
            accounts = {account.id: account for account, _ in work.lending.accounts(borrower_id)}
        plan = plans.get(agreement_id)
        if borrower is None or plan is None or plan.account_id not in accounts:
            raise NotProved("this is no plan of theirs")
        lender = self._lender(conversation, plan.locale)
        account = accounts[plan.account_id]
        return self._agreements.write(plan, account, borrower, lender=lender, at=self._clock.now())

    def _lender(self, conversation: Conversation, locale: str | None = None) -> str:
        names = self._policies.speaker(conversation.speaker).names
        return names.get(locale or conversation.locale) or names.get("en") or conversation.speaker
