"""One step that a form asks for: what was done, or which of the known problems kept it from being done."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeVar

from bot.errors import BotError
from bot.web.staff_pages import StaffPages
from bot.web.work import StaffWork

D = TypeVar("D")
Problems = Mapping[type[BotError], str]  # by which name the page speaks of each; the first that fits counts


async def stepped(
    pages: StaffPages, doing: Callable[[StaffWork, datetime], D], problems: Problems
) -> tuple[D | None, str]:
    """What `doing` did in a transaction of its own, or the problem's name."""
    try:
        return await pages.port.run(lambda work: doing(work, pages.clock.now())), ""
    except tuple(problems) as error:
        return None, named(error, problems)


def named(error: BotError, problems: Problems) -> str:
    return next(name for kind, name in problems.items() if isinstance(error, kind))
