"""What an export of a search holds, page by page: the same for whoever asks for it, on a page or by command."""

from collections.abc import Callable, Mapping, Sequence

from bot.access import Staff
from bot.review import csv_export, search
from bot.review.rasa_events import rasa_lines
from bot.review.search_store import Cursor
from bot.review.sendings import Form
from bot.review.store import ReviewWork

MOST_ON_PAPER = 50  # conversations in one PDF
MOST_EVENTS_ON_PAPER = 5000  # of a search's conversations; some ten seconds of work
Lines = Callable[[ReviewWork, search.Page], Sequence[str]]


def first(form: Form) -> str:
    """What stands before all lines; the mark has spreadsheets read UTF-8."""
    return "\ufeff" + csv_export.header() if form == "csv" else ""


def csv_lines(work: ReviewWork) -> Lines:
    logins = {colleague.id: colleague.login for colleague in work.staff.everyone()}
    return lambda _, page: csv_export.lines(page.rows, logins)


def event_lines(*, masked: bool) -> Lines:
    def lines(work: ReviewWork, page: search.Page) -> list[str]:
        told = work.search.material([hit.found.conversation_id for hit in page.rows])
        return [line for each in told for line in rasa_lines(each, masked=masked)]

    return lines


def page(
    work: ReviewWork,
    asked: search.Asked,
    reader: Staff,
    speakers: Mapping[str, search.Voice],
    after: Cursor | None,
    lines: Lines,
) -> tuple[search.Page, Sequence[str]]:
    """The conversations after a place, and the lines that are written of them."""
    found = search.search(work, asked, reader, speakers, after)
    return found, lines(work, found)


def for_paper(
    work: ReviewWork, asked: search.Asked, reader: Staff, speakers: Mapping[str, search.Voice]
) -> tuple[list[str], bool]:
    """The newest conversations, as many as one file takes; whether there were more."""
    ids: list[str] = []
    events, place = 0, None
    while True:
        found = search.search(work, asked, reader, speakers, place)
        for hit in found.rows:
            events += hit.found.length
            if len(ids) == MOST_ON_PAPER or (ids and events > MOST_EVENTS_ON_PAPER):
                return ids, True
            ids.append(hit.found.conversation_id)
        if found.next is None:
            return ids, False
        place = found.next
