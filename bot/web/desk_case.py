"""One request about one case of the desk: something is done with it, and it is shown again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Form, Response
from fastapi.responses import JSONResponse, RedirectResponse

from bot.access import NotAllowed, Staff
from bot.conversations.store import Conversation
from bot.desk import attachments, colleagues, handoffs, mentions, settling, transfers
from bot.desk.cases import ImpossibleTransition
from bot.desk.queue_store import QueueFilter
from bot.desk.store import CaseState, CaseTaken
from bot.desk.wording import Finding, Ground, WordingDoubtful, WordingStopped
from bot.desk.wording_ground import ground_for
from bot.errors import BotError
from bot.web.desk_panes import Pane
from bot.web.desk_showing import PARTS, case_context, fragments, page
from bot.web.desk_views import Opened, news_of, opened_case, visible
from bot.web.guard import Here, NotHere, SignedIn, pages_of
from bot.web.staff_pages import StaffPages
from bot.web.staff_showing import render
from bot.web.work import StaffWork

# What can go wrong with an act, and by which name templates/desk/problem.html speaks of it.
PROBLEMS: Mapping[type[BotError], str] = {
    WordingDoubtful: "doubtful",
    WordingStopped: "stopped",
    CaseTaken: "taken",
    handoffs.NotHolding: "not_holding",
    ImpossibleTransition: "not_holding",
    settling.NotInForce: "not_holding",
    handoffs.UnfitAnswer: "unfit",
    attachments.NobodyProved: "nobody_proved",
    mentions.NotForThem: "not_for_them",
    mentions.CannotMention: "cannot_mention",
    colleagues.AtCapacity: "full",
    colleagues.KeptForColleague: "kept",
    transfers.Unsuitable: "unsuitable",
    transfers.NoSuchTeam: "unsuitable",
    transfers.SameHands: "same_hands",
}
EVERYTHING = QueueFilter()
# What the forms of a case have in common.
Text = Annotated[str, Form(max_length=handoffs.LONGEST_ANSWER)]
Line = Annotated[str, Form(max_length=500)]
Sure = Annotated[bool, Form()]
Deed = Callable[[StaffWork, datetime], object]  # what is done with a case, on one transaction, at that moment


@dataclass(frozen=True, slots=True)
class CaseRequest:
    """Which case is asked for, and who asks."""

    pages: StaffPages
    signed: SignedIn
    id: str

    @property
    def staff(self) -> Staff:
        return self.signed.staff

    def seen(self, work: StaffWork) -> tuple[CaseState, Conversation]:
        """The case and its conversation, if they exist and are the reader's to see."""
        return visible(work, self.staff, self.id)

    def ground(self, work: StaffWork, at: datetime) -> Ground:
        """What the wording check knows of the case."""
        known = ground_for(work, self.pages.policies, self.id, self.staff, at)
        return replace(known, second=self.pages.second)

    async def act(self, do: Deed, draft: Mapping[str, str] | None = None) -> Response:
        """Do one thing with the case, then show it again; what went wrong is said beside what was typed."""

        def doing(work: StaffWork) -> str:
            _, conversation = self.seen(work)
            do(work, self.pages.clock.now())
            return conversation.id

        try:
            conversation_id = await self.pages.port.run(doing)
        except tuple(PROBLEMS) as error:
            problem = next(name for kind, name in PROBLEMS.items() if isinstance(error, kind))
            findings: tuple[Finding, ...] = getattr(error, "findings", ())
            if problem == "stopped":
                await self.pages.port.run(lambda work: self._note_stopped(work, findings))
            return await self.show(problem, draft, findings)
        self.pages.changed(conversation_id)
        if not self.signed.fetching:
            return RedirectResponse(f"/desk/cases/{self.id}", 303)
        return await self.show()

    def _note_stopped(self, work: StaffWork, findings: tuple[Finding, ...]) -> None:
        """That words were stopped, and by which rules, is on the trail; the words are nowhere."""
        detail = {"rules": [finding.rule for finding in findings]}
        work.audit.append("wording_stopped", f"case:{self.id}", self.staff.id, detail, self.pages.clock.now())

    async def show(
        self,
        problem: str | None = None,
        draft: Mapping[str, str] | None = None,
        findings: tuple[Finding, ...] = (),
        wanted: QueueFilter = EVERYTHING,
    ) -> Response:
        """The case as a page, or what a script's page lacks of it."""
        more: dict[str, Any] = {"problem": problem, "draft": draft or {}, "findings": findings}
        now = self.pages.clock.now()
        if self.signed.fetching and self.signed.after is not None:
            return await self._news(self.signed.after, now, more)

        def read(work: StaffWork) -> tuple[Opened, Pane | None]:
            pane = None if self.signed.fetching else self.pages.panes.of(work, self.staff, wanted, now)
            return opened_case(work, self.staff, self.id, now), pane

        await self.pages.port.run(lambda work: self._note_view(work, now))
        opened, pane = await self.pages.port.run(read, reading=True)
        return page(self.pages, self.signed, pane, opened, **more) if pane else self._whole(opened, more)

    def _note_view(self, work: StaffWork, now: datetime) -> None:
        state, _ = self.seen(work)
        watching = state.holder is not None and state.holder != self.staff.id
        work.audit.append("watch_case" if watching else "view_case", f"case:{self.id}", self.staff.id, {}, now)
        work.mentions.read(self.staff.id, self.id, now)

    async def _news(self, after: int, now: datetime, more: Mapping[str, Any]) -> Response:
        try:
            news = await self.pages.port.run(
                lambda work: news_of(work, self.staff, self.id, after, now), reading=True
            )
        except (NotAllowed, NotHere):
            return JSONResponse({"gone": True})  # what was done put the case out of this reader's sight
        told = {**fragments(self.pages, self.signed, news, PARTS, more), "problem": more["problem"]}
        return JSONResponse(told, 409 if more["problem"] else 200)

    def _whole(self, opened: Opened, more: Mapping[str, Any]) -> Response:
        context = case_context(
            self.pages, self.signed, opened.card.case, opened.names, card=opened.card, opened=opened, **more
        )
        html = render(self.pages, self.signed, "desk/case.html", **context, lines=opened.lines)
        return JSONResponse({"case": self.id, "html": html})


def case_request(case_id: str, signed: Here, pages: Annotated[StaffPages, Depends(pages_of)]) -> CaseRequest:
    return CaseRequest(pages, signed, case_id)


OnCase = Annotated[CaseRequest, Depends(case_request)]  # what a route of "/desk/cases/{case_id}/…" takes
