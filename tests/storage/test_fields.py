"""Sealed fields: unreadable without the key, bound to their place, readable after a change of key."""

import pytest

from bot.errors import BadInput
from bot.storage.engine import Database
from bot.storage.fields import Fields, Unreadable, plain

OLD, NEW = b"o" * 32, b"n" * 32


def test_a_field_opens_only_in_its_place_and_unaltered() -> None:
    fields = Fields(OLD)
    sealed = fields.seal_bytes("borrowers.name:b1", "林伟".encode())
    assert fields.open("borrowers.name:b1", sealed) == "林伟"
    assert fields.seal_bytes("borrowers.name:b1", "林伟".encode()) != sealed
    for place, content in [
        ("borrowers.name:b2", sealed),
        ("borrowers.name:b1", sealed[:-1] + bytes([sealed[-1] ^ 1])),
        ("borrowers.name:b1", b""),
    ]:
        with pytest.raises(Unreadable):
            fields.open(place, content)


def test_a_new_key_reads_what_the_old_one_sealed_and_finds_what_it_looked_up() -> None:
    old, both, new = Fields(OLD), Fields(NEW, [OLD]), Fields(NEW)
    sealed = old.seal_bytes("x", b"secret")
    assert both.open_bytes("x", sealed) == b"secret"
    assert both.lookup("phone", "1") == old.lookup("phone", "1") != new.lookup("phone", "1")
    assert new.open_bytes("x", both.seal_bytes("x", b"later")) == b"later"
    with pytest.raises(Unreadable):
        new.open_bytes("x", sealed)


def test_domains_of_lookups_tell_nothing_of_each_other() -> None:
    fields = Fields(OLD)
    assert len({fields.lookup("phone", "1"), fields.lookup("borrower", "1"), fields.lookup("phone", "2")}) == 3


def test_a_short_key_is_refused() -> None:
    with pytest.raises(BadInput, match="32 bytes"):
        Fields(b"short")


def test_plain_references_compare_alike() -> None:
    assert plain("ab12") == plain("ＡＢ 12") == "AB12"
    assert plain("a–b") == plain("A-B")


@pytest.mark.parametrize("url", ["nonsense", "mysql://host/db", "sqlite://", "sqlite:///:memory:"])
def test_a_database_that_we_do_not_keep_in_is_refused(url: str) -> None:
    with pytest.raises(BadInput, match="database URL"):
        Database(url, OLD)
