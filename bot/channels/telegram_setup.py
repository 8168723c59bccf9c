"""What a bot's owner sets up once: where updates go, the commands in each language, the menu."""

import hashlib
import hmac


def webhook_secret(token: str) -> str:
    """The secret that Telegram shows with each update; made from the token, which it does not betray."""
    return hmac.digest(token.encode(), b"telegram webhook", hashlib.sha256).hex()
