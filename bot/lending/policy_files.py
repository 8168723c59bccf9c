"""Packs, creditors' and agencies' files as they stand in YAML: read safely, validated, errors with their place."""

from collections.abc import Hashable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, TypeVar

import yaml
from pydantic import Field, ValidationError, model_validator

from bot.errors import BadInput
from bot.lending.disputes import DisputeKind
from bot.lending.holds import HoldReason
from bot.lending.policy_acting import REFERRAL_KINDS, ReferralKind, Referrals, StaffPlanRules, WaiverRules
from bot.lending.policy_desk import DeskChoices, DeskRules, refined
from bot.lending.policy_hours import HandoffRules, OfficeHours
from bot.lending.policy_rules import (
    DISPUTE_KINDS,
    HOLD_REASONS,
    Binds,
    ByLocale,
    ConsequenceRules,
    ContactRules,
    Country,
    CreditorKind,
    HoldRule,
    IdentityRules,
    Key,
    Law,
    Limitation,
    Line,
    Part,
    PlanRules,
    ResponseName,
    RetentionRules,
    Rule,
    Source,
    TimeZone,
)

R = TypeVar("R", bound=Rule)
LOCALES = ("en", "zh_Hans", "zh_Hant")
PACKS = Path(__file__).parent / "policies"
HOUSE = "house.yml"


class House(Rule):
    """What holds everywhere unless a pack or a creditor is stricter."""

    holds: Mapping[HoldReason, HoldRule]
    identity: IdentityRules
    retention: RetentionRules
    disputes: Mapping[DisputeKind, int]
    statement_stale_days: int = Field(ge=1, le=366)
    desk: DeskRules

    @model_validator(mode="after")
    def _complete(self) -> "House":
        _complete("holds", self.holds, HOLD_REASONS)
        _complete("disputes", self.disputes, DISPUTE_KINDS)
        return self


class Residence(Rule):
    """Whom to turn to where somebody lives, whatever law governs their debt."""

    time_zone: TimeZone
    crisis: tuple[Line, ...] = Field(min_length=1)
    emergency: tuple[Line, ...] = Field(min_length=1)  # ambulance first
    advice: tuple[Line, ...] = ()
    holidays: Country
    calling_code: str = Field(pattern=r"^[1-9][0-9]{0,2}$")  # of its phone numbers


class Redress(Line):
    """Who outside the lender hears a complaint, free for the borrower, and where that stands."""

    binds: Binds = Binds()
    source: Source


class Pack(Rule):
    """What one jurisdiction allows: its money, its laws, and whom its residents can turn to."""

    jurisdiction: Key
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    rounding_step: Decimal = Field(gt=0, le=1000)
    holidays: Country
    registry: ResponseName  # what the place where missed payments are reported is called
    contact: ContactRules  # where no law sets hours: the product's own
    limitation: Limitation
    holds: Mapping[HoldReason, HoldRule] = Field(default_factory=dict)
    disputes: Mapping[DisputeKind, int] = Field(default_factory=dict)
    referrals: tuple[ReferralKind, ...] = REFERRAL_KINDS  # that are lawful there
    laws: tuple[Law, ...]
    redress: tuple[Redress, ...] = Field(min_length=1)  # the first that binds a creditor is named
    residence: Residence

    @model_validator(mode="after")
    def _laws_differ(self) -> "Pack":
        keys = [law.key for law in self.laws]
        if len(set(keys)) < len(keys):
            raise ValueError("two laws have the same key")
        return self


class _Refinement(Rule):
    """What creditors' and agencies' files have in common."""

    id: Key
    kind: CreditorKind
    names: ByLocale
    jurisdiction: Key
    verify_page: str = Field(pattern=r"^(https://\S+|/\S*)$")
    colour: str = Field(default="#1f4e8c", pattern=r"^#[0-9a-fA-F]{6}$")
    protect_figures: bool = False  # messenger apps neither forward nor save messages with amounts
    contact: ContactRules | None = None
    office_hours: OfficeHours | None = None
    handoff: HandoffRules | None = None
    identity: IdentityRules | None = None
    desk: DeskChoices | None = None
    holds: Mapping[HoldReason, HoldRule] = Field(default_factory=dict)
    disputes: Mapping[DisputeKind, int] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _all_names(self) -> "_Refinement":
        _complete("names", self.names, LOCALES)
        return self


class AgencyFile(_Refinement):
    kind: Literal["agency"]
    office_hours: OfficeHours


