"""Colours and shapes of the states: each has a glyph of its own, so no colour is needed to read it.

Colours are Okabe and Ito's. Light ones stand in the elements, dark ones in a style sheet that
overrides them: where styles are stripped the picture is still the light one.
"""

from collections.abc import Callable

from flowlab.model.states import State

# state -> its colour on light and on dark paper; what only waits is hollow and grey
GREY = ("#767676", "#9a9a9a")
COLOURS: dict[State, tuple[str, str]] = {
    **dict.fromkeys(State, GREY),
    State.RUNNING: ("#0072b2", "#56b4e9"),
    State.FINISHED: ("#009e73", "#2fc79b"),
    State.CACHED: ("#009e73", "#2fc79b"),
    State.FAILED: ("#d55e00", "#ff8a3d"),
}
PAPER = ("#ffffff", "#1b1b1b")
INK = ("#1a1a1a", "#ececec")
SOFT = ("#555555", "#b8b8b8")
LINE = ("#8c8c8c", "#7d7d7d")
FILLED = frozenset({State.RUNNING, State.FINISHED, State.CACHED, State.FAILED})
HATCHED = frozenset({State.SKIPPED, State.CANCELLED})

RADIUS = 8.0


def style_sheet() -> str:
    """The dark colours. All names begin with `fl-`, since a page's SVGs share their styles."""
    rules = [
        *_rules("paper", PAPER[1]),
        *_rules("ink", INK[1]),
        *_rules("soft", SOFT[1]),
        *_rules("line", LINE[1]),
    ]
    for state, (_, dark) in COLOURS.items():
        rules += _rules(state.value, dark)
    return f"<style>@media (prefers-color-scheme:dark){{{''.join(rules)}}}</style>"


def fill(name: str, light: str) -> str:
    """Attributes of an element that is filled with a colour of the theme."""
    return f'class="fl-f-{name}" fill="{light}"'


def stroke(name: str, light: str, inside: str = "none") -> str:
    """Attributes of an element that is drawn by its outline; `inside` is `none` or `paper`."""
    if inside == "none":
        return f'class="fl-s-{name}" stroke="{light}" fill="none"'
    return f'class="fl-s-{name} fl-f-paper" stroke="{light}" fill="{PAPER[0]}"'


def glyph(state: State, x: float, y: float) -> str:
    """The sign of a state, around this point."""
    return _GLYPHS[state](state, x, y)


def shared_glyph(x: float, y: float) -> str:
    """The sign of a shared object, around this point: one thing in two hands."""
    ring = f'cy="{y:g}" r="4.6" {stroke("soft", SOFT[0])} stroke-width="1.5"/>'
    return f'<circle cx="{x - 3.2:g}" {ring}<circle cx="{x + 3.2:g}" {ring}'


def hatch(x: float, y: float, width: float, height: float) -> str:
    """Path data of slanted lines that fill a rectangle."""
    lines = []
    offset = 4.0
    while offset < width + height:
        left, top = max(0.0, offset - height), min(offset, height)
        right, bottom = min(offset, width), max(0.0, offset - width)
        lines.append(f"M{x + left:.1f} {y + top:.1f}L{x + right:.1f} {y + bottom:.1f}")
        offset += 4.0
    return "".join(lines)


def _rules(name: str, dark: str) -> list[str]:
    return [f".fl-f-{name}{{fill:{dark}}}", f".fl-s-{name}{{stroke:{dark}}}"]


def _disc(state: State, x: float, y: float, sign: str) -> str:
    """A filled disc with a sign cut into it."""
    light = COLOURS[state][0]
    return (
        f'<circle cx="{x:g}" cy="{y:g}" r="{RADIUS:g}" {fill(state, light)}/>'
        f'<path d="{sign}" class="fl-s-paper" stroke="{PAPER[0]}" stroke-width="2" '
        f'fill="none" stroke-linecap="round" stroke-linejoin="round"/>'
    )


def _ring(state: State, x: float, y: float, sign: str = "") -> str:
    """A hollow ring with a sign inside."""
    attributes = stroke(state, COLOURS[state][0])
    ring = f'<circle cx="{x:g}" cy="{y:g}" r="{RADIUS - 0.75:g}" {attributes} stroke-width="1.5"/>'
    return ring + (f'<path d="{sign}" {attributes} stroke-width="1.5"/>' if sign else "")


def _finished(state: State, x: float, y: float) -> str:
    return _disc(
        state, x, y, f"M{x - 3.6:g} {y + 0.3:g}L{x - 1:g} {y + 3:g}L{x + 3.8:g} {y - 2.8:g}"
    )


def _running(state: State, x: float, y: float) -> str:
    light = COLOURS[state][0]
    return (
        f'<circle cx="{x:g}" cy="{y:g}" r="{RADIUS:g}" {fill(state, light)}/>'
        f'<path d="M{x - 2.6:g} {y - 4:g}L{x + 4.4:g} {y:g}L{x - 2.6:g} {y + 4:g}Z" '
        f"{fill('paper', PAPER[0])}/>"
    )


def _failed(state: State, x: float, y: float) -> str:
    light, r = COLOURS[state][0], RADIUS + 1.5
    return (
        f'<path d="M{x - r:g} {y:g}L{x:g} {y - r:g}L{x + r:g} {y:g}L{x:g} {y + r:g}Z" '
        f"{fill(state, light)}/>"
        f'<path d="M{x - 2.8:g} {y - 2.8:g}l5.6 5.6m0 -5.6l-5.6 5.6" class="fl-s-paper" '
        f'stroke="{PAPER[0]}" stroke-width="2" fill="none" stroke-linecap="round"/>'
    )


def _assigned(state: State, x: float, y: float) -> str:
    return _ring(state, x, y, f"M{x - 2:g} {y - 3:g}L{x + 3:g} {y:g}L{x - 2:g} {y + 3:g}Z")


def _ready(state: State, x: float, y: float) -> str:
    light = COLOURS[state][0]
    return _ring(state, x, y) + f'<circle cx="{x:g}" cy="{y:g}" r="3" {fill(state, light)}/>'


def _skipped(state: State, x: float, y: float) -> str:
    side = 2 * RADIUS - 2
    left, top = x - side / 2, y - side / 2
    attributes = stroke(state, COLOURS[state][0])
    return (
        f'<rect x="{left:g}" y="{top:g}" width="{side:g}" height="{side:g}" {attributes} '
        f'stroke-width="1.5"/><path d="{hatch(left, top, side, side)}" {attributes}/>'
    )


def _cancelled(state: State, x: float, y: float) -> str:
    return _ring(state, x, y, f"M{x - 5:g} {y + 5:g}l10 -10")


_GLYPHS: dict[State, Callable[[State, float, float], str]] = {
    State.DECLARED: _ring,
    State.WAITING: _ring,
    State.READY: _ready,
    State.ASSIGNED: _assigned,
    State.RUNNING: _running,
    State.FINISHED: _finished,
    State.CACHED: _finished,
    State.FAILED: _failed,
    State.SKIPPED: _skipped,
    State.CANCELLED: _cancelled,
}
