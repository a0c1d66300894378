"""Text of tasks made safe to show: what would act, or hide, is written out.

A name may hold anything: markup, terminal codes, marks that turn the line around, megabytes.
"""

import unicodedata
from html import escape

MOST = 200  # characters of one text that are shown at most

_JOINERS = "\u200c\u200d"  # part of ordinary words and emoji


def visible(text: str, most: int = MOST) -> str:
    """The text on one line, as wide as `most` columns at most, with its control characters shown.

    A wide (East Asian) character takes two columns; a combining one is counted as one.
    """
    shown: list[str] = []
    width = 0
    for character in text[: most + 1]:  # so that a megabyte costs no more than a line
        piece = _shown(character)
        width += sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in piece)
        if width > most:
            return _cut(shown, most)
        shown.append(piece)
    return "".join(shown) if len(text) <= most + 1 else _cut(shown, most)


def markup(text: str, most: int = MOST) -> str:
    """The same, to stand in XML or HTML: as text, or inside an attribute."""
    return escape(visible(text, most))


def seconds(duration: float) -> str:
    """A duration for people: `3 ms`, `1.2 s`, `4 min 10 s`, `2 h 5 min`."""
    if duration < 0.9995:
        return f"{duration * 1000:.0f} ms"
    if duration < 59.95:
        return f"{duration:.1f} s"
    minutes, rest = divmod(round(duration), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def _shown(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)  # the picture of that control character
    if code == 0x7F:
        return "\u2421"
    hidden = unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
    if hidden and character not in _JOINERS:
        return f"<U+{code:04X}>"
    return character


def _cut(shown: list[str], most: int) -> str:
    """Drop pieces from the end until the ellipsis fits."""
    width = sum(
        2 if unicodedata.east_asian_width(c) in "WF" else 1 for piece in shown for c in piece
    )
    while shown and width > most - 1:
        width -= sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in shown.pop())
    return "".join(shown) + "…"
