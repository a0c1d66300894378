"""What is kept of a task's output, and what is passed on."""

import sys
import threading
from types import SimpleNamespace

import pytest

from flowlab.compat.pymw.worker import call_function


def test_output_is_kept_and_passed_on(capsys):
    def work(n):
        print("out", n)
        print("err", n, file=sys.stderr)
        return n

    before = sys.stdout, sys.stderr
    assert call_function(None, work, (1,), (), ()) == (1, "out 1\n", "err 1\n")
    assert capsys.readouterr() == ("out 1\n", "err 1\n")
    assert (sys.stdout, sys.stderr) == before


def test_what_other_threads_print_meanwhile_is_not_the_tasks(capsys):
    def work():
        other = threading.Thread(target=lambda: print("other"))
        other.start()
        other.join()
        print("mine")

    assert call_function(None, work, (), (), ())[1] == "mine\n"
    assert capsys.readouterr().out == "other\nmine\n"


def test_of_a_failure_the_output_is_said_in_the_info(capsys):
    ctx = SimpleNamespace(user={})
    before = sys.stdout

    def work():
        print("before")
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        call_function(ctx, work, (), (), ())
    assert ctx.user == {"stdout": "before\n", "stderr": ""}
    assert sys.stdout is before


def test_a_functions_own_name_stands_above_a_helpers():
    def work():
        return deep()  # noqa: F821 - a name of its globals

    def deep_helper():
        return "helper"

    deep_helper.__name__ = "deep"

    bare = type(work)(work.__code__, {}, "work")
    assert call_function(None, bare, (), (deep_helper,), ())[0] == "helper"
    own = type(work)(work.__code__, {"deep": lambda: "own"}, "work")
    assert call_function(None, own, (), (deep_helper,), ())[0] == "own"


def test_modules_are_imported_by_their_whole_names():
    work = type(call_function)((lambda: os.path.sep).__code__, {}, "work")  # noqa: F821
    assert call_function(None, work, (), (), ("os.path",))[0] == "/"
