"""The map that says which of a lender's columns become which fields: a small YAML file, checked when it is read."""

from datetime import date
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from bot.errors import BadInput

Scalar = str | int | float | bool | date
BORROWER_FIELDS = (
    "reference", "name", "birth_date", "document_last4", "residence", "time_zone", "locale", "phone",
)  # fmt: skip
ACCOUNT_FIELDS = (
    "reference", "product", "opened_on", "original_creditor", "judgment", "limitation_from", "role",
    "as_of", "total", "principal", "interest", "fees", "overdue", "overdue_since", "next_due",
    "last_payment", "last_payment_on", "reported_missed", "ended", "dispute_outcome",
)  # fmt: skip
PAYMENT_FIELDS = ("reference", "account", "amount", "paid_on")
_NEEDED_OF_BORROWER = {"reference", "name", "birth_date", "document_last4", "residence", "time_zone"}
_NEEDED_OF_ACCOUNT = {"reference", "product", "as_of", "total"}
Encoding = Literal["auto", "utf-8", "big5", "gb18030"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Strict):
    """Where one field comes from: exactly one of column, constant, template, months_before.

    `template` puts columns in place of {Column}; `months_before` names a column with a number of months, counted
    back from the account's as-of day (below 1: no date). Then, in this order: `absent` lists the texts that stand
    for nothing; `values` replaces a text by another; `pad` fills with zeros from the left; `last` keeps the last
    characters; `format` reads a date (as strptime); `at_least` raises a lower amount.
    """

    column: str | None = None
    constant: Scalar | None = None
    template: str | None = None
    months_before: str | None = None
    absent: tuple[str, ...] = ()
    values: dict[str, Scalar] = Field(default_factory=dict)
    pad: int | None = Field(None, ge=1, le=40)
    last: int | None = Field(None, ge=1, le=40)
    format: str | None = None
    at_least: int | None = None

    @model_validator(mode="after")
    def _one_source(self) -> "Source":
        given = [
            name for name in ("column", "constant", "template", "months_before") if getattr(self, name) is not None
        ]
        if len(given) != 1:
            raise ValueError("say exactly one of column, constant, template, months_before")
        return self

    @field_validator("values", mode="before")
    @classmethod
    def _texts(cls, values: Any) -> Any:
        # YAML reads 1: as a number; cells are texts.
        return {str(key): value for key, value in values.items()} if isinstance(values, dict) else values


class TableMap(_Strict):
    """What every map says of its table.

    A field given as plain text is a column's name. What is not mapped is not stored.
    """

    creditor: str = Field(pattern=r"^[a-z][a-z0-9_-]*$")
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    source: str | None = None  # where the data come from, as it must be cited
    encoding: Encoding = "auto"
    delimiter: Literal[",", ";", "\t", "|"] | None = None
    sheet: str | None = None
    decimal_mark: Literal[".", ","] = "."
    date_format: str = "%Y-%m-%d"


class PortfolioMap(TableMap):
    """The map of a portfolio.

    Left out: principal is what remains of the total; interest and fees are zero; overdue is the whole total from
    the day of overdue_since, else nothing. `invented` names the borrower's fields that no lender gave.
    """

    jurisdiction: str = Field(pattern=r"^[a-z]{2}$")
    time_zone_source: Literal["lender", "residence"] = "residence"
    borrower: dict[str, Source]
    account: dict[str, Source]
    invented: tuple[str, ...] = ()

    @field_validator("borrower", "account", mode="before")
    @classmethod
    def _columns(cls, fields: Any) -> Any:
        return _by_field(fields)

    @model_validator(mode="after")
    def _fields(self) -> "PortfolioMap":
        _check("borrower", self.borrower, BORROWER_FIELDS, _NEEDED_OF_BORROWER)
        _check("account", self.account, ACCOUNT_FIELDS, _NEEDED_OF_ACCOUNT)
        strange = set(self.invented) - set(self.borrower)
        if strange:
            raise ValueError(f"invented: {', '.join(sorted(strange))} is not mapped under borrower")
        return self


class PaymentsMap(TableMap):
    """The map of a list of payments; an amount below zero is a payment that came back."""

    payment: dict[str, Source]

    @field_validator("payment", mode="before")
    @classmethod
    def _columns(cls, fields: Any) -> Any:
        return _by_field(fields)

    @model_validator(mode="after")
    def _fields(self) -> "PaymentsMap":
        _check("payment", self.payment, PAYMENT_FIELDS, set(PAYMENT_FIELDS))
        return self


def _by_field(fields: Any) -> Any:
    if not isinstance(fields, dict):
        return fields
    return {name: {"column": source} if isinstance(source, str) else source for name, source in fields.items()}


def _check(part: str, fields: dict[str, Source], known: tuple[str, ...], needed: set[str]) -> None:
    strange, missing = set(fields) - set(known), needed - set(fields)
    if strange:
        raise ValueError(f"{part}: unknown field {', '.join(sorted(strange))}; there are {', '.join(known)}")
    if missing:
        raise ValueError(f"{part}: {', '.join(sorted(missing))} must be mapped")


def load_map(path: Path) -> PortfolioMap | PaymentsMap:
    """Read a map, of payments if it has a key `payment`; BadInput names the file and the key that is wrong."""
    try:
        content = yaml.safe_load(path.read_text("utf-8"))
    except OSError as error:
        raise BadInput(str(path), error.strerror or "it cannot be read") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadInput(str(path), f"it is not YAML in UTF-8: {error}") from None
    if not isinstance(content, dict):
        raise BadInput(str(path), "it must be a mapping of keys to values")
    kind = PaymentsMap if "payment" in content else PortfolioMap
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadInput(
            f"{path}: {place}" if place else str(path), first["msg"].removeprefix("Value error, ")
        ) from None
