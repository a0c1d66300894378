"""What people read when a task failed."""

import linecache
from pathlib import Path

from flowlab.errors import TaskError
from flowlab.model.limits import ERROR_TEXT
from flowlab.worker.failure import bounded, is_ours, make_failure
from flowlab.worker.memory import show_source

CELL = """def split(n):
    whole = 10
    return whole / n
"""


def caught(call):
    try:
        call()
    except BaseException as error:  # noqa: BLE001 - whatever it is
        return make_failure(error, "what it said")
    raise AssertionError("it did not fail")


def cell_function():
    names = {}
    exec(compile(CELL, "<cell 3>", "exec"), names)
    show_source(names["split"], CELL)
    return names["split"]


def test_the_traceback_shows_the_lines_of_the_cell_and_names_the_line():
    failure = caught(lambda: cell_function()(0))
    assert failure.message == "ZeroDivisionError: division by zero"
    assert '"<cell 3>", line 3, in split' in failure.traceback
    assert "return whole / n" in failure.traceback
    assert failure.line == 3
    assert failure.debug == "what it said"
    linecache.cache.pop("<cell 3>")


def test_notes_stand_in_the_one_line_too():
    def fail():
        error = ValueError("bad")
        error.add_note("call 7: f(3)")
        error.add_note("more\nlines " + "x" * 10_000)
        raise error

    failure = caught(fail)
    assert failure.message.startswith("ValueError: bad (call 7: f(3); more lines xxx")
    assert len(failure.message) < 500
    assert "call 7: f(3)" in failure.traceback


def test_notes_are_told_of_our_own_errors_too():
    error = TaskError("no result")
    error.add_note("call 7: f(3)")
    assert make_failure(error).message == "no result (call 7: f(3))"


def test_notes_that_are_none_do_no_harm():
    def fail():
        error = ValueError("bad")
        error.__notes__ = 5
        raise error

    assert caught(fail).message == "ValueError: bad"


def test_a_task_shows_only_the_users_frames(shop):
    def inner():
        return {}["no such key"]

    sheet = shop.call(lambda ctx: inner())
    (failure,) = sheet.failed.values()
    assert "test_failure.py" in failure.traceback
    assert "flowlab/worker" not in failure.traceback
    assert failure.line > 0


def test_causes_and_members_of_groups_are_shown():
    def call():
        try:
            {}["first"]
        except KeyError as error:
            raise ExceptionGroup("many", [ValueError("one"), TypeError("two")]) from error

    failure = caught(call)
    for part in ("KeyError: 'first'", "direct cause", "ValueError: one", "TypeError: two"):
        assert part in failure.traceback


def test_a_syntax_error_names_its_own_line():
    failure = caught(lambda: compile("a = 1\nb = = 2\n", "<cell 9>", "exec"))
    assert failure.line == 2
    assert failure.message == "SyntaxError: invalid syntax"


def test_an_exception_that_cannot_be_formatted_is_still_a_failure():
    class Odd(Exception):
        __cause__ = property(lambda self: 1 / 0)

    assert caught(lambda: (_ for _ in ()).throw(Odd())).message.startswith("Odd")


def test_text_is_bounded_in_bytes_and_keeps_both_ends():
    text = bounded("a" + "é" * 100_000 + "z", ERROR_TEXT)
    assert (text[0], text[-1]) == ("a", "z")
    assert "left out" in text
    assert len(text.encode()) <= ERROR_TEXT + 1100
    assert bounded("short", 10) == "short"


def test_machinery_is_told_from_user_code():
    assert is_ours(make_failure.__code__.co_filename)
    assert is_ours("/x/site-packages/ipykernel/kernelbase.py")
    assert not is_ours(__file__)


def test_an_error_of_our_own_is_said_in_full_and_without_its_class():
    failure = make_failure(TaskError("Program exit with exit code 2\nStderr: no such file"))
    assert failure.message == "Program exit with exit code 2\nStderr: no such file"
    assert failure.traceback == ""


def test_what_python_did_underneath_an_error_of_our_own_is_left_out():
    def store():
        try:
            Path("/no/such/place").write_text("x")
        except OSError as error:
            raise TaskError("cannot store it") from error

    ours = TaskError("cannot store it")
    try:
        Path("/no/such/place").write_text("x")
    except OSError as error:
        ours.__cause__ = error
        error.__traceback__ = error.__traceback__.tb_next  # as if our code had called
    failure = make_failure(ours)
    assert (failure.message, failure.traceback) == ("cannot store it", "")
    shown = caught(store)  # here the user's own code stands between
    assert shown.message == "TaskError: cannot store it"
    assert "FileNotFoundError" in shown.traceback
