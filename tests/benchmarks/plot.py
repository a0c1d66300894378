"""Cost a task against the number of tasks, as a picture: both axes logarithmic. Pure."""

import math
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from tests.benchmarks.report import number

Point = tuple[float, float]  # tasks, µs a task

_WIDTH, _HEIGHT = 720, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 190, 28, 52
_COLOURS = (
    "#1b6ac9", "#d1495b", "#2e933c", "#8f5bb5", "#e09f3e", "#3a7d7c", "#8a5a44", "#6b7280",
    "#b5179e", "#577590", "#9aa53b",
)  # fmt: skip
_APART = 14  # px between two names at least


def draw(lines: Mapping[str, Sequence[Point]]) -> str:
    """An SVG of the lines that have points; the first is drawn boldly."""
    lines = {name: sorted(points) for name, points in lines.items() if points}
    if not lines:
        return ""
    chart = _Chart([point for points in lines.values() for point in points])
    ends = _spread({name: chart.place(points[-1])[1] for name, points in lines.items()})
    parts = [*chart.axes()]
    for place, (name, points) in enumerate(lines.items()):
        colour = _COLOURS[place % len(_COLOURS)]
        width = 3 if place == 0 else 1.5
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in map(chart.place, points))
        parts.append(
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}"/>'
        )
        parts += [
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>'
            for x, y in map(chart.place, points)
        ]
        x = _WIDTH - _RIGHT + 10
        weight = ' font-weight="bold"' if place == 0 else ""
        text = f"{escape(name)} {number(points[-1][1])}"
        y = ends[name] + 4
        parts.append(f'<text x="{x}" y="{y:.1f}" fill="{colour}"{weight}>{text}</text>')
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'font-family="sans-serif" font-size="12">\n'
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>\n{body}\n</svg>\n'
    )


class _Chart:
    """Where things stand."""

    def __init__(self, points: Sequence[Point]) -> None:
        tasks, costs = [x for x, _ in points], [y for _, y in points]
        self._x = math.floor(math.log10(min(tasks))), math.ceil(math.log10(max(tasks)))
        self._y = math.floor(math.log10(min(costs))), math.ceil(math.log10(max(costs)))

    def place(self, point: Point) -> tuple[float, float]:
        """The pixel of a point."""
        x = _share(math.log10(point[0]), self._x)
        y = _share(math.log10(point[1]), self._y)
        return (
            _LEFT + x * (_WIDTH - _LEFT - _RIGHT),
            _HEIGHT - _BOTTOM - y * (_HEIGHT - _TOP - _BOTTOM),
        )

    def axes(self) -> list[str]:
        """Lines at the powers of ten, with their names."""
        parts = []
        right, bottom = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM
        for power in range(self._x[0], self._x[1] + 1):
            x, _ = self.place((10.0**power, 10.0 ** self._y[0]))
            parts.append(_rule(x, _TOP, x, bottom))
            parts.append(f'<text x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">')
            parts.append(f"{10**power:,}</text>")
        for power in range(self._y[0], self._y[1] + 1):
            _, y = self.place((10.0 ** self._x[0], 10.0**power))
            parts.append(_rule(_LEFT, y, right, y))
            parts.append(f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">')
            parts.append(f"{10.0**power:,g}</text>")
        middle = (_LEFT + right) / 2
        parts.append(
            f'<text x="{middle}" y="{_HEIGHT - 12}" text-anchor="middle">independent tasks</text>'
        )
        parts.append(f'<text x="8" y="{_TOP - 12}">µs a task</text>')
        return parts


def _rule(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="#ddd"/>'


def _share(value: float, ends: tuple[int, int]) -> float:
    low, high = ends
    return (value - low) / max(high - low, 1)


def _spread(heights: Mapping[str, float]) -> dict[str, float]:
    """The same heights, moved down where two names would stand on each other."""
    found: dict[str, float] = {}
    last = -math.inf
    for name, height in sorted(heights.items(), key=lambda item: item[1]):
        last = found[name] = max(height, last + _APART)
    return found
