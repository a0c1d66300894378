"""The tree of names, its figures, and what is shown of it within a budget."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowlab.model.states import State
from flowlab.view.groups import DEPTH, SHARED, shown, split_name, statistics, tree
from tests.view.story import Story, everything, with_shared


def tasks(*names):
    story = Story().submit({n: (name, ()) for n, name in enumerate(names, 10)})
    return list(story.view.tasks.values())


def boxes(story, budget):
    view = story.view
    return shown(view.of(), view.objects, budget)


def lines(graph):
    """The edges by the names of their boxes."""
    return {(graph.nodes[a].name, graph.nodes[b].name) for a, b in graph.edges}


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("a", ("a",)),
        ("/a/b", ("a", "b")),
        ("a//b/", ("a", "b")),
        ("", ("",)),
        ("///", ("",)),
    ],
)
def test_names_are_split_at_slashes_and_a_leading_one_means_nothing(name, path):
    assert split_name(name) == path


def test_a_name_that_is_task_and_group_is_a_group_with_both():
    root = tree(tasks("fit", "fit/a", "fit/b"))
    fit = root.below["fit"]
    assert not fit.is_leaf
    assert [each.name for each in fit.all_tasks()] == ["fit", "fit/a", "fit/b"]


def test_tasks_of_one_name_are_a_group_and_one_alone_is_a_task():
    root = tree(tasks("noop", "noop", "one"))
    assert not root.below["noop"].is_leaf
    assert root.below["one"].is_leaf


def test_a_name_of_many_parts_has_groups_down_to_a_limit():
    parts = tuple(str(n) for n in range(DEPTH))
    assert split_name("/".join(parts)) == parts
    assert split_name("/".join((*parts, "x", "y"))) == (*parts[:-1], f"{DEPTH - 1}/x/y")
    assert len(split_name("x/" * 500_000)) == DEPTH


def test_figures_of_a_group():
    story = Story().submit(dict.fromkeys(range(10, 14), ("g/t", ())))
    story.ready(10, 11, 12).assign(10, 11, 12).finish(10, seconds=1.0).finish(11, seconds=3.0)
    told = statistics(story.view.of())
    assert (told.good, told.total) == (2, 4)
    assert (told.mean, told.deviation, told.seconds) == (2.0, 1.0, 4.0)
    assert told.states == {State.FINISHED: 2, State.ASSIGNED: 1, State.WAITING: 1}


def test_figures_of_nothing():
    told = statistics([])
    assert (told.total, told.mean, told.deviation) == (0, 0.0, 0.0)


def test_all_is_shown_when_it_fits():
    graph = boxes(everything(), 8)
    assert [node.is_group for node in graph.nodes] == [False] * 8


def test_the_deepest_groups_are_collapsed_first():
    story = Story().submit({10: ("a/x/1", ()), 11: ("a/x/2", ()), 12: ("b/1", ()), 13: ("b/2", ())})
    assert [node.name for node in boxes(story, 3).nodes] == ["a/x", "b/1", "b/2"]
    assert [node.name for node in boxes(story, 2).nodes] == ["a/x", "b"]


def test_of_one_depth_the_largest_group_is_collapsed_first():
    names = [*(f"small/{i}" for i in range(2)), *(f"large/{i}" for i in range(9))]
    story = Story().submit({n: (name, ()) for n, name in enumerate(names, 10)})
    assert [node.name for node in boxes(story, 4).nodes] == ["small/0", "small/1", "large"]


def test_names_that_differ_in_numbers_stand_together_when_the_top_is_too_wide():
    story = Story().submit({n: (f"step-{n}", ()) for n in range(10, 60)} | {60: ("end", ())})
    assert [node.name for node in boxes(story, 5).nodes] == ["step-*", "end"]


def test_what_is_left_over_is_one_box_that_says_how_much():
    names = [f"{a}{b}" for a in "abcdefgh" for b in "stuvw"]
    story = Story().submit({n: (name, ()) for n, name in enumerate(names, 10)})
    graph = boxes(story, 5)
    assert graph.nodes[-1].name == "36 more"
    assert sum(len(node.tasks) for node in graph.nodes) == 40


def test_what_flows_between_groups_is_one_line():
    #  a/1 ─┐  ┌▶ b/1
    #  a/2 ─┴──┴▶ b/2
    story = Story().submit(
        {10: ("a/1", ()), 11: ("a/2", (10,)), 12: ("b/1", (10, 11)), 13: ("b/2", (11, 11))}
    )
    assert lines(boxes(story, 2)) == {("a", "b")}
    assert lines(boxes(story, 9)) == {
        ("a/1", "a/2"),
        ("a/1", "b/1"),
        ("a/2", "b/1"),
        ("a/2", "b/2"),
    }


def test_groups_that_need_each_other_have_both_lines():
    story = Story().submit(
        {10: ("a/1", ()), 11: ("b/1", (10,)), 12: ("a/2", (11,)), 13: ("b/2", ())}
    )
    assert lines(boxes(story, 2)) == {("a", "b"), ("b", "a")}


NAMES = st.lists(st.text("ab1/", max_size=8), max_size=40)


@given(NAMES, st.integers(1, 20))
def test_every_task_is_in_one_box_and_the_boxes_fit(names, budget):
    story = Story().submit({n: (name, (n - 1,)) for n, name in enumerate(names, 10)})
    graph = boxes(story, budget)
    assert len(graph.nodes) <= budget
    assert sorted(task.id for node in graph.nodes for task in node.tasks) == sorted(
        story.view.tasks
    )
    assert all(node.is_group or len(node.tasks) == 1 for node in graph.nodes)
    assert all(a != b and max(a, b) < len(graph.nodes) for a, b in graph.edges)


def test_shared_objects_are_boxes_of_their_own():
    story = with_shared({1: "Lock db", 2: "dict"}, {10: (1, 2), 11: (1,), 12: ()})
    graph = boxes(story, 50)
    assert [(node.name, node.shared) for node in graph.nodes[3:]] == [("Lock db", 1), ("dict", 1)]
    assert lines(graph) == {("Lock db", "t10"), ("dict", "t10"), ("Lock db", "t11")}


def test_many_shared_objects_stand_together():
    count = SHARED + 1
    story = with_shared(dict.fromkeys(range(1, count + 1), "Lock"), {100 + n: (n,) for n in (1, 2)})
    assert len(boxes(story, 50).nodes) == 4, "only those that are held are drawn"
    held = {100: tuple(range(1, count + 1)), 101: ()}
    graph = boxes(with_shared(dict.fromkeys(range(1, count + 1), "Lock"), held), 50)
    assert [node.name for node in graph.nodes] == ["t100", "t101", f"{count} objects"]
    assert graph.nodes[-1].shared == count
    assert lines(graph) == {(f"{count} objects", "t100")}
