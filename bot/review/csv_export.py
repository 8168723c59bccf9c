"""Conversations that were found, as CSV: a row a conversation, no words of anybody."""

import csv
import io
from collections.abc import Mapping, Sequence

from bot.files.spreadsheets import harmless
from bot.review.search import Hit

_OWN = ("outcome", "plan", "lateness", "hold", "flag", "intent", "satisfaction", "collector", "creditor")
COLUMNS = ("conversation", "speaker", "channel", "locale", "started_at", "last_at", "events", *_OWN)


def header() -> str:
    return _line(COLUMNS)


def lines(hits: Sequence[Hit], logins: Mapping[str, str]) -> list[str]:
    """Times in UTC; several values of one column are joined by spaces; collectors by their login."""
    return [_line(_cells(hit, logins)) for hit in hits]


def _cells(hit: Hit, logins: Mapping[str, str]) -> list[str]:
    found = hit.found
    own = {**hit.facets, "collector": [logins.get(id, id) for id in hit.facets.get("collector", ())]}
    return [
        found.conversation_id,
        found.speaker,
        found.account.partition(":")[0],
        found.locale,
        found.started_at.isoformat(),
        found.last_at.isoformat(),
        str(found.length),
        *(" ".join(own.get(facet, ())) for facet in _OWN),
    ]


def _line(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([harmless(cell) for cell in cells])
    return out.getvalue()
