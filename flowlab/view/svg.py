"""The graph as a picture that needs no script: for saved notebooks, papers and plain browsers.

States are told by shape and by word as well as by colour. Groups are collapsed until the picture
fits its budget. Every text is escaped, and its control characters are shown.
"""

from collections.abc import Mapping, Sequence

from flowlab.model.ids import SessionId
from flowlab.model.states import GOOD, State
from flowlab.view import text
from flowlab.view.glyphs import (
    COLOURS,
    FILLED,
    HATCHED,
    INK,
    LINE,
    PAPER,
    SOFT,
    fill,
    glyph,
    hatch,
    shared_glyph,
    stroke,
    style_sheet,
)
from flowlab.view.groups import Node, shown, statistics
from flowlab.view.layout import Layout, layout
from flowlab.view.picture import SessionState, TaskView, View
from flowlab.view.visible import markup, seconds, visible

BUDGET = 150  # boxes
EDGES = 2_000  # lines; what is above is counted and said
COLUMNS = 5
ROWS = 16

_WIDTH, _HEIGHT = 156, 42  # of a box
_PITCH, _ROW = 204, 56  # from box to box
_BAND = 30  # between bands
_MARGIN = 20
_HEAD = 66
_LETTERS = 18  # columns of text in a box
_LEAST = 320
_FONT = "font-family=\"system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif\""
_INK = fill("ink", INK[0])
_SOFT = fill("soft", SOFT[0])

# The state of a group is the first of these that one of its tasks has.
_FIRST = (
    *(State.FAILED, State.RUNNING, State.ASSIGNED, State.READY, State.WAITING, State.DECLARED),
    *(State.CANCELLED, State.SKIPPED, State.FINISHED, State.CACHED),
)


def draw(view: View, session: SessionId | None = None, budget: int = BUDGET) -> str:
    """The picture as one `<svg>`, of one session or of all."""
    graph = shown(view.of(session), view.objects, budget)
    placed = layout(len(graph.nodes), graph.edges, COLUMNS, ROWS)
    points = _points(placed)
    head, head_width = _head(view, session, sum(node.shared for node in graph.nodes))
    width = max(_LEAST, head_width, 2 * _MARGIN + (placed.columns - 1) * _PITCH + _WIDTH)
    height = _bottom(placed) + _MARGIN - (_BAND if placed.heights else 0)
    told = markup(text.summary(view, session), 400)
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}" height="{height:g}" style="max-width:100%;height:auto" '
        f'role="img" aria-label="{told}" {_FONT}>'
    )
    parts = [
        opening,
        style_sheet(),
        f'<rect width="{width:g}" height="{height:g}" rx="6" {fill("paper", PAPER[0])}/>',
        *head,
        _edges(graph.edges[:EDGES], points, placed),
    ]
    if len(graph.edges) > EDGES:
        more = f"{len(graph.edges) - EDGES} more lines are not drawn"
        parts.append(_small(width - _MARGIN, 24, more, 'text-anchor="end"'))
    for node, (x, y) in zip(graph.nodes, points, strict=True):
        if node.shared:
            parts.append(_shared(node, x, y))
        else:
            parts.append(_group(node, x, y) if node.is_group else _task(node.tasks[0], x, y))
    return "".join([*parts, "</svg>"])


def _points(placed: Layout) -> list[tuple[float, float]]:
    """The upper left corner of each box."""
    tops = _tops(placed)
    return [
        (_MARGIN + place.column * _PITCH, tops[place.band] + place.row * _ROW)
        for place in placed.places
    ]


def _tops(placed: Layout) -> list[float]:
    """Where each band begins, and after the last one where the next would."""
    tops = [float(_HEAD)]
    for height in placed.heights:
        tops.append(tops[-1] + (height - 1) * _ROW + _HEIGHT + _BAND)
    return tops


def _bottom(placed: Layout) -> float:
    return _tops(placed)[-1]


