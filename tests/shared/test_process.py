"""Processes of our own: their module, their words, their place."""

import os

import pytest

from flowlab.shared.process import spawn


def end(process):
    said, _ = process.communicate(b"", timeout=60)
    return process.returncode, said


def test_a_module_of_ours_runs_with_its_words_and_the_name_of_its_run(tmp_path):
    process = spawn("tests.shared.speaker", "one", "two", run="r1", errors=tmp_path / "errors")
    assert end(process) == (0, b"['one', 'two'] r1\n")
    assert (tmp_path / "errors").read_text() == "to stderr\n"


def test_a_file_beside_the_notebook_takes_the_place_of_no_module(tmp_path, monkeypatch):
    (tmp_path / "json.py").write_text("raise SystemExit('the wrong one')")
    monkeypatch.chdir(tmp_path)
    assert end(spawn("tests.shared.speaker", run="r1", errors=tmp_path / "errors"))[0] == 0


def test_errors_of_one_process_follow_those_of_another(tmp_path):
    for _ in range(2):
        end(spawn("tests.shared.speaker", run="r1", errors=tmp_path / "errors"))
    assert (tmp_path / "errors").read_text() == "to stderr\n" * 2
    assert (tmp_path / "errors").stat().st_mode & 0o777 == 0o600


def test_it_is_the_first_of_a_session_of_its_own(tmp_path):
    process = spawn("tests.shared.speaker", run="r1", errors=tmp_path / "errors")
    assert os.getsid(process.pid) == process.pid
    end(process)


def test_a_place_for_errors_that_is_not_there_is_told(tmp_path):
    with pytest.raises(FileNotFoundError):
        spawn("tests.shared.speaker", run="r1", errors=tmp_path / "no" / "errors")
