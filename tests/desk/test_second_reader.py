"""The second reader doubts what may read as pressure, stops nothing, and keeps to what the documentation says."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import yaml

from bot.desk.second_reader import Floats, SecondReader, load, shipped
from bot.desk.second_reader_learning import digest_of, examples, learn, save
from bot.desk.wording import READS_AS_PRESSURE, Ground, WordingDoubtful, admit, check
from bot.dialogue.understanding.encoder import available

WORDING = Path(__file__).with_name("wording")
SNEER = "We know what time you get home."
KIND = "We can look at the dates together on Monday."


class Counting:
    """The process's encoder, which remembers what it was asked to read."""

    version = "counting"

    def __init__(self) -> None:
        encoder = available()
        assert encoder is not None
        self._encoder = encoder
        self.read: list[str] = []

    def encode(self, texts: Sequence[str]) -> Floats:
        self.read += texts
        return self._encoder.encode(texts)


class Strange:
    """An encoder of another kind."""

    version = "strange"

    def __init__(self, size: int) -> None:
        self._size = size

    def encode(self, texts: Sequence[str]) -> Floats:
        return np.eye(len(texts), self._size, dtype=np.float32)


@pytest.fixture(scope="module")
def reader() -> SecondReader:
    return SecondReader(shipped(), available())


def held_back(locale: str, batch: str) -> tuple[list[str], list[str]]:
    """What should be asked about, and what should not; nobody learnt from either."""
    table = yaml.safe_load((WORDING / batch / f"{locale}.yml").read_text("utf-8"))
    if batch == "fresh":
        return [*table["unseen"]["stop"], *table["unseen"]["doubt"]], table["unseen"]["pass"]
    return table["hostile"], table["fair"]


def found(texts: Sequence[str], second: SecondReader) -> int:
    return sum(bool(check(text, Ground(second=second))) for text in texts)


def test_what_it_learnt_from_are_the_examples_of_today() -> None:
    """After a change of the examples: python -m bot nlu second-reader."""
    assert shipped().digest == digest_of(examples())


@pytest.mark.parametrize(
    ("locale", "batch", "caught", "alarms", "alone"),
    [
        ("en", "fresh", 57, 3, 44),
        ("en", "held_back", 42, 3, 33),
        ("zh_Hans", "fresh", 63, 3, 44),
        ("zh_Hans", "held_back", 44, 3, 28),
        ("zh_Hant", "fresh", 62, 5, 52),
        ("zh_Hant", "held_back", 44, 3, 24),
    ],
)
def test_with_the_rules_it_finds_no_less_than_docs_say(
    reader: SecondReader, locale: str, batch: str, caught: int, alarms: int, alone: int
) -> None:
    hostile, fair = held_back(locale, batch)
    assert found(hostile, reader) >= caught
    assert found(fair, reader) <= alarms
    assert found(hostile, SecondReader(shipped())) >= alone  # where the encoder's wheel does not load


def test_examples_and_what_is_held_back_share_no_sentence() -> None:
    known = {example.folded for example in examples()}
    for locale in ("en", "zh_Hans", "zh_Hant"):
        for batch in ("fresh", "held_back"):
            assert known.isdisjoint(text for texts in held_back(locale, batch) for text in texts)


def test_its_doubt_can_be_overruled_and_is_kept_with_the_words(reader: SecondReader) -> None:
    ground = Ground(second=reader)
    with pytest.raises(WordingDoubtful) as doubt:
        admit(f"{KIND} {SNEER}", sure=False, ground=ground)
    (finding,) = doubt.value.findings
    assert (finding.rule, finding.words) == (READS_AS_PRESSURE, SNEER)
    assert admit(f"{KIND} {SNEER}", sure=True, ground=ground) == [{"rule": READS_AS_PRESSURE, "words": SNEER}]
    assert admit(KIND, sure=False, ground=ground) == []


def test_it_adds_nothing_to_a_sentence_of_which_a_rule_has_spoken(reader: SecondReader) -> None:
    text = "We'll make your life hell until this is paid."
    assert reader.hears(text) is not None
    assert READS_AS_PRESSURE not in {finding.rule for finding in check(text, Ground(second=reader))}


@pytest.mark.parametrize("text", ["", "  ", "…", "12.5 %", "👍", "\n\n"])
def test_without_words_there_is_nothing_to_doubt(reader: SecondReader, text: str) -> None:
    assert reader.hears(text) is None


def test_while_somebody_types_only_the_new_sentence_is_read() -> None:
    encoder = Counting()
    reader = SecondReader(shipped(), encoder)
    encoder.read.clear()
    reader.hears(f"{KIND} Is that")
    reader.hears(f"{KIND} Is that all right?")
    assert encoder.read == [KIND.lower(), "is that", "is that all right?"]
    reader.hears("Well then. " * 500 + " ".join(f"Number {i} is here." for i in range(500)))
    assert len(encoder.read) <= 3 + 40


@pytest.mark.parametrize("size", [256, 512])
def test_with_another_encoder_it_goes_by_words(caplog: pytest.LogCaptureFixture, size: int) -> None:
    strange, without = SecondReader(shipped(), Strange(size)), SecondReader(shipped())
    assert "another encoder" in caplog.text
    assert strange.scores([SNEER.lower()]) == without.scores([SNEER.lower()])


def test_what_was_learnt_reads_the_same_from_its_file_and_when_learnt_again(tmp_path: Path) -> None:
    some = examples()[::60]
    encoder = available()
    assert encoder is not None
    learnt = learn(some, encoder)
    save(learnt, tmp_path / "learnt.npz")
    texts = [example.folded for example in some[:30]]
    scores = SecondReader(learnt, encoder).scores(texts)
    assert SecondReader(load(tmp_path / "learnt.npz"), encoder).scores(texts) == pytest.approx(scores, abs=1e-4)
    assert SecondReader(learn(some, encoder), encoder).scores(texts) == pytest.approx(scores, abs=1e-4)
    told = [example.hostile for example in some[:30]]
    assert [score > 0 for score in scores].count(True) == pytest.approx(told.count(True), abs=10)
