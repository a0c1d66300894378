"""Each state has a shape of its own, and every colour can be read on its paper."""

from itertools import combinations
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowlab.model.states import State
from flowlab.view.glyphs import (
    COLOURS,
    FILLED,
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


def contrast(one, other):
    """The ratio of WCAG 2."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_colours_can_be_told_from_the_paper(theme):
    paper = PAPER[theme]
    assert contrast(INK[theme], paper) >= 7
    assert contrast(SOFT[theme], paper) >= 4.5
    assert contrast(LINE[theme], paper) >= 3
    for pair in COLOURS.values():
        assert contrast(pair[theme], paper) >= 3


def shape(state):
    """The glyph without its colours and names."""
    root = ET.fromstring(f"<g>{glyph(state, 0, 0)}</g>")
    kept = ("d", "r", "x", "width")
    return [
        (each.tag, each.get("fill") == "none", *(each.get(name) for name in kept)) for each in root
    ]


def test_states_are_told_apart_by_shape_alone():
    alike = [{one, other} for one, other in combinations(State, 2) if shape(one) == shape(other)]
    assert alike == [{State.DECLARED, State.WAITING}, {State.FINISHED, State.CACHED}]


@pytest.mark.parametrize("state", State)
def test_only_what_is_filled_has_a_colour_and_what_waits_is_hollow(state):
    assert (COLOURS[state][0] != "#767676") == (state in FILLED)


def test_the_style_sheet_has_the_dark_twin_of_every_class():
    sheet = style_sheet()
    assert sheet.startswith("<style>@media (prefers-color-scheme:dark){")
    for name in ("paper", "ink", "soft", "line", *State):
        assert f".fl-f-{name}{{fill:" in sheet
        assert f".fl-s-{name}{{stroke:" in sheet


def test_the_light_colour_stands_in_the_element():
    assert fill("ink", "#123456") == 'class="fl-f-ink" fill="#123456"'
    assert 'fill="none"' in stroke("line", "#123456")
    assert f'fill="{PAPER[0]}"' in stroke("line", "#123456", "paper")


@given(st.floats(0, 300), st.floats(1, 50))
def test_hatching_stays_inside_its_rectangle(width, height):
    for line in hatch(10, 20, width, height).split("M")[1:]:
        for point in line.split("L"):
            x, y = map(float, point.split())
            assert 9.9 <= x <= 10.1 + width
            assert 19.9 <= y <= 20.1 + height


def test_shared_objects_have_a_sign_that_no_state_has():
    sign = shared_glyph(10, 10)
    assert sign.count("<circle") == 2
    assert sign not in {glyph(state, 10, 10) for state in State}
