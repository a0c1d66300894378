"""A job: its host, its command, its script, its claims. And who may run jobs."""

import platform
import stat

import pytest

from flowlab.compat.lofar.remotecommand import (
    ComputeJob,
    RemoteCommandMixin,
    RemoteCommandRecipeMixIn,
)
from flowlab.errors import UsageError, WrongKind, WrongPath, WrongValue
from flowlab.model.limits import INLINE_OBJECT


class Runner(RemoteCommandMixin):
    """Whoever it is: it needs no recipe."""


@pytest.mark.parametrize("host", ["", None, 1.5, True])
def test_a_host_is_a_name_or_a_number(host):
    with pytest.raises(WrongKind, match="host's name, an engine's number or 'any'"):
        ComputeJob(host, "x")


@pytest.mark.parametrize("command", ["", "  ", ["python", "x.py"], None])
def test_a_command_is_text(command):
    with pytest.raises(WrongKind, match="command is text such as"):
        ComputeJob("any", command)


def test_arguments_are_a_list_and_no_text():
    with pytest.raises(WrongKind, match="arguments are a list, not the text 'abc'"):
        ComputeJob("any", "x", "abc")


def test_this_host_has_its_name():
    assert ComputeJob("localhost", "x").where == platform.node()
    assert ComputeJob("any", "x").where == "any"
    assert ComputeJob(3, "x").where == 3


def test_resources_are_cpus():
    assert ComputeJob("any", "x").cpus == 1
    assert ComputeJob("any", "x", resources={"nr_cores": 4}).cpus == 4
    with pytest.raises(WrongValue, match="resources knows 'nr_cores' alone, not 'gpus'"):
        _ = ComputeJob("any", "x", resources={"gpus": 1}).cpus


@pytest.mark.parametrize("value", ["1", 0, True, 1.5, None])
def test_cpus_are_whole_numbers(value):
    with pytest.raises(WrongValue, match=r"resources\['nr_cores'\] is a whole number from 1 on"):
        _ = ComputeJob("any", "x", resources={"nr_cores": value}).cpus


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("python nodes/ok.py", ["python", ".flowlab-node/ok.py"]),
        ("nodes/ok.py --fast", ["python", ".flowlab-node/ok.py", "--fast"]),
        (
            "python -u 'nodes/ok.py' 'two words'",
            ["python", "-u", ".flowlab-node/ok.py", "two words"],
        ),
        ("python nodes/nowhere.py", ["python", "nodes/nowhere.py"]),
        ("hostname -s", ["hostname", "-s"]),
    ],
)
def test_the_script_of_a_command_is_found(command, words):
    assert ComputeJob("any", command).read()[0] == words


def test_a_command_that_cannot_be_read_is_refused():
    with pytest.raises(WrongValue, match="No closing quotation"):
        ComputeJob("any", "python 'x.py").read()


def test_it_shows_how_it_went():
    job = ComputeJob("a", "x")
    assert repr(job) == "<ComputeJob 'x' on a, not run>"
    job.results["returncode"] = 2
    assert repr(job) == "<ComputeJob 'x' on a, returncode 2>"


def test_whoever_mixes_it_in_can_run_jobs(session):
    assert RemoteCommandRecipeMixIn is RemoteCommandMixin
    runner = Runner()
    pool = runner._schedule_jobs([ComputeJob("any", "true"), ComputeJob("any", "false")])
    assert {number: job.results["returncode"] for number, job in pool.items()} == {0: 0, 1: 1}
    assert [job.id for job in pool.values()] == [0, 1]
    assert runner.error.is_set()


def test_a_job_that_runs_again_forgets_what_it_was(session, place):
    (place / "nodes" / "again.py").write_text((place / "nodes" / "ok.py").read_text())
    job = ComputeJob("any", "python nodes/again.py", ["a"])
    Runner()._schedule_jobs([job])
    assert job.results["args"] == ("a",)
    (place / "nodes" / "again.py").write_text((place / "nodes" / "three.py").read_text())
    Runner()._schedule_jobs([job])
    assert job.results["returncode"] == 3
    assert "args" not in job.results


def test_only_jobs_are_run(session):
    with pytest.raises(
        WrongKind, match=r"jobs are ComputeJob\(host, command, arguments\), not 'x'"
    ):
        Runner()._schedule_jobs(["x"])


def test_a_shared_object_is_no_argument_of_a_job(session):
    lock = session.shared("Lock", name="db")
    job = ComputeJob("any", "python nodes/objects.py", [{"deep": lock}])
    with pytest.raises(UsageError, match=r"script objects\.py cannot be given shared objects"):
        Runner()._schedule_jobs([job])
    assert session.task_count == 0


def test_a_job_directory_must_be_there(session):
    runner = Runner()
    runner.job_directory = "no-such-directory"
    with pytest.raises(WrongPath, match="there is no job directory"):
        runner._schedule_jobs([])


def test_files_of_the_job_directory_go_and_come_back(session, place):
    job_directory = place / "job"
    job_directory.mkdir()
    (job_directory / "table").write_text("1 2 3")
    (place / "nodes" / "double.py").write_text(
        "import sys\nname, made = sys.argv[1:]\nwords = open(name).read()\n"
        "open(made, 'w').write(words * 2)\nopen(name, 'a').write(' 4')\n"
    )
    runner = Runner()
    runner.job_directory = job_directory
    words = [job_directory / "table", job_directory / "deep" / "made"]
    runner._schedule_jobs([ComputeJob("any", "python nodes/double.py", words)])
    assert not runner.error.is_set()
    assert (job_directory / "deep" / "made").read_text() == "1 2 31 2 3"
    assert (job_directory / "table").read_text() == "1 2 3 4"


def test_programs_and_large_directories_go_and_files_keep_their_modes(session, place):
    (place / "job" / "tree").mkdir(parents=True)
    (place / "job" / "tree" / "large").write_bytes(b"x" * (INLINE_OBJECT + 1))
    (place / "job" / "private").write_text("")
    (place / "job" / "private").chmod(0o640)
    (place / "job" / "count").write_text('#!/bin/sh\nwc -c < "$1/large" > "$2"\n')
    (place / "job" / "count").chmod(0o755)
    (place / "nodes" / "runs.py").write_text(
        "import subprocess, sys\nsys.exit(subprocess.call(sys.argv[1:]))\n"
    )
    runner = Runner()
    runner.job_directory = place / "job"
    words = [place / "job" / "count", place / "job" / "tree", place / "job" / "private"]
    job = ComputeJob("any", "python nodes/runs.py", words)
    runner._schedule_jobs([job])
    assert job.results["returncode"] == 0
    assert int((place / "job" / "private").read_text()) == INLINE_OBJECT + 1
    modes = [stat.S_IMODE((place / "job" / name).stat().st_mode) for name in ("private", "count")]
    assert modes == [0o640, 0o755]
