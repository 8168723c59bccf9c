"""Cells of CSV files that people open in a spreadsheet."""

_STARTS = "=+-@|%＝＋－＠"


def harmless(cell: str) -> str:
    """The cell as text: what a spreadsheet would take for a formula gets an apostrophe in front."""
    start = cell.lstrip(" \t\r\n")[:1]
    return f"'{cell}" if start and start in _STARTS else cell
