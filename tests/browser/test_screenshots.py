import os
from pathlib import Path

import pytest

from tests.browser.conftest import Open

FOLDER = os.environ.get("SCREENSHOTS")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(not FOLDER, reason="pictures are taken only when asked for: SCREENSHOTS=docs/images"),
]
SHOTS = {
    "chat-desktop": ("en-GB", 1280, "light", "Start", "See plans"),
    "chat-phone": ("zh-CN", 390, "light", "开始", "看方案"),
    "chat-phone-dark": ("zh-TW", 390, "dark", "開始", "看方案"),
}


@pytest.mark.parametrize("name", SHOTS)
def test_the_chat_is_pictured(open_chat: Open, name: str) -> None:
    assert FOLDER
    locale, width, scheme, start, plans = SHOTS[name]
    page = open_chat(
        locale=locale, width=width, color_scheme=scheme, reduced_motion="reduce", device_scale_factor=2
    )
    for title in (start, plans):
        page.locator(".chips").get_by_role("button", name=title, exact=True).click()
    page.locator(".plan").first.wait_for()
    page.wait_for_timeout(500)
    path = Path(FOLDER) / f"{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path)
    assert path.stat().st_size > 10_000
