"""What is plainly forbidden is stopped in all three languages; kind and exact sentences pass."""

from pathlib import Path

import pytest
import yaml

from bot.desk.wording import RULES_FILE, check, load_rules
from bot.errors import BadInput

STOPPED = [
    ("threat", "Pay by Friday or else."),
    ("threat", "We will come to your house."),
    ("threat", "We know where your kids are"),
    ("threat", "不还的话后果自负"),
    ("threat", "明天派人去你家"),
    ("threat", "不繳的話後果自負"),
    ("arrest_or_crime", "You could be arrested for this"),
    ("arrest_or_crime", "再不还就要坐牢"),
    ("arrest_or_crime", "再不繳會有刑事責任"),
    ("false_legal_claim", "We have obtained a court judgment"),
    ("false_legal_claim", "We will seize your wages"),
    ("false_legal_claim", "我们是法院的"),
    ("false_legal_claim", "馬上查封您的房子"),
    ("false_legal_claim", "会影响您孩子上学"),
    ("shaming", "Shame on you, deadbeat"),
    ("shaming", "您就是老赖"),
    ("shaming", "真是丟臉"),
    ("disclosure", "I'll tell your boss about the debt"),
    ("disclosure", "我们会联系您的家人"),
    ("disclosure", "我們會通知您的主管"),
    ("disclosure", "发到朋友圈"),
    ("borrow_from_others", "Could you borrow from family?"),
    ("borrow_from_others", "Take out another loan then"),
    ("borrow_from_others", "您可以找朋友借一点"),
    ("borrow_from_others", "跟親友借一下"),
    ("private_account", "Transfer it to my account"),
    ("private_account", "转到我微信上"),
    ("private_account", "匯到我的帳戶"),
    ("secret_asked", "Please send me the one-time code"),
    ("secret_asked", "把验证码发给我，告诉我验证码"),
    ("secret_asked", "請告訴我密碼"),
]
ALLOWED = [
    "Thank you for telling me. 300 a month from 10 December works for us.",
    "You owe 12,600.00 as of today. If a line looks wrong, tell me and I'll check it.",
    "Being unable to pay is not a crime, and nobody may put you in prison for it.",
    "We will never tell your family or your employer.",
    "I never ask for passwords or one-time codes.",
    "You don't need to borrow from anybody.",
    "Are you safe right now? Would you like to talk to somebody at 988?",
    "There is nothing to be ashamed of.",
    "您好，我是小林，已经看过前面的对话了。每月300可以。",
    "单纯还不上不是犯罪，不会坐牢。",
    "我们不会联系您的家人，也不会告诉您的单位。",
    "不用找朋友借钱。",
    "请勿转到任何私人账户。",
    "您好，我看過前面的對話了，每月繳300可以。",
    "我們不會通知您的公司。",
    "沒什麼丟臉的，很多人都遇過。",
    "還不出來不是犯罪，不會坐牢。",
    "請不要告訴任何人密碼。",
]


@pytest.mark.parametrize(("rule", "text"), STOPPED)
def test_the_forbidden_is_stopped(rule: str, text: str) -> None:
    assert (rule, "stop") in [(finding.rule, finding.verdict) for finding in check(text)]


@pytest.mark.parametrize("text", ALLOWED)
def test_what_is_kind_and_true_passes(text: str) -> None:
    assert [finding for finding in check(text) if finding.verdict == "stop"] == []


@pytest.mark.parametrize(
    "text", ["The next step would be court.", "下一步可能起诉", "下一步可能提告", "You must pay"]
)
def test_the_doubtful_is_asked_about(text: str) -> None:
    assert {finding.verdict for finding in check(text)} == {"doubt"}


def test_spacing_full_width_and_invisible_letters_hide_nothing() -> None:
    assert check("ｓｈａｍｅ  ｏｎ\u200b you")
    assert check("We will  tell \n") == []


def test_one_harmless_sentence_does_not_excuse_the_next() -> None:
    assert check("You will not go to prison. But you will be arrested.")


def test_rules_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    file = tmp_path / "rules.yml"
    for broken in (
        "- a\n- b",
        "x: {verdict: maybe, says: s, patterns: [a]}",
        "x: {verdict: stop, says: s, patterns: ['(']}",
    ):
        file.write_text(broken)
        with pytest.raises(BadInput, match=r"rules\.yml"):
            load_rules(file)


def test_every_rule_has_its_sentence_on_the_page() -> None:
    labels = (RULES_FILE.parents[1] / "web" / "templates" / "staff" / "labels.html").read_text(encoding="utf-8")
    for name, rule in yaml.safe_load(RULES_FILE.read_text(encoding="utf-8")).items():
        assert f'"{name}": _("{rule["says"]}")' in labels
