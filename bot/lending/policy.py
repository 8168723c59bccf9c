"""What a lender may offer and what a jurisdiction allows: packs refined by creditors' files, versioned."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from bot.errors import BadInput, BotError
from bot.lending import policy_merge as merge
from bot.lending.debts import Account, Product
from bot.lending.disputes import DisputeKind
from bot.lending.holds import HoldReason
from bot.lending.policy_acting import Referrals, StaffPlanRules, WaiverRules
from bot.lending.policy_desk import DeskRules, refined
from bot.lending.policy_files import (
    AgencyFile,
    CreditorFile,
    House,
    Pack,
    Redress,
    Residence,
    files_of,
    house_of,
    packs_of,
)
from bot.lending.policy_hours import HandoffRules, OfficeHours, OpenSpan
from bot.lending.policy_rules import (
    PRODUCTS,
    Binds,
    ByLocale,
    Cap,
    ConsequenceRules,
    ContactRules,
    CreditorKind,
    HoldRule,
    Hours,
    IdentityRules,
    Law,
    Limitation,
    Line,
    Part,
    PlanRules,
    RetentionRules,
    Rule,
    Source,
    Step,
    Topic,
    Weekday,
)
from bot.lending.policy_set import PolicySet, read_set
from bot.lending.speakers import Creditor, Speaker, creditor_of, placed, speakers

__all__ = [
    "Binds", "Cap", "ConsequenceRules", "ContactRules", "Creditor", "CreditorKind", "HoldRule", "Hours",
    "IdentityRules", "Law", "Limitation", "Line", "OfficeHours", "OpenSpan", "Part", "PlanRules", "Policies",
    "Policy", "Redress", "Residence", "RetentionRules", "Rule", "Source", "Speaker", "Step", "UnknownSpeaker",
    "WaiverRules", "Weekday",
]  # fmt: skip


class Policy(Rule):
    """The rules for one account: its jurisdiction's pack, refined by its creditor's file."""

    version: str = ""  # SHA-256 of the rest
    creditor: str
    kinds: tuple[CreditorKind, ...]  # the creditor's own, and "agency" where one collects
    product: Product | None  # None: the rules for any of the creditor's products at once
    jurisdiction: str
    currency: str
    rounding_step: Decimal
    holidays: str  # ISO 3166 code for the calendar of public holidays
    plans: PlanRules
    staff_plans: StaffPlanRules
    waivers: WaiverRules
    referrals: Referrals  # that the lender makes at all
    allocation: tuple[Part, ...]  # which part a payment goes to first
    contact: ContactRules
    limitation: Limitation
    disputes: Mapping[DisputeKind, int]  # days within which each kind is answered
    holds: Mapping[HoldReason, HoldRule]
    identity: IdentityRules
    office_hours: OfficeHours
    handoff: HandoffRules
    desk: DeskRules
    consequences: ConsequenceRules
    retention: RetentionRules
    registry: str  # the response that names where missed payments are reported
    statement_stale_days: int  # older figures are said to be old
    ways_to_pay: tuple[ByLocale, ...]  # in the lender's words, by locale
    redress: Redress  # who outside the lender hears a complaint
    laws: tuple[Law, ...]  # every rule of law that binds here, with its source

    def says(self, topic: Topic) -> tuple[Law, ...]:
        """The laws that have something to say on a topic."""
        return tuple(law for law in self.laws if law.says and law.says.about == topic)

    def law(self, key: str) -> Law | None:
        return next((law for law in self.laws if law.key == key), None)


class UnknownSpeaker(BotError):
    """Nobody in this installation speaks under that public id."""

    def __init__(self, public_id: str) -> None:
        super().__init__(f"nobody here speaks as {public_id}")
        self.public_id = public_id


@dataclass(frozen=True, slots=True)
class Policies:
    """All packs and creditors of an installation; loaded once, never changed."""

    packs: Mapping[str, Pack]
    creditors: Mapping[str, Creditor]
    fingerprint: str  # of the files that they were put together from
    _speakers: Mapping[str, Speaker]
    _policies: Mapping[tuple[str, Product | None], Policy]

    @classmethod
    def load(cls, creditors: Path) -> "Policies":
        """Packs of the program and the files in `creditors`, put together; BadInput names file and key."""
        return cls.of(read_set(creditors))

    @classmethod
    def of(cls, written: PolicySet) -> "Policies":
        """A set of files put together; BadInput names file and key."""
        house, packs = house_of(written.packs), packs_of(written.packs)
        files, agencies = files_of(written.creditors)
        for file in (*files.values(), *agencies.values()):
            if file.jurisdiction not in packs:
                raise BadInput(f"{file.id}.yml, jurisdiction", f"there is no pack for {file.jurisdiction!r}")
        policies: dict[tuple[str, Product | None], Policy] = {}
        for file in files.values():
            office = _agency_of(file, agencies) or file
            desk = refined(house.desk, office.desk, placed(office, files), f"{office.id}.yml")
            for product in (None, *PRODUCTS):
                policies[file.id, product] = _policy(house, packs[file.jurisdiction], file, office, product, desk)
        creditors = {id: creditor_of(file) for id, file in files.items()}
        return cls(packs, creditors, written.fingerprint, speakers(files, agencies), policies)

    def every(self) -> Mapping[str, Policy]:
        """Each creditor's rules for any of its products at once."""
        return {id: self._policies[id, None] for id in self.creditors}

    def speaker(self, public_id: str) -> Speaker:
        if public_id not in self._speakers:
            raise UnknownSpeaker(public_id)
        return self._speakers[public_id]

    def speakers(self) -> Sequence[Speaker]:
        return tuple(self._speakers.values())

    def speaker_of_creditor(self, id: str) -> Speaker:
        """The creditor itself, or the agency that speaks for it."""
        return self.speaker(self.creditor(id).agency or id)

    def creditor(self, id: str) -> Creditor:
        if id not in self.creditors:
            raise BadInput(id, "there is no such creditor")
        return self.creditors[id]

    def for_account(self, account: Account) -> Policy:
        """The rules for an account; BadInput when its creditor's file is not for its law or currency."""
        policy = self._policies[self.creditor(account.creditor).id, account.product]
        for key, own in (("jurisdiction", account.jurisdiction), ("currency", account.currency)):
            if own != getattr(policy, key):
                problem = f"is {own}, but {account.creditor}'s policy is for {getattr(policy, key)}"
                raise BadInput(f"account {account.reference}, {key}", problem)
        return policy

    def for_creditor(self, id: str) -> Policy:
        """The rules where no account is meant: every law that binds any of the creditor's products."""
        return self._policies[self.creditor(id).id, None]

    def for_speaker(self, public_id: str) -> Policy:
        """The rules before it is known who writes (identity, office hours, holds on an address).

        An agency's own sections are the same for all its creditors, of whom the first stands for all.
        """
        return self.for_creditor(self.speaker(public_id).creditors[0])

    def residence(self, jurisdiction: str) -> Residence:
        """Crisis lines, emergency numbers and free advice where somebody lives."""
        if jurisdiction not in self.packs:
            raise BadInput(jurisdiction, "there is no pack for that place")
        return self.packs[jurisdiction].residence


