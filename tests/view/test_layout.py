"""Boxes stand behind what they need, apart from each other, within columns, rows and bands."""

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowlab.view.layout import drop_back_edges, layout

GRAPHS = st.integers(0, 25).flatmap(
    lambda count: st.tuples(
        st.just(count),
        st.lists(st.tuples(*[st.integers(0, max(0, count - 1))] * 2), max_size=60)
        if count
        else st.just([]),
    )
)


def at(placed, node):
    place = placed.places[node]
    return place.band, place.column


def is_acyclic(count, edges):
    before = [{a for a, b in edges if b == node} for node in range(count)]
    done = set()
    while True:
        free = {n for n in range(count) if n not in done and before[n] <= done}
        if not free:
            return len(done) == count
        done |= free


def test_nothing_has_no_places():
    placed = layout(0, [])
    assert (placed.places, placed.columns, placed.heights) == ((), 0, ())


def test_a_chain_stands_in_a_row():
    placed = layout(4, [(0, 1), (1, 2), (2, 3)])
    assert [place.column for place in placed.places] == [0, 1, 2, 3]
    assert {place.row for place in placed.places} == {0.0}


def test_the_longest_way_counts():
    #  0 ─▶ 1 ─▶ 2 ─▶ 3,  0 ─▶ 3
    placed = layout(4, [(0, 1), (1, 2), (2, 3), (0, 3)])
    assert placed.places[3].column == 3


def test_what_needs_nothing_stands_close_to_its_reader():
    #  0 ─▶ 1 ─▶ 2 ◀─ 3
    assert layout(4, [(0, 1), (1, 2), (3, 2)]).places[3].column == 1


def test_a_fan_is_symmetric():
    #  0 ─▶ 1, 2, 3 ─▶ 4
    placed = layout(5, [(0, 1), (0, 2), (0, 3), (1, 4), (2, 4), (3, 4)])
    assert [place.row for place in placed.places] == [1, 0, 1, 2, 1]


def test_lines_that_could_be_straight_do_not_cross():
    #  0 ─▶ 5, 1 ─▶ 4, 2 ─▶ 3: the second column is turned over
    placed = layout(6, [(0, 5), (1, 4), (2, 3)])
    for start, end in ((0, 5), (1, 4), (2, 3)):
        assert placed.places[start].row == placed.places[end].row


def test_a_long_chain_is_wrapped_into_bands_of_like_length():
    placed = layout(8, [(i, i + 1) for i in range(7)], columns=7)
    assert [at(placed, node) for node in range(8)] == [(i // 4, i % 4) for i in range(8)]
    assert placed.heights == (1.0, 1.0)


def test_a_wide_column_is_wrapped():
    placed = layout(41, [(i, 40) for i in range(40)], rows=16)
    assert {place.column for place in placed.places[:40]} == {0, 1, 2}
    assert placed.places[40].column == 3
    assert max(placed.heights) <= 16


def test_a_circle_is_opened_at_its_last_edge():
    assert drop_back_edges(3, [(0, 1), (1, 2), (2, 0)]) == [(0, 1), (1, 2)]
    assert drop_back_edges(2, [(0, 0), (0, 1), (0, 1), (1, 0)]) == [(0, 1)]


def test_two_groups_that_need_each_other_stand_side_by_side():
    placed = layout(2, [(0, 1), (1, 0)])
    assert [place.column for place in placed.places] == [0, 1]


@given(GRAPHS)
def test_only_circles_lose_edges(graph):
    count, edges = graph
    kept = drop_back_edges(count, edges)
    assert is_acyclic(count, kept)
    assert set(kept) <= set(edges)
    if is_acyclic(count, edges):
        assert set(kept) == set(edges)


@given(GRAPHS, st.integers(1, 6), st.integers(1, 6))
def test_every_box_has_its_own_place_behind_what_it_needs(graph, columns, rows):
    count, edges = graph
    placed = layout(count, edges, columns, rows)
    assert len(placed.places) == count
    assert placed.columns <= columns
    for start, end in drop_back_edges(count, edges):
        assert at(placed, start) < at(placed, end)
    stacks = {}
    for node in range(count):
        stacks.setdefault(at(placed, node), []).append(placed.places[node].row)
    for (band, _), stack in stacks.items():
        stack.sort()
        assert len(stack) <= rows
        assert all(b - a > 0.999 for a, b in itertools.pairwise(stack))
        assert stack[0] >= 0
        assert stack[-1] + 1 <= placed.heights[band] + 1e-9 <= rows + 1e-6


def test_the_same_graph_has_the_same_layout():
    chance = random.Random(5)
    edges = [(chance.randrange(i), i) for i in range(1, 200)]
    assert layout(200, edges) == layout(200, edges)


@pytest.mark.parametrize("count", [3_000])
def test_a_chain_of_thousands_needs_no_deep_stack(count):
    placed = layout(count, [(i, i + 1) for i in range(count - 1)])
    assert len(placed.heights) == -(-count // 7)