def _head(view: View, session: SessionId | None, shared: int) -> tuple[list[str], float]:
    """The session's name and a legend that counts the states; and how wide they are."""
    known = view.sessions.get(session) if session is not None else None
    if known is None and len(view.sessions) == 1:
        known = next(iter(view.sessions.values()))
    name = known.name if known is not None else f"{len(view.sessions)} sessions"
    title = visible(name, 60)
    if known is not None and known.state is not SessionState.OPEN:
        title += f" ({known.state})"
    parts = [_title(title)]
    x = float(_MARGIN)
    counts = view.progress(session)
    for state in reversed(_FIRST):
        if counts.get(state):
            label = f"{counts[state]} {state}"
            parts.append(glyph(state, x + 8, 43))
            parts.append(_small(x + 21, 47, label))
            x += 36 + 6.2 * len(label)
    if shared:
        label = f"{shared} shared"
        parts += [shared_glyph(x + 8, 43), _small(x + 21, 47, label)]
        x += 36 + 6.2 * len(label)
    return parts, max(x, 2 * _MARGIN + 8.6 * len(title))


def _title(words: str) -> str:
    return _words(_MARGIN, 24, words, f'font-size="14" font-weight="600" {_INK}')


def _name_line(x: float, y: float, words: str) -> str:
    return _words(x, y, words, f'font-size="12" {_INK}')


def _small(x: float, y: float, words: str, more: str = "") -> str:
    return _words(x, y, words, f'font-size="10.5" {_SOFT} {more}')


def _words(x: float, y: float, words: str, attributes: str) -> str:
    # Isolated: letters that run from right to left stay inside their own box.
    return (
        f'<text x="{x:g}" y="{y:.1f}" {attributes} '
        f'style="unicode-bidi:isolate;direction:ltr">{markup(words, 400)}</text>'
    )


def _edges(
    edges: Sequence[tuple[int, int]], points: list[tuple[float, float]], placed: Layout
) -> str:
    lines: list[str] = []
    heads: list[str] = []
    tops = _tops(placed)
    for start, end in edges:
        (x, y), (to_x, to_y) = points[start], points[end]
        x, y, to_y = x + _WIDTH, y + _HEIGHT / 2, to_y + _HEIGHT / 2
        source, target = placed.places[start], placed.places[end]
        if source.band == target.band and source.column < target.column:
            bend = (_PITCH - _WIDTH) / 2 + (to_x - x) / 6
            lines.append(
                f"M{x:g} {y:.1f}C{x + bend:.1f} {y:.1f} {to_x - bend:.1f} {to_y:.1f} "
                f"{to_x - 5:g} {to_y:.1f}"
            )
        else:  # below the band, and down the lane left of where it goes
            below = tops[source.band + 1] - _BAND / 2
            lane = (_PITCH - _WIDTH) / 3
            left = max(to_x - lane, 5)
            lines.append(
                f"M{x:g} {y:.1f}H{x + lane:g}V{below:.1f}H{left:g}V{to_y:.1f}H{to_x - 5:g}"
            )
        heads.append(f"M{to_x:g} {to_y:.1f}l-7 -3.5v7z")
    if not lines:
        return ""
    return (
        f'<path d="{"".join(lines)}" {stroke("line", LINE[0])} stroke-width="1.2" '
        f'stroke-linejoin="round"/><path d="{"".join(heads)}" {fill("line", LINE[0])}/>'
    )


def _box(x: float, y: float, state: State) -> str:
    dashed = ' stroke-dasharray="4 3"' if state in HATCHED else ""
    thick = 2 if state in FILLED else 1.2
    return (
        f'<rect x="{x:g}" y="{y:.1f}" width="{_WIDTH}" height="{_HEIGHT}" rx="6" '
        f'{stroke(state, COLOURS[state][0], "paper")} stroke-width="{thick:g}"{dashed}/>'
    )


