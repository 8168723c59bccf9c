"""What two people agree on: what waits, agreeing and refusing, and proposing another role for a colleague."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Annotated, Any, Literal

from anyio import to_thread
from fastapi import APIRouter, Form, Query, Response
from fastapi.responses import RedirectResponse

from bot.access import ROLES, LoginTaken, Role, Staff
from bot.errors import BadInput
from bot.lending.policy_set import differences
from bot.review import policy_control, protecting, retention, roles, two_people
from bot.review.agreed import APPLY
from bot.review.erasure import NobodyByThat
from bot.review.two_people import Asking
from bot.review.two_people_store import AlreadyProposed, Proposal
from bot.web import staff as accounts
from bot.web.guard import Here, NotHere, SignedIn, staff_router
from bot.web.review_showing import review_page, whose
from bot.web.staff_pages import StaffPages
from bot.web.staff_showing import logins_of
from bot.web.stepping import Problems, named, stepped
from bot.web.work import StaffWork

PATH = "/review/two-people"
PROBLEMS: Problems = {
    policy_control.NothingToPropose: "nothing",
    two_people.OwnProposal: "own",
    two_people.NotOpen: "not_open",
    two_people.NoReason: "reason",
    AlreadyProposed: "already",
    two_people.TooFew: "few",
    LoginTaken: "login",
    accounts.WeakPassword: "weak",
    BadInput: "files",
    NobodyByThat: "not_open",
    retention.UnderLegalHold: "legal_hold",
    retention.StillNeeded: "needed",
}
Done = Literal["", "proposed", "done", "agreed", "refused", "withdrawn"]
Reason = Annotated[str, Form(min_length=two_people.LEAST_REASON, max_length=500)]
Line = Annotated[str, Form(max_length=500)]
Name = Annotated[str, Form(min_length=1, max_length=100)]


def router(pages: StaffPages) -> APIRouter:
    routes = staff_router(pages)
    _policies(routes, pages)
    _proposing(routes, pages)  # before: its addresses would pass for a proposal's
    _deciding(routes, pages)
    return routes


def _deciding(routes: APIRouter, pages: StaffPages) -> None:
    @routes.get(PATH)
    async def waiting(signed: Here, done: Annotated[Done, Query()] = "") -> Response:
        return await _page(pages, signed, done=done)

    @routes.post(f"{PATH}/{{proposal_id}}")
    async def decide(
        signed: Here, proposal_id: str, answer: Annotated[Literal["agree", "refuse"], Form()], line: Line = ""
    ) -> Response:
        def doing(work: StaffWork, now: datetime) -> Done:
            if answer == "agree":
                two_people.agree(work, proposal_id, signed.staff, now, APPLY)
                return "agreed"
            refused = two_people.refuse(work, proposal_id, signed.staff, line, now)
            return "withdrawn" if refused.status == "withdrawn" else "refused"

        return await _do(pages, signed, doing)


def _policies(routes: APIRouter, pages: StaffPages) -> None:
    @routes.post(f"{PATH}/policies")
    async def policies(signed: Here, reason: Reason) -> Response:
        def doing(work: StaffWork, now: datetime) -> Done:
            return _done(policy_control.propose_policies(work, pages.written(), signed.staff, reason, now))

        return await _do(pages, signed, doing)


def _proposing(routes: APIRouter, pages: StaffPages) -> None:
    @routes.post(f"{PATH}/colleagues/{{staff_id}}")
    async def change(
        signed: Here,
        staff_id: str,
        reason: Reason,
        role: Annotated[Role | None, Form()] = None,
        state: Annotated[Literal["", "shut_out", "let_in"], Form()] = "",
    ) -> Response:
        wanted: dict[str, Any] = {"disabled": state == "shut_out"} if state else {"role": role} if role else {}

        def doing(work: StaffWork, now: datetime) -> Done:
            try:
                return _done(roles.change(work, staff_id, wanted, Asking(signed.staff, reason, now)))
            except roles.NoSuchStaff:
                raise NotHere(staff_id) from None

        return await _do(pages, signed, doing)

    @routes.post(f"{PATH}/colleagues")
    async def add(
        signed: Here,
        login: Name,
        name: Name,
        role: Annotated[Role, Form()],
        reason: Reason,
        password: Annotated[str, Form(max_length=1000)],
    ) -> Response:
        try:
            password_hash = await to_thread.run_sync(accounts.hash_password, password)
        except accounts.WeakPassword as weak:
            return await _page(pages, signed, problem=named(weak, PROBLEMS))

        def doing(work: StaffWork, now: datetime) -> Done:
            new = Staff("", login, name, role, locale=signed.staff.locale)
            return _done(roles.add(work, new, password_hash, Asking(signed.staff, reason, now))[1])

        return await _do(pages, signed, doing)


async def _do(pages: StaffPages, signed: SignedIn, doing: Callable[[StaffWork, datetime], Done]) -> Response:
    done, problem = await stepped(pages, doing, PROBLEMS)
    return await _page(pages, signed, problem=problem) if problem else RedirectResponse(f"{PATH}?done={done}", 303)


def _done(proposal: Proposal | None) -> Done:
    return "proposed" if proposal else "done"


async def _page(pages: StaffPages, signed: SignedIn, *, done: Done = "", problem: str = "") -> Response:
    def read(work: StaffWork) -> dict[str, Any]:
        two_people.expire(work, pages.clock.now())
        colleagues = sorted(work.staff.everyone(), key=lambda one: one.disabled)
        waiting, decided = work.two_people.waiting(), work.two_people.decided()
        demo = bool(pages.demo)
        return {
            "waiting": waiting,
            "diffs": {one.id: list(_difference(work, one)) for one in waiting},
            "policies": policy_control.compared(work, pages.policies, pages.written, demo=demo),
            "decided": decided,
            "whose": {one.id: _whose(work, one) for one in (*waiting, *decided)},
            "colleagues": colleagues,
            "logins": logins_of(work),
            "able": len([one for one in colleagues if two_people.able(one)]),
        }

    context = await pages.port.run(read)
    return review_page(
        pages,
        signed,
        "review/two_people.html",
        409 if problem else 200,
        **context,
        reader_able=two_people.able(signed.staff),
        may_decide=lambda proposal: two_people.may_decide(proposal, signed.staff),
        roles=ROLES,
        least=two_people.LEAST_REASON,
        least_password=accounts.LEAST_PASSWORD,
        done=done,
        problem=problem,
    )


def _whose(work: StaffWork, proposal: Proposal) -> str:
    """Whose data it is about, if it is about anybody's."""
    return whose(work, protecting.subject_of(proposal)) if proposal.kind in protecting.KINDS else ""


def _difference(work: StaffWork, proposal: Proposal) -> Iterator[str]:
    sets = policy_control.sets_of(work, proposal)
    return differences(*sets) if sets else iter(())
