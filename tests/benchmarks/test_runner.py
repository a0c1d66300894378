"""A system runs in a process of its own, and nothing of it is left: with real processes."""

import psutil

from tests.benchmarks.cases.processor import MARK
from tests.benchmarks.plan import read_plan
from tests.benchmarks.runner import measure


def marked():
    """Processes of any run."""
    found = []
    for process in psutil.process_iter():
        try:
            found += [process] if MARK in process.environ() else []
        except psutil.Error:
            continue
    return {process.pid for process in found}


def test_answers_come_in_order_and_nothing_is_left():
    before = marked()
    plan = read_plan({"QUICK": "1"})
    answers = list(measure("hand", plan, ["chain", "values", "array"]))
    assert [each["workload"] for each in answers] == ["chain", "values", "array"]
    assert answers[0]["seconds"] > 0
    assert answers[0]["ready"] > 0
    assert answers[1]["cannot"]
    assert answers[2]["making"] > 0
    assert marked() <= before


def test_what_takes_too_long_is_given_up_and_the_next_has_its_turn():
    before = marked()
    plan = read_plan({"LIMIT": "3"})  # the mixed graph has work for more than four seconds
    answers = list(measure("pool", plan, ["mixed", "noops-1k"]))
    assert [each["workload"] for each in answers] == ["mixed", "noops-1k"]
    assert answers[0]["late"] == 3
    assert answers[1]["seconds"] > 0
    assert marked() <= before


def test_a_system_that_does_not_start_is_said():
    plan = read_plan({"QUICK": "1"})
    (answer,) = measure("no such system", plan, ["chain"])
    assert answer["error"].startswith("did not start: KeyError")
