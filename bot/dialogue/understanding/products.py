"""Which kinds of account a message names: 'and the loan?', 那張卡."""

import re

from bot.dialogue.understanding.fold import narrow, simplified

_PRODUCTS = {
    "card": re.compile(r"\b(?:credit )?cards?\b|(?:信用)?卡(?!车|住|通)"),
    "overdraft": re.compile(r"\boverdraft\b|透支"),
    "online_loan": re.compile(r"\b(?:online|app) loan\b|网贷|网络贷款"),
    "store_credit": re.compile(r"\bstore (?:credit|card)\b|分期购|商店"),
    "loan": re.compile(r"\b(?:personal )?loan\b|(?:信用)?贷款|信贷"),
}


def products(text: str) -> frozenset[str]:
    """The products that `text` names, by the names that accounts give them."""
    plain = simplified(narrow(text))
    return frozenset(name for name, pattern in _PRODUCTS.items() if pattern.search(plain))
