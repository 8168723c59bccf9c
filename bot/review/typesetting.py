"""A record on paper: a PDF with its fonts inside, in which no character of anybody's words is lost or takes effect.

Lines are broken and set here one by one, as plain text: nothing that was written is read as markup, and what shows
nothing or has no glyph stands there by its code and name. Imported only when something is to be printed: the
libraries behind it take longer to load than the rest of a command.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Literal

import font_source_sans_pro
import pylopdf_fonts_zh_cn
import pylopdf_fonts_zh_tw
from fontTools.ttLib import TTFont
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from bot.review.paper import Paper

Style = Literal["title", "heading", "fact", "who", "said", "note"]
# Each with its size in points, its height in millimetres, the space above it and its shade of grey.
_STYLES: dict[Style, tuple[float, float, float, int]] = {
    "title": (15, 7.5, 0, 0),
    "heading": (11.5, 6, 4, 0),
    "fact": (9, 4.6, 0, 30),
    "who": (8, 4, 2.6, 95),
    "said": (10, 5.2, 0, 0),
    "note": (8, 4.1, 0, 70),
}
_WIDTH, _HEIGHT, _MARGIN = 210.0, 297.0, 18.0
_TOP, _BOTTOM = _MARGIN + 6, _HEIGHT - _MARGIN
_LONGEST_LINE = _WIDTH - 2 * _MARGIN
# What shows nothing by itself, or changes how its neighbours read.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_WORDS = re.compile(r"[^\s\u2e80-\U0010ffff]+|.")
_ENDS = frozenset("。，、；：？！）」』》】”’…")  # never begin a line: they may stand a little beyond its end
_FONTS = {
    "hans": str(pylopdf_fonts_zh_cn.sans_path()),
    "hant": str(pylopdf_fonts_zh_tw.sans_path()),
    "latin": font_source_sans_pro.font_files_ttf["SourceSansPro"],  # the same design, with signs of more currencies
}


@dataclass(frozen=True, slots=True)
class _Line:
    style: Style
    text: str
    first: bool  # of its passage: the space above is before it


def pdf(paper: Paper) -> bytes:
    """The whole file; it takes about a second for ten thousand characters, so call it outside any transaction."""
    order = ("hant", "hans", "latin") if paper.locale == "zh_Hant" else ("hans", "hant", "latin")
    sheet = _Sheet(order)
    pages = list(_pages(line for style, text in _passages(paper) for line in sheet.lines(style, text)))
    for number, lines in enumerate(pages, start=1):
        sheet.page(lines, f"{paper.foot} · {number} / {len(pages)}")
    return sheet.file(paper)


def _passages(paper: Paper) -> Iterator[tuple[Style, str]]:
    yield "title", paper.title
    yield from _facts(paper.facts)
    for part in paper.parts:
        yield "heading", part.title
        yield from _facts(part.facts)
        for entry in part.entries:
            yield "who", entry.who
            if entry.said:
                yield "said", entry.said
            for note in entry.notes:
                yield "note", note


def _facts(facts: Sequence[tuple[str, str]]) -> Iterator[tuple[Style, str]]:
    for label, value in facts:
        yield "fact", f"{label}: {value}" if label else value


def _pages(lines: Iterator[_Line]) -> Iterator[list[_Line]]:
    """Lines as they fit; the line that says who speaks is never the last of a page."""
    page: list[_Line] = []
    at = _TOP
    for line in lines:
        _, height, above, _ = _STYLES[line.style]
        needed = height + (above if line.first else 0)
        if page and at + needed + (_STYLES["said"][1] if line.style in ("who", "heading") else 0) > _BOTTOM:
            yield page
            page, at = [], _TOP
        page.append(line)
        at += needed
    if page:
        yield page


class _Sheet:
    """The file as it grows, and how wide each character is in it."""

    def __init__(self, fonts: Sequence[str]) -> None:
        self._pdf = FPDF(format="A4")
        self._pdf.set_auto_page_break(auto=False)
        self._pdf.set_margin(0)
        self._pdf.c_margin = 0
        self._pdf.str_alias_nb_pages = ""  # else a borrower's "{nb}" would become a number
        self._fonts = fonts
        self._width = cache(self._measured)

    def lines(self, style: Style, text: str) -> Iterator[_Line]:
        """A passage as lines that fit the page, each in one font."""
        first = True
        for paragraph in text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ").split("\n"):
            for line in self._broken(self._plain(paragraph), _STYLES[style][0]):
                yield _Line(style, line, first)
                first = False

    def page(self, lines: Sequence[_Line], foot: str) -> None:
        self._pdf.add_page()
        at = _TOP
        for line in lines:
            _, height, above, _ = _STYLES[line.style]
            at += above if line.first else 0
            self._put(line, at)
            at += height
        self._put(_Line("note", self._plain(foot), first=True), _HEIGHT - _MARGIN + 5)

    def file(self, paper: Paper) -> bytes:
        self._pdf.set_title(self._plain(paper.title))
        self._pdf.set_creation_date(paper.made_at)
        self._pdf.set_lang(paper.locale.replace("_", "-"))
        return bytes(self._pdf.output())

    def _put(self, line: _Line, at: float) -> None:
        size, height, _, grey = _STYLES[line.style]
        self._pdf.set_text_color(grey)
        self._pdf.set_xy(_MARGIN, at)
        for font, letters in groupby(line.text, self._font):
            self._write_in(font, size)
            self._pdf.cell(None, height, "".join(letters), new_x=XPos.RIGHT, new_y=YPos.TOP)

    def _plain(self, text: str) -> str:
        return "".join(letter if self._shows(letter) else _code(letter) for letter in text)

    def _shows(self, letter: str) -> bool:
        seen = unicodedata.category(letter) not in _UNSEEN
        return seen and any(ord(letter) in _covered(name) for name in self._fonts)

    def _font(self, letter: str) -> str:
        return next((name for name in self._fonts if ord(letter) in _covered(name)), self._fonts[0])

    def _write_in(self, font: str, size: float) -> None:
        if font not in self._pdf.fonts:  # a file holds the fonts that it needs, and no others
            self._pdf.add_font(font, fname=_FONTS[font])
        self._pdf.set_font(font, size=size)

    def _measured(self, letter: str, size: float) -> float:
        self._write_in(self._font(letter), size)
        return float(self._pdf.get_string_width(letter))

    def _broken(self, text: str, size: float) -> Iterator[str]:
        """Lines no wider than the page: Latin words whole where they fit, anything else wherever it must be."""
        line, used = "", 0.0
        for word in _WORDS.findall(text):
            pieces = [word] if self._long(word, size) <= _LONGEST_LINE else list(word)
            for piece in pieces:
                width = self._long(piece, size)
                if line and used + width > _LONGEST_LINE and piece not in _ENDS:
                    yield line
                    line, used = "", 0.0
                    if piece == " ":
                        continue
                line, used = line + piece, used + width
        yield line

    def _long(self, text: str, size: float) -> float:
        return sum(self._width(letter, size) for letter in text)


@cache
def _covered(font: str) -> frozenset[int]:
    """The characters that a font has glyphs for."""
    with TTFont(_FONTS[font], lazy=True) as file:
        return frozenset(file.getBestCmap())


def _code(letter: str) -> str:
    """What stands for a character that cannot be printed: its code and, where it has one, its name."""
    name = unicodedata.name(letter, "").lower()
    return f"[U+{ord(letter):04X}{' ' + name if name else ''}]"
