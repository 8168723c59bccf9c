"""Which policies the bot works by: those that two people agreed on, whatever stands in the folder meanwhile.

The files' texts are kept, so that the agreed ones are in force when the folder says something else. Until there are
two people who could agree, and in the demo, what stands in the folder is taken over at each start.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.access import Staff
from bot.errors import BadInput
from bot.lending.policy import Policies, Policy
from bot.lending.policy_set import PolicySet, changed_files, differences
from bot.review.store import ReviewWork
from bot.review.two_people import Change, NotOpen, all_able, enough, propose
from bot.review.two_people_store import ChangeKind, Proposal

SUBJECT = "policies"
DEMO = "the demo's own"  # why its policies were taken over


class NothingToPropose(NotOpen):
    """What stands in the folder is what is in force."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What was agreed on, and whether the folder may be taken over without asking anybody."""

    agreed: PolicySet | None
    alone: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """The folder beside what is in force, and what is in force beside what this process works by."""

    alone: bool
    agreed: str | None  # fingerprints
    running: str
    difference: Sequence[str]  # as `diff -u` shows it
    unreadable: str = ""  # why the folder's files cannot be compared


def compared(work: ReviewWork, running: Policies, read: Callable[[], PolicySet], *, demo: bool) -> Compared:
    found = standing(work)
    agreed = found.agreed.fingerprint if found.agreed else None
    here = Compared(found.alone or demo, agreed, running.fingerprint, ())
    try:
        written = read()
    except BadInput as bad:
        return replace(here, unreadable=str(bad))
    return replace(here, difference=list(differences(found.agreed, written))) if found.agreed else here


def standing(work: ReviewWork) -> Standing:
    return Standing(work.policy_sets.in_force(), alone=not enough(work.staff.everyone()))


def require_demo(work: ReviewWork) -> None:
    """BadInput for a database that an installation began: the demo's sign-ins and policies are not for it."""
    taken = work.audit.newest(action="adopt_policies", limit=1)
    if taken and taken[0].detail["why"] != DEMO:
        raise BadInput("--demo", "this database is an installation's, not the demo's")


def load(agreed: PolicySet) -> Policies:
    """The agreed policies; BadInput says what to do where this program can no longer read them."""
    try:
        return Policies.of(agreed)
    except BadInput as bad:
        how = "this is the version that two people agreed on; agree on the folder's by `two-people policies`"
        raise BadInput(bad.place, f"{bad.problem} ({how})") from bad


def adopt(work: ReviewWork, on_disk: PolicySet, why: str, at: datetime) -> None:
    """Put in force what stands in the folder, with nobody's agreement: `why` that is right stands in the trail."""
    before = work.policy_sets.in_force()
    if before and before.fingerprint == on_disk.fingerprint:
        return
    work.policy_sets.keep(on_disk, at)
    work.policy_sets.put_in_force(on_disk.fingerprint, at)
    detail = {"fingerprint": on_disk.fingerprint, "why": why, "files": _files(before, on_disk)}
    work.audit.append("adopt_policies", SUBJECT, None, detail, at)


def propose_policies(work: ReviewWork, on_disk: PolicySet, by: Staff, reason: str, at: datetime) -> Proposal:
    """Ask that what stands in the folder be in force; NothingToPropose, TooFew; BadInput where it does not load."""
    before = work.policy_sets.in_force()
    if not enough(all_able(work)) or before is None:
        raise NothingToPropose("fewer than two people could agree: the folder is taken over at the next start")
    if before.fingerprint == on_disk.fingerprint:
        raise NothingToPropose("what stands in the folder is in force already")
    kind = _kind(before, Policies.of(on_disk))
    work.policy_sets.keep(on_disk, at)
    after = {"policies": on_disk.fingerprint, "files": changed_files(before, on_disk)}
    return propose(work, Change(kind, SUBJECT, {"policies": before.fingerprint}, after), by, reason, at)


def apply(work: ReviewWork, proposal: Proposal, by: str, at: datetime) -> None:
    """Put the agreed set in force; NotOpen when another has come between."""
    before, after = work.policy_sets.in_force(), str(proposal.after["policies"])
    if before is None or before.fingerprint != proposal.before["policies"]:
        raise NotOpen("other policies are in force since it was proposed")
    work.policy_sets.put_in_force(after, at)
    work.audit.append("policies_in_force", SUBJECT, by, {"fingerprint": after, "proposal": proposal.id}, at)


def sets_of(work: ReviewWork, proposal: Proposal) -> tuple[PolicySet, PolicySet] | None:
    """What a proposal about policies would change from and to, as it is written."""
    if proposal.subject != SUBJECT:
        return None
    before = work.policy_sets.kept(str(proposal.before["policies"]))
    after = work.policy_sets.kept(str(proposal.after["policies"]))
    return (before, after) if before and after else None


def _files(before: PolicySet | None, after: PolicySet) -> list[str]:
    return changed_files(before or PolicySet({}, {}), after)


def _kind(before: PolicySet, after: Policies) -> ChangeKind:
    """Whether nothing but retention would change; what can no longer be read may have been anything."""
    try:
        was, now = Policies.of(before).every(), after.every()
    except BadInput:
        return "policy"
    same_lenders = was.keys() == now.keys()
    only = same_lenders and all(_but_retention(was[id]) == _but_retention(now[id]) for id in was)
    changed = same_lenders and any(was[id].retention != now[id].retention for id in was)
    return "retention" if only and changed else "policy"


def _but_retention(policy: Policy) -> Policy:
    """Also without its laws: those that it binds are what the rest of it says, but for how long to keep."""
    laws = tuple(law.model_copy(update={"retain_months": None}) for law in policy.laws)
    return policy.model_copy(update={"version": "", "retention": None, "laws": laws})