def _task(task: TaskView, x: float, y: float) -> str:
    below = task.state.value
    if task.state is State.FAILED and task.failure is not None and task.failure.message:
        below = f"failed: {task.failure.message}"
    elif task.seconds is not None:
        below += f" · {seconds(task.seconds)}"
    place = task.place
    where = f"\n{visible(place.file)}:{place.line}" if place.file else ""
    where = f"\nIn [{place.cell}], line {place.line}" if place.cell is not None else where
    title = f"{markup(task.name)}\n{markup(text.describe(task), 400)}{_markup_lines(where)}"
    return "".join(
        [
            f"<g><title>{title}</title>",
            _box(x, y, task.state),
            glyph(task.state, x + 16, y + _HEIGHT / 2),
            _name_line(x + 31, y + 18, _name(task.name)),
            _small(x + 31, y + 33, visible(below, _LETTERS + 3)),
            "</g>",
        ]
    )


def _markup_lines(lines: str) -> str:
    return "\n".join(markup(line, 400) for line in lines.split("\n"))


def _group(node: Node, x: float, y: float) -> str:
    told = statistics(node.tasks)
    state = next(each for each in _FIRST if told.states.get(each))
    others = text.tell_states(told.states)
    title = f"{told.good}/{told.total} finished" + (f", {others}" if others else "")
    if told.seconds:
        title += f", {seconds(told.mean)} ± {seconds(told.deviation)}"
    behind = (
        f'<rect x="{x + 4:g}" y="{y - 4:.1f}" width="{_WIDTH}" height="{_HEIGHT}" rx="6" '
        f"{stroke(state, COLOURS[state][0], 'paper')}/>"
    )
    return "".join(
        [
            f"<g><title>{markup(node.name)}\n{markup(title, 400)}</title>",
            behind,
            _box(x, y, state),
            glyph(state, x + 16, y + 17),
            _name_line(x + 31, y + 16, _name(node.name)),
            _small(x + 31, y + 29, f"{told.good}/{told.total} finished"),
            _bar(told.states, x + 6, y + _HEIGHT - 9, _WIDTH - 12),
            "</g>",
        ]
    )


def _shared(node: Node, x: float, y: float) -> str:
    """A shared object: no task, so it has no state; its ends are round."""
    kind, _, name = node.name.partition(" ")
    told = "shared" if node.is_group else f"shared {kind}"
    shown = node.name if node.is_group else name or kind
    return "".join(
        [
            f"<g><title>{markup(f'{told} {name}'.rstrip())}</title>",
            (
                f'<rect x="{x:g}" y="{y:.1f}" width="{_WIDTH}" height="{_HEIGHT}" '
                f'rx="{_HEIGHT / 2:g}" {stroke("soft", SOFT[0], "paper")} stroke-width="1.2"/>'
            ),
            shared_glyph(x + 18, y + _HEIGHT / 2),
            _name_line(x + 33, y + 18, visible(shown, _LETTERS - 2)),
            _small(x + 33, y + 33, visible(told, _LETTERS)),
            "</g>",
        ]
    )


def _bar(states: Mapping[State, int], x: float, y: float, width: float) -> str:
    """How many of a group are in which state: good ones left, waiting ones the empty rest."""
    total = sum(states.values())
    attributes = stroke("line", LINE[0])
    parts = [f'<rect x="{x:g}" y="{y:.1f}" width="{width:g}" height="5" {attributes}/>']
    for state in (*sorted(GOOD), State.FAILED, State.RUNNING, *sorted(HATCHED)):
        part = width * states.get(state, 0) / total
        if not part:
            continue
        if state in FILLED:
            colour = fill(state, COLOURS[state][0])
            parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{part:.1f}" height="5" {colour}/>')
        else:
            lines = hatch(x, y, part, 5)
            parts.append(f'<path d="{lines}" {stroke(state, COLOURS[state][0])}/>')
        x += part
    return "".join(parts)


def _name(name: str) -> str:
    """A name that fits its box: of a long path the end."""
    if len(name) <= _LETTERS or "/" not in name:
        return visible(name, _LETTERS)
    return visible("…/" + name.rsplit("/", 1)[1], _LETTERS)
