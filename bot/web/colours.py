"""A lender's own colour, moved as little as possible until text on it and in it can be read (WCAG 2.2 AA)."""

import colorsys
import re
from dataclasses import dataclass

_HEX = re.compile(r"#([0-9a-fA-F]{6})")
_ENOUGH = 4.6  # WCAG asks 4.5; a little more outlives rounding
FALLBACK = "#1f4e8c"
LIGHT_SURFACES = ("#ffffff", "#f4f6f8", "#eaeef2")
DARK_SURFACES = ("#10161d", "#18212b", "#222d39")
Rgb = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Accent:
    """A colour for links and buttons, and the colour of text on it."""

    colour: str
    on: str


def accents(brand: str) -> tuple[Accent, Accent]:
    """The accent for light and for dark pages; a colour that can't be read is replaced by the fallback."""
    rgb = _parse(brand) or _parse(FALLBACK)
    assert rgb is not None
    light = _moved(rgb, -1, LIGHT_SURFACES)
    dark = _moved(rgb, +1, DARK_SURFACES)
    return Accent(light, "#ffffff"), Accent(dark, "#0b1016")


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio of two #rrggbb colours, from 1 to 21."""
    a, b = sorted((_luminance(_known(one)), _luminance(_known(other))))
    return (b + 0.05) / (a + 0.05)


def _moved(rgb: Rgb, direction: int, surfaces: tuple[str, ...]) -> str:
    """Change the lightness by hundredths, keeping the hue, until every surface contrasts enough."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*rgb)
    for hundredths in range(101):
        moved = min(1.0, max(0.0, lightness + direction * hundredths / 100))
        mixed = _hex(colorsys.hls_to_rgb(hue, moved, saturation))
        if all(contrast(mixed, surface) >= _ENOUGH for surface in surfaces):
            return mixed
    raise AssertionError("black and white contrast with every surface")


def _parse(colour: str) -> Rgb | None:
    match = _HEX.fullmatch(colour)
    if match is None:
        return None
    return (int(match[1][0:2], 16) / 255, int(match[1][2:4], 16) / 255, int(match[1][4:6], 16) / 255)


def _known(colour: str) -> Rgb:
    rgb = _parse(colour)
    if rgb is None:
        raise ValueError(f"{colour!r} is not #rrggbb")
    return rgb


def _hex(rgb: tuple[float, ...]) -> str:
    return "#" + "".join(f"{round(c * 255):02x}" for c in rgb)


def _luminance(rgb: Rgb) -> float:
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def theme(brand: str) -> str:
    """The stylesheet that gives a page its lender's colour."""
    light, dark = accents(brand)
    return (
        f":root{{--accent:{light.colour};--on-accent:{light.on}}}"
        f"@media (prefers-color-scheme:dark){{:root{{--accent:{dark.colour};--on-accent:{dark.on}}}}}\n"
    )
