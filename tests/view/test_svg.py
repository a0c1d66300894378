"""The picture parses, holds every word as text, and tells states without colour."""

import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowlab.events import messages as m
from flowlab.model.ids import SessionId
from flowlab.model.specs import Failure, Place
from flowlab.model.states import State
from flowlab.view.picture import View
from flowlab.view.svg import EDGES, draw
from flowlab.view.visible import visible
from tests.view.hostile import HOSTILE
from tests.view.story import S, Story, everything, tid, with_shared

SVG = "{http://www.w3.org/2000/svg}"
ELEMENTS = {"svg", "style", "rect", "path", "g", "title", "text", "circle"}

# The states that entries can bring about.
SHOWN = [state.value for state in State if state not in (State.DECLARED, State.CACHED)]


def parse(picture):
    return ET.fromstring(picture)


def words(root):
    return [each.text or "" for each in root.iter(f"{SVG}text")]


def boxes(root):
    return root.findall(f"{SVG}g")


def number(attribute):
    return float(attribute.removesuffix("px"))


def test_a_picture_of_nothing():
    root = parse(draw(View()))
    assert root.get("role") == "img"
    assert root.get("aria-label") == "no tasks"


def test_every_state_is_told_by_word_and_counted_in_the_legend():
    root = parse(draw(everything().view))
    shown = words(root)
    for state in [
        "finished",
        "running",
        "assigned",
        "ready",
        "waiting",
        "failed",
        "skipped",
        "cancelled",
    ]:
        assert f"1 {state}" in shown
        assert any(text.startswith(state) for text in shown)
    assert "failed: KeyError: 'x'" in shown


def test_a_title_says_what_has_no_room():
    story = Story().submit({10: ("a/very/long/path/of/a/task", ())}, place=Place("/x/n.py", 7))
    story.assign(10).fail(10, "ValueError: " + "long " * 20)
    root = parse(draw(story.view))
    title = boxes(root)[0].find(f"{SVG}title").text
    assert title.split("\n") == [
        "a/very/long/path/of/a/task",
        "failed, ValueError: " + "long " * 20 + ", engine 0",
        "/x/n.py:7",
    ]
    assert "…/task" in words(root)


def test_a_title_names_the_cell():
    root = parse(draw(Story().submit({10: ("a", ())}, place=Place("<cell>", 2, 5)).view))
    assert boxes(root)[0].find(f"{SVG}title").text.endswith("\nIn [5], line 2")


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_text(text):
    story = Story(name=text).submit({10: (text, ()), 11: (text + "/x", (10,))}, kind=text or "k")
    story.post(m.TaskCondemned(tid(10), Failure(text)))
    story.post(m.TasksCancelled((tid(11),), text))
    for budget in (1, 150):
        picture = draw(story.view, budget=budget)
        picture.encode()
        root = parse(picture)
        assert {each.tag.removeprefix(SVG) for each in root.iter()} <= ELEMENTS
        assert not [name for each in root.iter() for name in each.attrib if name[:2] == "on"]
        assert len(picture) < 20_000
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", picture)
    assert visible(text, 60) in words(root)


@settings(deadline=None)
@given(st.text(st.characters(), max_size=80))
def test_any_text_is_text(text):
    root = parse(draw(Story(name=text).submit({10: (text, ())}).view))
    assert len(boxes(root)) == 1


def test_the_style_is_ours_alone():
    root = parse(draw(everything().view))
    (style,) = root.iter(f"{SVG}style")
    assert set(re.findall(r"\.([\w-]+)\{", style.text)) == {
        name for name in re.findall(r"\.([\w-]+)\{", style.text) if name.startswith("fl-")
    }
    assert not [each for each in root.iter() if each.get("id")]


def test_groups_are_collapsed_to_the_budget_with_a_bar():
    story = Story().submit({10 + n: (f"g{n % 5}/t{n}", ()) for n in range(400)})
    story.run(*range(10, 210))
    root = parse(draw(story.view, budget=20))
    assert len(boxes(root)) <= 20
    assert "40/80 finished" in words(root)


def test_no_picture_has_more_boxes_than_its_budget():
    story = Story().submit({10 + n: (f"name-{chr(97 + n % 26)}{n}", ()) for n in range(1000)})
    assert len(boxes(parse(draw(story.view)))) <= 150


def test_one_session_is_drawn_without_the_others():
    story = Story("mine").submit({10: ("a", ())})
    other = Story("other", SessionId(2)).submit({10: ("b", ()), 11: ("c", ())})
    for entry in other.entries:
        story.post(entry.event)
    assert "mine" in words(parse(draw(story.view, S)))
    assert len(boxes(parse(draw(story.view, S)))) == 1
    assert len(boxes(parse(draw(story.view)))) == 3
    assert "2 sessions" in words(parse(draw(story.view)))


def test_a_failed_session_says_so():
    story = Story("mine").submit({10: ("a", ())}).post(m.SessionFailed(S, tid(10), Failure("no")))
    assert "mine (failed)" in words(parse(draw(story.view, S)))


def test_all_boxes_and_lines_lie_inside_the_picture():
    story = Story().submit({10 + n: (f"t{n}", (9 + n, 10 + n // 2)) for n in range(60)})
    root = parse(draw(story.view))
    width, height = number(root.get("width")), number(root.get("height"))
    for box in root.iter(f"{SVG}rect"):
        x, y = number(box.get("x", "0")), number(box.get("y", "0"))
        assert x >= 0
        assert y >= 0
        assert x + number(box.get("width")) <= width
        assert y + number(box.get("height")) <= height
    for path in root.iter(f"{SVG}path"):
        data = path.get("d")
        across = re.findall(r"[MH](-?[\d.]+)", data)
        down = re.findall(r"V(-?[\d.]+)", data)
        assert all(0 <= float(x) <= width for x in across)
        assert all(0 <= float(y) <= height for y in down)


def test_groups_that_need_each_other_can_be_drawn():
    story = Story().submit(
        {10: ("a/1", ()), 11: ("b/1", (10,)), 12: ("a/2", (11,)), 13: ("b/2", (12,))}
    )
    assert len(boxes(parse(draw(story.view, budget=2)))) == 2


def test_lines_above_the_limit_are_counted_and_said():
    first = {10 + n: (f"a{n}", ()) for n in range(60)}
    second = {100 + n: (f"b{n}", tuple(range(10, 70))) for n in range(60)}
    root = parse(draw(Story().submit(first | second).view))
    assert f"{60 * 60 - EDGES} more lines are not drawn" in words(root)


def test_the_same_view_gives_the_same_picture():
    assert draw(everything().view) == draw(everything().view)


def test_a_shared_object_is_drawn_with_its_name_and_type():
    root = parse(draw(with_shared({1: "Lock db", 2: "dict"}, {10: (1, 2)}).view))
    told = words(root)
    assert "2 shared" in told
    assert {"db", "shared Lock", "dict", "shared dict"} <= set(told)
    assert [box.find(f"{SVG}title").text for box in boxes(root)][1:] == [
        "shared Lock db", "shared dict",
    ]  # fmt: skip
    round_ones = [rect for rect in root.iter(f"{SVG}rect") if rect.get("rx") == "21"]
    assert len(round_ones) == 2


@pytest.mark.parametrize("text", HOSTILE)
def test_names_of_shared_objects_are_text_alone(text):
    root = parse(draw(with_shared({1: f"Lock {text}"}, {10: (1,)}).view))
    assert {each.tag.removeprefix(SVG) for each in root.iter()} <= ELEMENTS
