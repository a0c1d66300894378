"""Futures of tasks that finish, fail, or are cancelled."""

import pickle
from concurrent.futures import CancelledError

import pytest

from flowlab.compat.crossflow.futures import Future, futures_in, gathered
from flowlab.compat.crossflow.tasks import CalledProcessError, XflowError


def fail(text):
    raise LookupError(text)


def test_a_future_that_came_to_a_good_end(here):
    future = here.submit(len, "abc")
    assert future.result(timeout=30) == 3
    assert (future.status, future.done(), future.cancelled()) == ("finished", True, False)
    assert future.exception() is None
    assert "'result'" in repr(future)


def test_a_future_that_came_to_a_bad_end_raises_what_the_task_raised(here):
    future = here.submit(fail, "why")
    with pytest.raises(LookupError, match="why") as caught:
        future.result()
    assert "Task created at" in str(caught.value.__cause__)
    assert isinstance(future.exception(timeout=30), LookupError)
    assert (future.status, future.done()) == ("error", True)


def test_what_depends_on_a_failure_fails_with_it(here):
    first = here.submit(fail, "why")
    third = here.submit(len, here.submit(str, first))
    with pytest.raises(LookupError, match="why"):
        third.result()
    assert third.status == "error"


def test_an_exception_that_cannot_travel_is_a_text(here):
    class Stubborn(Exception):
        def __reduce__(self):
            raise TypeError("never")

    def raise_it():
        raise Stubborn("its text")

    with pytest.raises(XflowError, match="Stubborn: its text"):
        here.submit(raise_it).result()


@pytest.mark.engines
def test_a_future_that_is_not_done_can_be_waited_for_and_cancelled(engines, tmp_path):
    def stand(mark):
        import os
        import time

        open(mark, "w").close()
        while os.path.exists(mark):
            time.sleep(0.01)

    mark = tmp_path / "mark"
    future = engines.submit(stand, str(mark))
    behind = engines.submit(str, future)
    for wait in (future.result, future.exception):
        with pytest.raises(TimeoutError, match=r"is not done after 0\.05 s"):
            wait(timeout=0.05)
    assert (future.status, future.done()) == ("pending", False)
    future.cancel()
    for each in (future, behind):
        for wait in (each.result, each.exception):
            with pytest.raises(CancelledError):
                wait(timeout=30)
    assert (future.status, future.cancelled()) == ("cancelled", True)
    assert behind.status == "error"
    mark.unlink(missing_ok=True)


def test_what_was_uploaded_is_done(here):
    future = here.upload({"a": 1})
    assert (future.status, future.result(), future.exception()) == ("finished", {"a": 1}, None)
    future.cancel()
    assert not future.cancelled()


def test_futures_are_gathered_in_the_form_they_stand_in(here):
    one, two, bad = here.submit(int, "1"), here.submit(int, "2"), here.submit(fail, "x")
    given = {"a": [one, (two, "text")], "b": {5}}
    assert gathered(given, skip=False) == {"a": [1, (2, "text")], "b": {5}}
    assert gathered([one, bad, two], skip=True) == [1, 2]
    assert gathered({"a": bad, "b": one}, skip=True) == {"b": 1}
    with pytest.raises(LookupError):
        gathered([one, bad], skip=False)
    assert list(futures_in([one, {"x": (two,)}, {bad}, "text"])) == [one, two, bad]


def test_a_future_does_not_travel(here):
    with pytest.raises(TypeError, match="give it to a task as an argument"):
        pickle.dumps(Future(here.submit(int, "1").object))


def test_a_command_that_failed_is_an_error_of_crossflow(here):
    from flowlab.compat.crossflow.tasks import SubprocessTask

    task = SubprocessTask("exit 9")
    error = here.submit(task).exception()
    assert type(error) is CalledProcessError
    assert error.returncode == 9
