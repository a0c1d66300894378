"""Errors as their users see them, and on their way from an engine."""

import os
import pickle
import subprocess

import pytest

import flowlab
from flowlab.compat.crossflow.errors import (
    CalledProcessError,
    WrongNumber,
    XflowError,
    pack_error,
    unpack_error,
)


def failed(stdout=b"out", stderr=b"err"):
    return CalledProcessError(subprocess.CompletedProcess("run it", 3, stdout, stderr))


def test_a_command_that_failed_says_all_of_it():
    error = failed()
    assert (error.cmd, error.returncode) == ("run it", 3)
    assert (error.stdout, error.output, error.stderr) == (b"out", b"out", b"err")
    assert str(error) == (
        'Error: command "run it" failed with return code 3; STDOUT="out"; STDERR="err"'
    )
    assert isinstance(error, XflowError)
    assert isinstance(error, flowlab.TaskError)


def test_it_is_made_of_the_error_of_subprocess_too():
    with pytest.raises(subprocess.CalledProcessError) as caught:
        subprocess.run(["/bin/sh", "-c", "echo x; exit 7"], check=True, stdout=subprocess.PIPE)
    error = CalledProcessError(caught.value)
    assert (error.returncode, error.stdout, error.stderr) == (7, b"x\n", b"")


def test_it_survives_a_pickle():
    again = pickle.loads(pickle.dumps(failed()))
    assert type(again) is CalledProcessError
    assert (again.cmd, again.returncode, again.stdout, again.stderr) == (
        "run it",
        3,
        b"out",
        b"err",
    )


def test_of_long_streams_the_ends_are_shown():
    error = failed(stdout=b"a" * 100_000 + b"end", stderr=b"\xff")
    assert len(str(error)) < 3_000
    assert 'aaend"; STDERR="\N{REPLACEMENT CHARACTER}"' in str(error)
    short = error.shortened()
    assert len(short.stdout) < 10_000
    assert short.stdout.endswith(b"end")
    assert short.stderr == b"\xff"


def test_an_exception_travels_as_itself():
    class Own(ValueError):
        def __init__(self, number):
            super().__init__(f"number {number}")
            self.number = number

        def __reduce__(self):
            return Own, (self.number,)

    again = unpack_error(pack_error(Own(5)))
    assert type(again) is Own
    assert again.number == 5


class Stubborn(Exception):
    def __init__(self, one, two):
        super().__init__(one)


def test_what_cannot_travel_does_not():
    assert pack_error(Stubborn(1, 2)) is None
    assert pack_error(ValueError(os.urandom(100_000))) is None
    assert unpack_error(None) is None
    assert unpack_error("nonsense") is None
    assert unpack_error(pack_error(ValueError("x"))[:-9]) is None


def test_a_wrong_number_of_arguments_is_what_crossflow_raised():
    assert issubclass(WrongNumber, IndexError)
    assert issubclass(WrongNumber, flowlab.UsageError)
