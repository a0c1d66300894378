"""Whether a job needs to run."""

import os
from pathlib import Path

import pytest

from flowlab.compat.ruffus.errors import MissingInputFileError
from flowlab.compat.ruffus.site import Site
from flowlab.compat.ruffus.uptodate import check_inputs, reason_to_run


@pytest.fixture
def site(inline):
    return Site(inline)


def at(name, seconds):
    Path(name).write_text("")
    os.utime(name, (seconds, seconds))


def test_without_files_it_runs(site):
    assert reason_to_run((), site) is not None
    assert reason_to_run((None, None), site) == "Missing output file"


def test_it_runs_when_a_file_is_missing(site):
    at("in", 100)
    assert reason_to_run(("in", "out"), site) == "...\n        Missing file [out]"
    assert reason_to_run((["in", "no"], "out"), site) == "...\n        Missing files [no, out]"


def test_it_runs_when_an_input_is_as_new_as_an_output(site):
    at("in", 100)
    at("old", 90)
    at("out", 200)
    assert reason_to_run(("in", "out"), site) is None
    at("out", 100)
    told = reason_to_run((["in", "old"], "out"), site)
    assert [line[3] for line in told.splitlines() if ": " in line] == [" ", "*", "*"]
    assert told.index("Input files:") < told.index(": old") < told.index(": in")
    assert "Output files:" in told


def test_each_output_counts(site):
    at("in", 100)
    at("new", 200)
    at("old", 50)
    assert reason_to_run(("in", "new"), site) is None
    assert reason_to_run(("in", ["new", "old"]), site) is not None


def test_without_inputs_what_is_there_is_up_to_date(site):
    at("out", 100)
    assert reason_to_run((None, "out"), site) is None


def test_a_file_that_is_passed_on_does_not_count_as_made(site):
    at("in", 100)
    os.symlink("in", "same")
    assert reason_to_run(("in", ["in", "same"]), site) is None


def test_an_input_that_is_not_there_is_an_error(site):
    at("in", 100)
    check_inputs(("in", "out"), site)
    check_inputs((), site)
    with pytest.raises(MissingInputFileError, match="Input file 'gone' does not exist"):
        check_inputs((["in", "gone"], "out"), site)
    os.symlink("nowhere", "broken")
    with pytest.raises(MissingInputFileError, match="'broken' is a broken symbolic link"):
        check_inputs(("broken", "out"), site)
