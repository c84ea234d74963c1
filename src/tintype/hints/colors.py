"""Colors as people give them, and the a*b* that a hint takes from them."""

import difflib
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final, TypeGuard

import numpy as np

from tintype.color import srgb_to_lab
from tintype.errors import HintError

Color = str | Sequence[float] | Mapping[str, float] | None
"""A name or "#rrggbb", (r, g, b) in 0..255, (a*, b*) or {"a": a*, "b": b*} in CIE units; None is gray."""

FARTHEST: Final = 128.0
"""No a* or b* may be farther from gray, in CIE units: beyond all that sRGB can show."""
BRIGHTEST: Final = 255
DIGITS: Final = 3
"""Digits behind the point to which a*b* of a color in RGB is rounded."""

HEX: Final = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)
ADVICE: Final = 'give "#rrggbb", a name such as "navy", [red, green, blue] in 0..255, or {"a": 20, "b": 30}'


def parse_color(color: Color) -> tuple[float, float]:
    """The a*b*, in CIE units, of a color in any of the forms of `Color`.

    Of a color in RGB only hue and chroma count; its lightness is left to the photograph. Raises `HintError`
    for anything else.
    """
    if color is None:
        return (0.0, 0.0)
    if isinstance(color, str):
        return _from_text(color)
    if isinstance(color, Mapping):
        if color.keys() != {"a", "b"}:
            raise HintError(f"the color {dict(color)!r} must have exactly the keys a and b; {ADVICE}")
        return checked_ab(color["a"], color["b"])
    parts: Sequence[object] = list(color) if isinstance(color, Sequence | np.ndarray) else []
    if len(parts) == 2:
        return checked_ab(parts[0], parts[1])
    if len(parts) == 3:
        return _from_rgb(parts)
    raise HintError(f"{color!r} is no color; {ADVICE}")


def checked_ab(a: object, b: object) -> tuple[float, float]:
    """a* and b* as floats; `HintError` unless both are numbers in -128..128."""
    if is_number(a) and is_number(b) and max(abs(a), abs(b)) <= FARTHEST:
        return (float(a), float(b))
    raise HintError(f"a* and b* must be numbers between -{FARTHEST:g} and {FARTHEST:g}, not {a!r} and {b!r}")


