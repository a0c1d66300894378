"""Hostile text is text: it is shown, and it does nothing."""

import json
import unicodedata
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowlab.view.visible import markup, seconds, visible

# what the front end must show in the same way
CASES = json.loads((Path(__file__).parents[1] / "journals" / "visible.json").read_text("ascii"))
ANY_TEXT = st.text(st.characters(), max_size=300)


def columns(text):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


@pytest.mark.parametrize(("text", "most", "shown"), CASES["visible"])
def test_what_acts_or_hides_is_written_out(text, most, shown):
    assert visible(text, most) == shown


@given(ANY_TEXT, st.integers(1, 60))
def test_any_text_fits_on_its_line_and_can_be_encoded(text, most):
    shown = visible(text, most)
    shown.encode()
    assert columns(shown) <= most
    assert not any(unicodedata.category(c) in ("Cc", "Zl", "Zp", "Cs") for c in shown)


@given(ANY_TEXT)
def test_any_text_is_text_in_xml(text):
    parsed = ET.fromstring(f'<t a="{markup(text)}">{markup(text)}</t>')
    assert parsed.text or not text
    assert parsed.text == parsed.get("a") or (parsed.text is None and parsed.get("a") == "")
    assert (parsed.text or "") == visible(text)


def test_a_megabyte_costs_no_more_than_a_line():
    assert visible("x" * 10**6, 20) == "x" * 19 + "…"


@pytest.mark.parametrize(("duration", "told"), CASES["seconds"])
def test_durations_are_told_for_people(duration, told):
    assert seconds(duration) == told
