"""The words: one line of progress, and the outline."""

import pytest

from flowlab.events import messages as m
from flowlab.model.ids import SessionId
from flowlab.view.picture import View
from flowlab.view.text import LINES, describe, outline, summary, tell_states
from tests.view.story import Story, everything, tid


def test_nothing_is_told_of_nothing():
    assert summary(View()) == outline(View()) == "no tasks"


def test_the_summary_counts_and_names_what_failed():
    story = Story().submit({n: (f"t{n}", ()) for n in range(10, 13)} | {13: ("load", ())})
    story.run(10).ready(11, 13).assign(11, 13).start(11).fail(13)
    assert summary(story.view) == (
        "1/4 tasks finished, 1 running, 1 waiting, 1 failed (load: KeyError: 'x')"
    )


def test_one_task_is_one_task():
    assert summary(Story().submit({10: ("a", ())}).run(10).view) == "1/1 task finished"


def test_of_many_failures_the_first_are_named():
    story = Story().submit({n: (f"t{n}", ()) for n in range(10, 20)})
    for n in range(10, 20):
        story.assign(n).fail(n, "E")
    assert summary(story.view).endswith("10 failed (t10: E; t11: E; t12: E; …)")


def test_a_failure_is_one_line_whatever_its_message():
    story = Story().submit({10: ("a\nb", ())}).assign(10).fail(10, "x\x1b[2J\n" + "y" * 10**6)
    line = summary(story.view)
    assert "\n" not in line
    assert "\x1b" not in line
    assert len(line) < 300
    assert "a␊b: x␛[2J␊yyy" in line


def test_the_summary_of_one_session_leaves_out_the_others():
    story = Story().submit({10: ("a", ())})
    other = Story("other", SessionId(2)).submit({10: ("b", ()), 11: ("c", ())})
    for entry in other.entries:
        story.post(entry.event)
    assert summary(story.view, SessionId(2)) == "0/2 tasks finished, 2 waiting"
    assert summary(story.view) == "0/3 tasks finished, 3 waiting"


def test_the_outline_has_groups_with_times_and_tasks_with_states():
    story = Story().submit({10: ("fit/a", ()), 11: ("fit/b", ()), 12: ("end", ())})
    story.ready(10, 11).assign(10, 11).finish(10, seconds=1).finish(11, seconds=3)
    story.assign(12).finish(12, seconds=4)
    assert [" ".join(line.split()) for line in outline(story.view).split("\n")] == [
        "3/3 tasks finished",
        "fit/ 2/2 finished, 2.0 s ± 1.0 s, 4.0 s in all, 50%",
        "a finished, 1.0 s",
        "b finished, 3.0 s",
        "end finished, 4.0 s",
    ]


def test_tasks_of_one_name_are_one_line():
    story = Story().submit(dict.fromkeys(range(10, 20), ("noop", ())))
    lines = outline(story.view).split("\n")
    assert [" ".join(line.split()) for line in lines[1:]] == ["noop/ 0/10 finished, 10 waiting"]


def test_a_long_outline_is_cut_and_says_so():
    story = Story().submit({n: (f"t{n}", ()) for n in range(10, 10 + LINES + 7)})
    lines = outline(story.view).split("\n")
    assert len(lines) == LINES + 2
    assert lines[-1] == "… and 7 more"


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (10, "finished, 1.5 s"),
        (11, "running, engine 0"),
        (12, "assigned"),
        (13, "ready"),
        (14, "waiting"),
        (15, "failed, KeyError: 'x', engine 0"),
        (16, "skipped"),
        (17, "cancelled, on request"),
    ],
)
def test_each_state_is_described(number, told):
    assert describe(everything().view.tasks[tid(number)]) == told


def test_a_second_attempt_is_said():
    story = Story().submit({10: ("a", ())}).ready(10).assign(10).start(10)
    story.post(m.TasksGivenBack((tid(10),), "engine lost")).assign(10).start(10)
    assert describe(story.view.tasks[tid(10)]) == "running, engine 0, attempt 2"


def test_states_are_told_with_the_bad_ones_last():
    assert tell_states(everything().view.progress()) == (
        "1 running, 1 assigned, 1 ready, 1 waiting, 1 skipped, 1 cancelled, 1 failed"
    )