def is_number(value: object) -> TypeGuard[float]:
    """Whether a value is a number that is finite and not absurdly large; true and false are none."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        return False
    return bool(-LARGEST <= value <= LARGEST)


def _from_rgb(rgb: Sequence[object]) -> tuple[float, float]:
    """a*b* of red, green and blue in 0..255."""
    samples = [float(each) for each in rgb if is_number(each) and 0 <= each <= BRIGHTEST]
    if len(samples) != len(rgb):
        raise HintError(f"red, green and blue must be numbers between 0 and {BRIGHTEST}, not {list(rgb)!r}")
    lab = srgb_to_lab(np.array(samples) / BRIGHTEST)
    a, b = (round(float(each), DIGITS) + 0.0 for each in lab[1:])
    return (a, b)


@lru_cache(maxsize=1024)
def _from_text(text: str) -> tuple[float, float]:
    """a*b* of "#rgb", "#rrggbb" or a CSS name, whose case and spaces do not matter."""
    word = "".join(text.lower().split())
    code = word if HEX.fullmatch(word) else css_names().get(word)
    if code is None:
        near = difflib.get_close_matches(word, css_names(), n=1)
        meant = f" (did you mean {near[0]!r}?)" if near else ""
        raise HintError(f"{text!r} is no color{meant}; {ADVICE}")
    digits = code[1:] if len(code) == 7 else "".join(letter * 2 for letter in code[1:])
    return _from_rgb([int(digits[at : at + 2], 16) for at in (0, 2, 4)])


@lru_cache(maxsize=1)
def css_names() -> dict[str, str]:
    """The named colors of CSS, lower case, as "#rrggbb"."""
    words = CSS_NAMES.split()
    return {name: f"#{code}" for name, code in zip(words[::2], words[1::2], strict=True)}


LARGEST: Final = 1e9
"""Numbers beyond this are mistakes, whatever they stand for."""

CSS_NAMES: Final = """
aliceblue f0f8ff  antiquewhite faebd7  aqua 00ffff  aquamarine 7fffd4  azure f0ffff  beige f5f5dc
bisque ffe4c4  black 000000  blanchedalmond ffebcd  blue 0000ff  blueviolet 8a2be2  brown a52a2a
burlywood deb887  cadetblue 5f9ea0  chartreuse 7fff00  chocolate d2691e  coral ff7f50
cornflowerblue 6495ed  cornsilk fff8dc  crimson dc143c  cyan 00ffff  darkblue 00008b  darkcyan 008b8b
darkgoldenrod b8860b  darkgray a9a9a9  darkgreen 006400  darkgrey a9a9a9  darkkhaki bdb76b
darkmagenta 8b008b  darkolivegreen 556b2f  darkorange ff8c00  darkorchid 9932cc  darkred 8b0000
darksalmon e9967a  darkseagreen 8fbc8f  darkslateblue 483d8b  darkslategray 2f4f4f  darkslategrey 2f4f4f
darkturquoise 00ced1  darkviolet 9400d3  deeppink ff1493  deepskyblue 00bfff  dimgray 696969
dimgrey 696969  dodgerblue 1e90ff  firebrick b22222  floralwhite fffaf0  forestgreen 228b22
fuchsia ff00ff  gainsboro dcdcdc  ghostwhite f8f8ff  gold ffd700  goldenrod daa520  gray 808080
green 008000  greenyellow adff2f  grey 808080  honeydew f0fff0  hotpink ff69b4  indianred cd5c5c
indigo 4b0082  ivory fffff0  khaki f0e68c  lavender e6e6fa  lavenderblush fff0f5  lawngreen 7cfc00
lemonchiffon fffacd  lightblue add8e6  lightcoral f08080  lightcyan e0ffff  lightgoldenrodyellow fafad2
lightgray d3d3d3  lightgreen 90ee90  lightgrey d3d3d3  lightpink ffb6c1  lightsalmon ffa07a
lightseagreen 20b2aa  lightskyblue 87cefa  lightslategray 778899  lightslategrey 778899
lightsteelblue b0c4de  lightyellow ffffe0  lime 00ff00  limegreen 32cd32  linen faf0e6  magenta ff00ff
maroon 800000  mediumaquamarine 66cdaa  mediumblue 0000cd  mediumorchid ba55d3  mediumpurple 9370db
mediumseagreen 3cb371  mediumslateblue 7b68ee  mediumspringgreen 00fa9a  mediumturquoise 48d1cc
mediumvioletred c71585  midnightblue 191970  mintcream f5fffa  mistyrose ffe4e1  moccasin ffe4b5
navajowhite ffdead  navy 000080  oldlace fdf5e6  olive 808000  olivedrab 6b8e23  orange ffa500
orangered ff4500  orchid da70d6  palegoldenrod eee8aa  palegreen 98fb98  paleturquoise afeeee
palevioletred db7093  papayawhip ffefd5  peachpuff ffdab9  peru cd853f  pink ffc0cb  plum dda0dd
powderblue b0e0e6  purple 800080  rebeccapurple 663399  red ff0000  rosybrown bc8f8f  royalblue 4169e1
saddlebrown 8b4513  salmon fa8072  sandybrown f4a460  seagreen 2e8b57  seashell fff5ee  sienna a0522d
silver c0c0c0  skyblue 87ceeb  slateblue 6a5acd  slategray 708090  slategrey 708090  snow fffafa
springgreen 00ff7f  steelblue 4682b4  tan d2b48c  teal 008080  thistle d8bfd8  tomato ff6347
turquoise 40e0d0  violet ee82ee  wheat f5deb3  white ffffff  whitesmoke f5f5f5  yellow ffff00
yellowgreen 9acd32
"""
"""Named colors of CSS Color Module Level 4, section 6.1, each with its red, green and blue."""
