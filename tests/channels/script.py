"""What the test backend answers: the moments of a debt chat, in three languages, chosen by a word or a button."""

from typing import Any

from bot.dialogue.messages import Incoming

Say = tuple[str, tuple[str, ...]]

GREETING = {
    "en": (
        "Hello, I'm Harbour Bank's automated assistant. You can ask for a person anytime.",
        "Before anything personal, I need to check it's you. I never ask for passwords, CVV or one-time codes.",
        "Not sure about us? Check us first.",
        ("Start", "Check you first", "Not me", "A person", "Stop messages", "中文"),
    ),
    "zh_Hans": (
        "您好，我是海港银行的自动助手，不是真人。随时可以转人工。",
        "谈个人信息前，要先确认是您本人。我不会问密码、CVV或短信验证码。",
        "不放心的话，可以先核实我们。",
        ("开始", "先核实你们", "不是我", "转人工", "停止发送", "English"),
    ),
    "zh_Hant": (
        "您好，我是海港銀行的自動助理，不是真人。想找真人，隨時說一聲。",
        "談個人資料前，要先確認是您本人。我不會問密碼、卡片背面末三碼或簡訊驗證碼。",
        "不放心的話，可以先查證我們。",
        ("開始", "先查證你們", "不是我", "找真人", "停止傳送", "English"),
    ),
}
BALANCE = {
    "en": (
        "Card ending 0916, 21 Nov 2026: ¥12,600.00. Overdue since 7 Oct, 45 days.",
        "Spending 12,000.00 + interest 480.00 + late fees 120.00.",
        "If a line looks wrong, tell me. We'll check it.",
        ("Something's wrong", "What happens next?", "See plans", "A person"),
    ),
    "zh_Hans": (
        "尾号0916的卡，截至2026年11月21日共欠¥12,600.00，10月7日起逾期，已45天。",
        "本金12,000.00＋利息480.00＋违约金120.00。",
        "哪项觉得不对，请告诉我，我们来核查。",
        ("这里不对", "接下来会怎样", "看方案", "转人工"),
    ),
    "zh_Hant": (
        "末四碼0916的卡，截至2026年11月21日共欠¥12,600.00，10月7日起逾期，已45天。",
        "本金12,000.00＋利息480.00＋違約金120.00。",
        "哪一項覺得不對，請告訴我，我們會查。",
        ("這裡不對", "接下來會怎樣", "看方案", "找真人"),
    ),
}
PLANS = {
    "en": (
        "You said ¥800 a month is safe. These stay below it. Keep one and nothing is added to ¥12,600.00.",
        "A 700.00 × 18, to 10 May 2028; B 600.00 × 21, to 10 Aug 2028; C 525.00 × 24, to 10 Nov 2028.",
        ("A", "B", "C", "None fits", "My own idea", "Not now"),
    ),
    "zh_Hans": (
        "您说每月拿得出800，下面三种都不到800。按约还款期间不再加利息和费用，总额都是¥12,600.00。",
        "A：700.00×18期；B：600.00×21期；C：525.00×24期。",
        ("A", "B", "C", "都不合适", "我有别的想法", "先不选"),
    ),
    "zh_Hant": (
        "您說每月拿得出800，以下三種都不到800。依約繳款期間不再加利息和費用，總額都是¥12,600.00。",
        "A：700.00×18期；B：600.00×21期；C：525.00×24期。",
        ("A", "B", "C", "都不合適", "我有別的想法", "先不選"),
    ),
}
CARD = {
    "type": "plans",
    "plans": [
        {"label": "A", "amount": "¥700.00", "count": 18, "last": "2028-05-10", "spare": "¥100.00", "payload": "/x"},
        {"label": "B", "amount": "¥600.00", "count": 21, "last": "2028-08-10", "spare": "¥200.00", "payload": "/x"},
        {"label": "C", "amount": "¥525.00", "count": 24, "last": "2028-11-10", "spare": "¥275.00", "payload": "/x"},
    ],
}
THANKS = {"en": "Thank you. I've got that.", "zh_Hans": "谢谢，我收到了。", "zh_Hant": "謝謝，我收到了。"}
LANGUAGES = {"English": "en", "繁體": "zh_Hant", "中文": "zh_Hans"}


def answers(locale: str, incoming: Incoming, pressed: str | None) -> tuple[str, list[dict[str, Any]]]:
    """The locale from now on, and what is said."""
    words = incoming.text or pressed or ""
    if incoming.kind == "start":
        locale = incoming.locale or locale
    locale = next((tag for name, tag in LANGUAGES.items() if name in words), locale)
    if incoming.kind == "file":
        return locale, [_line(THANKS[locale])]
    if words in {"See plans", "看方案"}:
        first, text, buttons = PLANS[locale]
        return locale, [_line(first), _line(text, buttons) | {"card": CARD}]
    if incoming.kind == "start" or any(name in words for name in LANGUAGES):
        return locale, _lines(GREETING[locale])
    if words in {"Start", "开始", "開始"}:
        return locale, _lines(BALANCE[locale])
    return locale, [_line(THANKS[locale])]


def _lines(said: tuple[str, str, str, tuple[str, ...]]) -> list[dict[str, Any]]:
    return [_line(said[0]), _line(said[1]), _line(said[2], said[3])]


def _line(text: str, buttons: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"text": text, "response": "utter_scripted", "buttons": [{"title": title} for title in buttons]}
