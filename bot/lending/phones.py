"""Phone numbers as lenders write them and as networks know them."""

import re
import unicodedata
from collections.abc import Iterable


def digits(phone: str) -> str:
    """The digits alone, by which a number is looked up: of an international one without its + or 00."""
    plain = unicodedata.normalize("NFKC", phone).strip()
    found = re.sub(r"[^0-9]", "", plain)
    return found[2:] if found.startswith("00") else found


def forms(international: str, calling_codes: Iterable[str]) -> list[str]:
    """How a number may stand on a lender's record: whole, without its calling code, with a 0 in its place."""
    whole = digits(international)
    national = [whole[len(code) :] for code in sorted(set(calling_codes)) if whole.startswith(code)]
    return list(dict.fromkeys([whole, *national, *(f"0{each}" for each in national)]))


def same(international: str, on_file: str, calling_code: str) -> bool:
    """Whether a number on file is this one; one without a calling code is of where its owner lives."""
    whole, kept = digits(international), digits(on_file)
    if not whole or not kept:
        return False
    if on_file.strip().startswith(("+", "＋", "00")):
        return kept == whole
    # The same digits may be another country's number: +1 302… is Delaware, 1302… without it a mobile in China.
    if not calling_code or not whole.startswith(calling_code):
        return False
    return kept == whole or f"{calling_code}{kept.removeprefix('0')}" == whole
