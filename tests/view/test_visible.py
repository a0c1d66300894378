"""Hostile text is text: it is shown, and it does nothing."""

import unicodedata
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowlab.view.visible import markup, seconds, visible

ANY_TEXT = st.text(st.characters(), max_size=300)


def columns(text):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("\x1b[31mred", "␛[31mred"),
        ("a\nb\tc\rd\0", "a␊b␉c␍d␀"),
        ("\x7f\x9b", "␡<U+009B>"),
        ("user\u202egpj.exe", "user<U+202E>gpj.exe"),
        ("zero\u200bwidth\ufeff", "zero<U+200B>width<U+FEFF>"),
        ("\u2028\u2029", "<U+2028><U+2029>"),
        ("\ud800\ufffe", "<U+D800><U+FFFE>"),
        ("שלום", "שלום"),
        ("👩\u200d🔬", "👩\u200d🔬"),
        ("", ""),
    ],
)
def test_what_acts_or_hides_is_written_out(text, shown):
    assert visible(text) == shown


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


def test_what_fits_is_not_cut_and_what_does_not_ends_in_dots():
    assert visible("abcde", 5) == "abcde"
    assert visible("abcdef", 5) == "abcd…"
    assert visible("日本語", 6) == "日本語"
    assert visible("日本語", 5) == "日本…"
    assert visible("日本語", 4) == "日…"


def test_a_megabyte_costs_no_more_than_a_line():
    assert visible("x" * 10**6, 20) == "x" * 19 + "…"


@pytest.mark.parametrize(
    ("duration", "told"),
    [
        (0, "0 ms"),
        (0.0034, "3 ms"),
        (0.9996, "1.0 s"),
        (1.25, "1.2 s"),
        (59.94, "59.9 s"),
        (59.96, "1 min 0 s"),
        (250, "4 min 10 s"),
        (3599.9, "1 h 0 min"),
        (7500, "2 h 5 min"),
    ],
)
def test_durations_are_told_for_people(duration, told):
    assert seconds(duration) == told