def _agency_of(file: CreditorFile, agencies: Mapping[str, AgencyFile]) -> AgencyFile | None:
    if file.agency is None:
        return None
    agency = agencies.get(file.agency)
    if agency is None:
        raise BadInput(f"{file.id}.yml, agency", f"there is no agency's file {file.agency}.yml")
    if agency.jurisdiction != file.jurisdiction:
        raise BadInput(f"{file.id}.yml, agency", f"{agency.id} works under {agency.jurisdiction}")
    return agency


def _policy(
    house: House, pack: Pack, file: CreditorFile, office: merge.File, product: Product | None, desk: DeskRules
) -> Policy:
    kinds: frozenset[CreditorKind] = frozenset({file.kind, office.kind})
    laws = tuple(law for law in pack.laws if law.binds.covers(kinds, product))
    files = (file,) if office is file else (file, office)
    assert office.office_hours  # each kind of file was checked for it when it was read
    policy = Policy(
        creditor=file.id,
        kinds=tuple(sorted(kinds)),
        product=product,
        jurisdiction=pack.jurisdiction,
        currency=pack.currency,
        rounding_step=pack.rounding_step,
        holidays=pack.holidays,
        plans=merge.plans(file, laws),
        staff_plans=merge.staff_plans(file, laws),
        waivers=file.waivers,
        referrals=merge.referrals(pack, file),
        allocation=file.allocation,
        contact=merge.contact(pack, laws, files),
        limitation=merge.limitation(pack, file),
        disputes=merge.disputes(house, pack, laws, files),
        holds=merge.holds(house, pack, laws, files),
        identity=office.identity or house.identity,
        office_hours=office.office_hours,
        desk=desk,
        handoff=merge.handoff(office, desk),
        consequences=_steps_for(file.consequences, product),
        retention=merge.retention(house, laws, file),
        statement_stale_days=file.statement_stale_days or house.statement_stale_days,
        registry=pack.registry,
        ways_to_pay=file.ways_to_pay,
        redress=merge.redress(pack, file, kinds, product),
        laws=laws,
    )
    return policy.model_copy(update={"version": _digest(policy)})


def _steps_for(rules: ConsequenceRules, product: Product | None) -> ConsequenceRules:
    if product is None:
        return rules
    fee = rules.late_fee
    return rules.model_copy(
        update={
            "steps": tuple(step for step in rules.steps if not step.products or product in step.products),
            "late_fee": fee if fee and (not fee.products or product in fee.products) else None,
        }
    )


def _digest(policy: Policy) -> str:
    content = policy.model_dump(mode="json", exclude={"version"})
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