class CreditorFile(_Refinement):
    """A creditor's own choices; with `agency` set, that agency collects and its office hours count."""

    kind: Literal["bank", "online_lender", "lender"]
    agency: Key | None = None
    plans: PlanRules
    staff_plans: StaffPlanRules = StaffPlanRules()
    waivers: WaiverRules = WaiverRules()
    referrals: Referrals = Field(default_factory=dict)
    allocation: tuple[Part, ...] = ("fees", "interest", "principal")
    limitation: Limitation | None = None
    consequences: ConsequenceRules = ConsequenceRules()
    retention: RetentionRules | None = None
    statement_stale_days: int | None = Field(default=None, ge=1, le=366)
    ways_to_pay: tuple[ByLocale, ...] = ()

    @model_validator(mode="after")
    def _sound(self) -> "CreditorFile":
        if sorted(self.allocation) != ["fees", "interest", "principal"]:
            raise ValueError("allocation must name fees, interest and principal, each once")
        if not self.agency and not self.office_hours:
            raise ValueError("office_hours is missing")
        if self.agency and (self.office_hours or self.handoff or self.identity or self.desk):
            raise ValueError("office_hours, handoff, identity and desk belong in the agency's file")
        for way in self.ways_to_pay:
            _complete("ways_to_pay", way, LOCALES)
        return self


class _Loader(yaml.CBaseLoader):
    """Every scalar stays the text that was written (22:00 is no number, no is no truth value); no key twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a key must be plain text", key.start_mark)
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value!r} stands twice", key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


def _complete(key: str, given: Mapping[Any, Any], wanted: tuple[Any, ...]) -> None:
    missing = [str(name) for name in wanted if name not in given]
    if missing:
        raise ValueError(f"{key} lacks {', '.join(missing)}")


def texts_in(folder: Path) -> dict[str, str]:
    """Every YAML file of a folder as it stands, by its name; BadInput names one that cannot be read."""
    return {path.name: _text_of(path) for path in sorted(folder.glob("*.yml"))}


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (UnicodeDecodeError, OSError) as error:
        raise BadInput(path.name, f"cannot be read: {error}") from error


def read_yaml(path: Path) -> dict[str, Any]:
    """The mapping in a YAML file, all scalars as text; BadInput names the line."""
    return _mapping(_text_of(path), path.name)


def _mapping(text: str, name: str) -> dict[str, Any]:
    try:
        data = yaml.load(text, Loader=_Loader)  # noqa: S506 - builds plain types only
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise BadInput(f"{name}, line {line}", error.problem or "not YAML") from error
    except yaml.YAMLError as error:
        raise BadInput(name, f"cannot be read: {error}") from error
    if not isinstance(data, dict):
        raise BadInput(name, "must be a mapping of keys")
    return data


def parse(model: type[R], data: Mapping[str, Any], name: str) -> R:
    """`data` as `model`; BadInput names the file and the first key that is wrong."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        key = ".".join(str(part) for part in first["loc"] if part != "[key]")
        place = f"{name}, {key}" if key else name
        given = f" (got {first['input']!r})" if isinstance(first["input"], str) else ""
        unknown = first["type"] == "extra_forbidden"
        problem = "may not stand here" if unknown else first["msg"].removeprefix("Value error, ") + given
        raise BadInput(place, problem) from error


def load_packs() -> dict[str, Pack]:
    """The packs that the program ships."""
    return packs_of(texts_in(PACKS))


def load_files(folder: Path) -> tuple[dict[str, CreditorFile], dict[str, AgencyFile]]:
    """Every creditor's and agency's file in `folder`."""
    return files_of(creditors_texts(folder))


def creditors_texts(folder: Path) -> dict[str, str]:
    """The files in a folder that has some; BadInput."""
    if not folder.is_dir():
        raise BadInput(str(folder), "is no folder of creditors' files")
    texts = texts_in(folder)
    if not texts:
        raise BadInput(str(folder), "holds no creditor's file")
    return texts


def house_of(texts: Mapping[str, str]) -> House:
    """The house's rules among the texts of packs."""
    house = parse(House, _mapping(texts.get(HOUSE, ""), HOUSE), HOUSE)
    refined(house.desk, None, (), HOUSE)
    return house


def packs_of(texts: Mapping[str, str]) -> dict[str, Pack]:
    """Every jurisdiction's pack by its code, which is also the file's name."""
    packs: dict[str, Pack] = {}
    for name, text in texts.items():
        if name == HOUSE:
            continue
        pack = parse(Pack, _mapping(text, name), name)
        if pack.jurisdiction != name.removesuffix(".yml"):
            raise BadInput(f"{name}, jurisdiction", f"says {pack.jurisdiction!r}")
        packs[pack.jurisdiction] = pack
    return packs


def files_of(texts: Mapping[str, str]) -> tuple[dict[str, CreditorFile], dict[str, AgencyFile]]:
    """Every creditor's and agency's file, by id, which is also the file's name."""
    creditors: dict[str, CreditorFile] = {}
    agencies: dict[str, AgencyFile] = {}
    for name, text in texts.items():
        data, id = _mapping(text, name), name.removesuffix(".yml")
        entry: CreditorFile | AgencyFile
        if data.get("kind") == "agency":
            entry = agencies[id] = parse(AgencyFile, data, name)
        else:
            entry = creditors[id] = parse(CreditorFile, data, name)
        if entry.id != id:
            raise BadInput(f"{name}, id", f"says {entry.id!r}; it must be the file's name")
    if not creditors:
        raise BadInput(", ".join(texts), "there is no creditor's file among them")
    return creditors, agencies
