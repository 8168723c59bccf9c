"""What is plainly forbidden is stopped in all three languages; kind and exact sentences pass."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from bot.desk.second_reader_learning import EXAMPLES
from bot.desk.wording import RULES_FILE, Ground, WordingDoubtful, WordingStopped, admit, check, shipped_rules
from bot.desk.wording_rules import When, load_rules
from bot.desk.wording_text import fold
from bot.errors import BadInput
from bot.lending.policy_files import load_packs
from bot.lending.policy_rules import Source

TABLES = {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in EXAMPLES.glob("*.yml")}
FRESH = {
    path.stem: yaml.safe_load(path.read_text("utf-8"))
    for path in Path(__file__).with_name("wording").glob("fresh/*.yml")
}
LAW = Source(title="Some Act", article="s. 1", url="https://example.org/law")


def said(locale: str, what: str) -> Iterator[tuple[str, str]]:
    """Each sentence of a table with the rule that must find it; `evasions` and `any` name no rule."""
    for rule, sentences in TABLES[locale][what].items():
        for sentence in sentences:
            yield rule, sentence


@pytest.mark.parametrize("locale", ["en", "zh_Hans", "zh_Hant"])
def test_the_tables_are_wide_enough(locale: str) -> None:
    table = TABLES[locale]
    assert len({sentence for _, sentence in said(locale, "stop")}) >= 60
    assert len({sentence for _, sentence in said(locale, "doubt")}) >= 30
    assert len(set(table["pass"])) >= 80


@pytest.mark.parametrize("locale", TABLES)
def test_the_forbidden_is_stopped_by_its_rule(locale: str) -> None:
    missed = []
    for rule, sentence in said(locale, "stop"):
        stops = {finding.rule for finding in check(sentence) if finding.verdict == "stop"}
        if not stops or (rule not in ("evasions", "any") and rule not in stops):
            missed.append((rule, sentence, stops))
    assert missed == []


@pytest.mark.parametrize("locale", TABLES)
def test_the_doubtful_is_asked_about(locale: str) -> None:
    wrong = []
    for rule, sentence in said(locale, "doubt"):
        found = check(sentence)
        if {finding.verdict for finding in found} != {"doubt"} or rule not in {finding.rule for finding in found}:
            wrong.append((rule, sentence, found))
    assert wrong == []


@pytest.mark.parametrize("locale", TABLES)
def test_what_is_kind_and_true_passes(locale: str) -> None:
    assert [(sentence, found) for sentence in TABLES[locale]["pass"] if (found := check(sentence))] == []


@pytest.mark.parametrize(
    ("locale", "half", "caught", "alarms"),
    [
        ("en", "seen", 67, 0),
        ("en", "unseen", 17, 0),
        ("zh_Hans", "seen", 72, 0),
        ("zh_Hans", "unseen", 31, 1),
        ("zh_Hant", "seen", 72, 0),
        ("zh_Hant", "unseen", 31, 2),
    ],
)
def test_words_of_another_hand_are_caught_no_less_than_docs_say(
    locale: str, half: str, caught: int, alarms: int
) -> None:
    table = (TABLES if half == "seen" else FRESH)[locale][half]
    assert sum(bool(check(sentence)) for sentence in [*table["stop"], *table["doubt"]]) >= caught
    assert sum(bool(check(sentence)) for sentence in table["pass"]) <= alarms


def test_kind_words_also_pass_together_and_forbidden_ones_are_found_among_them() -> None:
    for table in TABLES.values():
        letter = "\n".join(table["pass"][:40])
        assert check(letter[:4000]) == []
    for locale in TABLES:
        for _, sentence in list(said(locale, "stop"))[::7]:
            assert any(one.verdict == "stop" for one in check(f"{TABLES[locale]['pass'][0]} {sentence}"))


@pytest.mark.parametrize(
    ("text", "stopped"),
    [
        ("You will not go to prison. But you will be arrested.", True),
        ("You will not go to prison, but you will be arrested.", True),
        ("We will not tell your family if you pay.", True),
        ("We will not tell your family, even if you can't pay.", False),
        ("If you don't pay, we won't tell your family.", False),
        ("If you don't pay we will tell your family.", True),
        ("我们不会告诉您的家人，但会告诉您的单位。", True),
        ("还不上也不会坐牢。", False),
        ("不还就会坐牢。", True),
        ("我們不會通知您的公司，不過會通知您的家人。", True),
    ],
)
def test_a_negation_excuses_its_own_clause_only(text: str, stopped: bool) -> None:
    assert any(finding.verdict == "stop" for finding in check(text)) is stopped


def test_the_finding_points_at_the_words_as_they_were_written() -> None:
    text = "Hello. You will be аrr\u200bested  soon."
    (finding,) = check(text)
    assert text[finding.start : finding.end] == finding.words == "аrr\u200bested"
    (finding,) = check("喂，ｙｏｕ ａｒｅ ａ ＬＩＡＲ！")
    assert finding.words == "ＬＩＡＲ"


def test_what_depends_on_who_reads_it() -> None:
    unverified = Ground(frozenset({"unverified"}))
    for figures in (
        "You owe ¥12,600.00.",
        "您还欠3,000元。",
        "您的欠款是NT$3,000。",
        "Your card ending 0916 is 45 days late.",
    ):
        assert "reveals_figures" in {
            finding.rule for finding in check(figures, unverified) if finding.verdict == "stop"
        }
    for matter in (
        "About your repayment: when is it convenient?",
        "关于还款，您哪天方便？",
        "關於分期，您哪天方便？",
    ):
        assert {finding.verdict for finding in check(matter, unverified)} == {"doubt"}
        assert check(matter) == []
    for kind in ("Hello, I'm Mei. Are you safe?", "您好，请先核实身份，好吗？", "您現在安全嗎？請撥1925。"):
        assert check(kind, unverified) == []


def test_a_rule_of_law_counts_where_the_law_binds_and_names_it() -> None:
    old: frozenset[When] = frozenset({"past_limitation"})
    bound = Ground(old, "us", {"no_suit_on_old_debt": LAW})
    (stop,) = [finding for finding in check("We may sue you.", bound) if finding.verdict == "stop"]
    assert (stop.rule, stop.sources) == ("court_on_old_debt", (LAW,))
    elsewhere = Ground(old, "cn", {"no_suit_on_old_debt": LAW})
    assert {finding.verdict for finding in check("We may sue you.", elsewhere)} == {"doubt"}
    threat = Ground(jurisdiction="tw", laws={"no_threats": LAW})
    assert check("後果自負", threat)[0].sources == (LAW,)


def test_outside_the_hours_any_words_wait_for_the_next() -> None:
    opens = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    ground = Ground(frozenset({"outside_hours"}), opens_at=opens)
    with pytest.raises(WordingStopped) as stopped:
        admit("Good evening.", sure=True, ground=ground)
    assert [(finding.rule, finding.until) for finding in stopped.value.findings] == [("outside_hours", opens)]


def test_a_doubt_is_asked_about_and_the_answer_kept() -> None:
    with pytest.raises(WordingDoubtful):
        admit("The next step would be court.", sure=False)
    assert admit("The next step would be court.", sure=True) == [{"rule": "court", "words": "court"}]
    with pytest.raises(WordingStopped):
        admit("Pay by Friday or else.", sure=True)


def test_every_law_that_a_rule_names_stands_in_its_pack() -> None:
    packs = load_packs()
    for rule in shipped_rules().rules:
        for jurisdiction, keys in rule.laws.items():
            assert set(keys) <= {law.key for law in packs[jurisdiction].laws}, (rule.id, jurisdiction)


@pytest.mark.parametrize(
    "evil", ["a " * 2000, "你家人" * 1333, "1" * 4000, "如果没有" * 1000, "your " * 800, "«" * 4000]
)
def test_no_text_takes_long(evil: str) -> None:
    start = datetime.now(UTC)
    check(evil)
    assert (datetime.now(UTC) - start).total_seconds() < 3


def test_folding_keeps_the_way_back() -> None:
    for text in ("ＡＢＣ  ｄ", "坐 * 牢", "j a i l", "é️ü", "", "\n\n", "您好，妳們 ½"):
        folded = fold(text)
        assert len(folded.text) == len(folded.places)
        assert list(folded.places) == sorted(folded.places)


def test_rules_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    file = tmp_path / "rules.yml"
    head = "sets: {us: [we]}\nnegations: [not]\nclauses: [but]\nconditions: [if]\nrules:\n"
    for broken, where in {
        "- a\n- b": "takes sets",
        head + "  x: {verdict: maybe, says: s, patterns: [a]}": "rules, x",
        head + "  x: {verdict: stop, says: s, patterns: ['(']}": "rules, x, patterns",
        head + "  x: {verdict: stop, says: s, patterns: ['<them> go']}": "<them>",
        head + "  x: {verdict: stop, says: s, patterns: [您好]}": "您",
        head + "  x: {verdict: stop, says: s, when: raining}": "rules, x, when",
        head + "  x: {verdict: stop, says: s}": "needs patterns",
    }.items():
        file.write_text(broken, "utf-8")
        with pytest.raises(BadInput, match=r"rules\.yml") as wrong:
            load_rules(file)
        assert where in str(wrong.value)


def test_every_rule_has_its_sentence_on_the_page() -> None:
    labels = (RULES_FILE.parents[1] / "web" / "templates" / "staff" / "labels.html").read_text(encoding="utf-8")
    for rule in shipped_rules().rules:
        assert f'"{rule.id}": _("{rule.says}")' in labels
