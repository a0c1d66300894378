"""What a run raises: rows, and their text."""

import pickle

from flowlab import SessionError
from flowlab.compat.ruffus.errors import RethrownJobError

ROW = ("bad", "Job  = [None -> f.0]", "builtins.ValueError", "(no f.0)", "Traceback\n  line\n")
TEXT = """\
Original exception:

    Exception #1
      'builtins.ValueError(no f.0)' raised in ...
       Task = def bad(...):
       Job  = [None -> f.0]

    Traceback
      line"""


def test_an_error_of_jobs_says_what_each_of_them_raised():
    error = RethrownJobError([ROW])
    assert isinstance(error, SessionError)
    assert str(error) == TEXT
    assert str(RethrownJobError([ROW], "told first")) == f"told first\n\n{TEXT}"


def test_it_counts_them_and_gives_each():
    error = RethrownJobError([ROW, ("worse", *ROW[1:])])
    assert len(error) == 2
    assert str(error).startswith("Original exceptions:")
    assert "Exception #2" in error.get_nth_exception_str()
    assert "def worse" in error.get_nth_exception_str(1)
    assert "def bad" in error.get_nth_exception_str(0)


def test_it_is_true_however_many_there_are_and_travels():
    assert RethrownJobError()
    again = pickle.loads(pickle.dumps(RethrownJobError([ROW], "told")))
    assert (again.job_exceptions, str(again)) == ([ROW], f"told\n\n{TEXT}")
