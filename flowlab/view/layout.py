"""Where the boxes of a graph stand: in columns from left to right, each behind what it needs.

Pure and quick rather than perfect: longest path for the columns, barycenters for the order,
isotonic regression for the heights, no dummy nodes. Units are boxes: one column is 1 wide, one
row 1 high. A wide column is wrapped into several, and a long row of columns into bands.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

SWEEPS = 6  # passes that order the columns, and as many that set the heights

Edge = tuple[int, int]


@dataclass(frozen=True)
class Place:
    """Where a box stands: `row` is a height within its band, in boxes."""

    column: int
    row: float
    band: int


@dataclass(frozen=True)
class Layout:
    """The places in the order of the boxes, columns in the widest band, and each band's rows."""

    places: tuple[Place, ...]
    columns: int
    heights: tuple[float, ...]


def layout(count: int, edges: Sequence[Edge], columns: int = 7, rows: int = 16) -> Layout:
    """Places for `count` boxes; at most `columns` in a band, `rows` in a column."""
    forward = drop_back_edges(count, edges)
    before, after = _neighbours(count, forward)
    ranks = _rank(count, before, after)
    layers: list[list[int]] = [[] for _ in range(max(ranks, default=-1) + 1)]
    for node, rank in enumerate(ranks):
        layers[rank].append(node)
    _order(layers, before, after)
    stacks = [layer[i : i + rows] for layer in layers for i in range(0, len(layer), rows)]
    heights = _heights(count, stacks, before, after)
    return _fold_bands(count, stacks, heights, columns)


def drop_back_edges(count: int, edges: Sequence[Edge]) -> list[Edge]:
    """The edges without those that close a circle: groups, contracted, may need each other."""
    after: list[list[int]] = [[] for _ in range(count)]
    for start, end in dict.fromkeys(edges):
        if start != end:
            after[start].append(end)
    kept: list[Edge] = []
    entered, left = [False] * count, [False] * count
    for root in range(count):
        if entered[root]:
            continue
        entered[root] = True
        stack = [(root, iter(after[root]))]
        while stack:
            node, rest = stack[-1]
            following = next(rest, None)
            if following is None:
                left[node] = True
                stack.pop()
                continue
            if entered[following] and not left[following]:
                continue  # it is on the way that led here
            kept.append((node, following))
            if not entered[following]:
                entered[following] = True
                stack.append((following, iter(after[following])))
    return kept


def _neighbours(count: int, edges: Sequence[Edge]) -> tuple[list[list[int]], list[list[int]]]:
    before: list[list[int]] = [[] for _ in range(count)]
    after: list[list[int]] = [[] for _ in range(count)]
    for start, end in edges:
        before[end].append(start)
        after[start].append(end)
    return before, after


def _rank(count: int, before: list[list[int]], after: list[list[int]]) -> list[int]:
    """The length of the longest way to each box; what needs nothing stands close to its reader."""
    ranks = [0] * count
    missing = [len(each) for each in before]
    queue = deque(node for node in range(count) if not missing[node])
    while queue:
        node = queue.popleft()
        for following in after[node]:
            ranks[following] = max(ranks[following], ranks[node] + 1)
            missing[following] -= 1
            if not missing[following]:
                queue.append(following)
    for node in range(count):
        if not before[node] and after[node]:
            ranks[node] = min(ranks[following] for following in after[node]) - 1
    return ranks


def _order(layers: list[list[int]], before: list[list[int]], after: list[list[int]]) -> None:
    """Sort each layer by the mean place of its neighbours, to and fro."""
    place: dict[int, float] = {}
    for layer in layers:
        place |= _spread(layer)
    for sweep in range(SWEEPS):
        forth = sweep % 2 == 0
        neighbours = before if forth else after
        for layer in layers if forth else reversed(layers):
            means = {node: _mean(neighbours[node], place, place[node]) for node in layer}
            layer.sort(key=means.__getitem__)
            place |= _spread(layer)


def _spread(layer: list[int]) -> dict[int, float]:
    """Places between 0 and 1, so that layers of different sizes compare."""
    return {node: (i + 0.5) / len(layer) for i, node in enumerate(layer)}


def _mean(nodes: list[int], place: dict[int, float] | list[float], otherwise: float) -> float:
    # Added up one by one: `sum` is more exact from Python 3.12 on, and then another than the
    # browser's, so that boxes of like means would stand in another order there.
    total = 0.0
    for node in nodes:
        total += place[node]
    return total / len(nodes) if nodes else otherwise


def _heights(
    count: int, stacks: list[list[int]], before: list[list[int]], after: list[list[int]]
) -> list[float]:
    """A height for each box: near the mean of its neighbours, in order, 1 apart at least."""
    rows = [0.0] * count
    tallest = max(map(len, stacks), default=0)
    for stack in stacks:
        for i, node in enumerate(stack):
            rows[node] = i + (tallest - len(stack)) / 2
    for sweep in range(SWEEPS):
        forth = sweep % 2 == 0
        neighbours = before if forth else after
        for stack in stacks if forth else reversed(stacks):
            wishes = [_mean(neighbours[node], rows, rows[node]) for node in stack]
            for node, row in zip(stack, _apart(wishes, tallest), strict=True):
                rows[node] = row
    return rows


def _apart(wishes: list[float], tallest: int) -> list[float]:
    """The rows nearest to the wishes that keep their order, are 1 apart and fit.

    Isotonic regression by pooling neighbours that are in each other's way.
    """
    pools: list[tuple[float, int]] = []  # mean of wishes less their offset, how many
    for i, wish in enumerate(wishes):
        mean, size = wish - i, 1
        while pools and pools[-1][0] > mean:
            other, others = pools.pop()
            mean = (mean * size + other * others) / (size + others)
            size += others
        pools.append((mean, size))
    room = tallest - len(wishes)
    flat = [min(max(mean, 0.0), room) for mean, size in pools for _ in range(size)]
    return [row + i for i, row in enumerate(flat)]


def _fold_bands(count: int, stacks: list[list[int]], rows: list[float], columns: int) -> Layout:
    places = [Place(0, 0.0, 0)] * count
    heights: list[float] = []
    # Bands of equal length: 8 columns are 4 + 4, not 7 + 1.
    bands = -(-len(stacks) // columns)
    width = -(-len(stacks) // bands) if bands else 0
    for band in range(bands):
        inside = stacks[band * width : (band + 1) * width]
        top = min(rows[node] for stack in inside for node in stack)
        bottom = max(rows[node] for stack in inside for node in stack)
        heights.append(bottom - top + 1)
        for column, stack in enumerate(inside):
            for node in stack:
                places[node] = Place(column, rows[node] - top, band)
    return Layout(tuple(places), width, tuple(heights))
