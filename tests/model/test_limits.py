"""The table of limits: numbers that fit together, each with its unit and reason."""

import re
from pathlib import Path

import pytest

from flowlab.model import limits

LIMITS = {name: value for name, value in vars(limits).items() if name.isupper()}
LINES = Path(limits.__file__).read_text().splitlines()


@pytest.mark.parametrize("name", LIMITS)
def test_a_limit_is_a_number_above_zero(name):
    assert LIMITS[name] > 0


@pytest.mark.parametrize("name", sorted(set(LIMITS) - {"KIB", "MIB"}))
def test_a_limit_says_its_unit_and_what_it_limits(name):
    (line,) = [each for each in LINES if each.startswith(f"{name} = ")]
    comment = line.partition("#")[2].strip()
    assert re.match(r"(bytes|characters|s|tasks|traces|engines|files|pieces|rows)\b", comment), line
    assert len(comment.split()) >= 3


def test_what_holds_is_larger_than_what_it_holds():
    assert limits.INLINE_OBJECT < limits.MESSAGE
    assert limits.CAPTURED_VALUE < limits.MESSAGE
    assert limits.TRACE_TEXT < limits.TRACE_TASK < limits.TRACES
    assert limits.ERROR_TEXT < limits.TRACE_TASK < limits.JOURNAL
    assert limits.UNKNOWN_TASKS < limits.BATCH_TASKS


def test_waits_are_in_order():
    assert limits.REPORT_SECONDS <= limits.BUDGET_SECONDS < limits.BEAT_SECONDS
    assert limits.BATCH_SECONDS <= limits.BUDGET_SECONDS < limits.CANCEL_GRACE
