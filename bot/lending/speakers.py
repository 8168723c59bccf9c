"""Whom money is owed to, and who speaks for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bot.lending.policy_files import AgencyFile, CreditorFile
from bot.lending.policy_rules import CreditorKind


@dataclass(frozen=True, slots=True)
class Creditor:
    """Whom money is owed to. `agency` collects for them, if set."""

    id: str
    names: Mapping[str, str]  # by locale
    kind: Literal["bank", "online_lender", "lender"]
    jurisdiction: str
    agency: str | None


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who a channel account speaks for: a creditor, or an agency with its creditors."""

    id: str
    names: Mapping[str, str]
    kind: CreditorKind
    creditors: tuple[str, ...]
    jurisdiction: str
    verify_page: str
    colour: str  # of the brand, as #rrggbb
    time_zone: str  # IANA name: where the desk is
    protect_figures: bool = False  # messenger apps neither forward nor save messages with amounts


def creditor_of(file: CreditorFile) -> Creditor:
    return Creditor(file.id, dict(file.names), file.kind, file.jurisdiction, file.agency)


def placed(file: CreditorFile | AgencyFile, files: Mapping[str, CreditorFile]) -> tuple[str, ...]:
    """The creditors that it speaks for; none where an agency does."""
    if isinstance(file, CreditorFile):
        return () if file.agency else (file.id,)
    return tuple(sorted(id for id, other in files.items() if other.agency == file.id))


def speakers(files: Mapping[str, CreditorFile], agencies: Mapping[str, AgencyFile]) -> dict[str, Speaker]:
    """Creditors that speak for themselves, and agencies that have somebody to speak for."""
    found: dict[str, Speaker] = {}
    offices: tuple[CreditorFile | AgencyFile, ...] = (*files.values(), *agencies.values())
    for file in offices:
        creditors = placed(file, files)
        if creditors:
            assert file.office_hours  # a file whose office is the agency's speaks for nobody
            found[file.id] = Speaker(
                id=file.id,
                names=dict(file.names),
                kind=file.kind,
                creditors=creditors,
                jurisdiction=file.jurisdiction,
                verify_page=file.verify_page,
                colour=file.colour,
                time_zone=file.office_hours.time_zone,
                protect_figures=file.protect_figures,
            )
    return found
