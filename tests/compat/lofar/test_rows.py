"""LOFAR's task distribution row by row: what a script may do, and what its master gets."""
# mirrors: flowlab/compat/lofar as a whole; its files have tests of their own
# size: one row after the other, as the table of them has it

import pickle
import platform
import threading

import pytest

from flowlab.compat.lofar.baserecipe import BaseRecipe
from flowlab.compat.lofar.remotecommand import ComputeJob, RemoteCommandRecipeMixIn
from flowlab.errors import UsageError
from tests.compat.lofar.scripts import strings
from tests.stories.watching import wait_until


class Recipe(BaseRecipe, RemoteCommandRecipeMixIn):
    pass


def run(*jobs, **options):
    """Run jobs, each a script with its arguments; gives the recipe and the results."""
    made = Recipe()
    made.job_directory = options.pop("job_directory", None)
    listed = [ComputeJob("any", f"python nodes/{name}.py", list(args)) for name, *args in jobs]
    pool = made._schedule_jobs(listed, **options)
    assert list(pool) == list(range(len(jobs)))
    assert list(pool.values()) == listed
    return made, [job.results for job in listed]


# L1: a class with run, loghost and logport before the arguments, the exit status is its value


@pytest.mark.parametrize(("name", "status"), [("ok", 0), ("none", 0), ("one", 1), ("three", 3)])
def test_the_exit_status_is_what_run_returns(session, name, status):
    _, (results,) = run((name,))
    assert results["returncode"] == status


# L2: text on the command line; objects by a pickle in the job directory, or as they are


def test_arguments_are_text(session):
    _, (results,) = run(("ok", "a", 2, 1.5, "with space"))
    assert results["args"] == ("a", "2", "1.5", "with space")


def test_a_pickle_in_the_job_directory_goes_to_the_host_by_its_name(session, place):
    (place / "nodes" / "unpickle.py").write_text(
        (place / "nodes" / "ok.py")
        .read_text()
        .replace("args\n", "__import__('pickle').load(open(args[0], 'rb'))\n", 1)
    )
    job_directory = place / "job"
    job_directory.mkdir()
    (job_directory / "object").write_bytes(pickle.dumps({"a": [1, 2]}))
    for name in ("object", str(job_directory / "object")):
        _, (results,) = run(("unpickle", name), job_directory=job_directory)
        assert results["args"] == {"a": [1, 2]}


def test_objects_go_and_come_as_they_are(session):
    given = ({"a": (1, None)}, [b"raw"], {1, 2})
    _, (results,) = run(("objects", *given))
    assert results["args"] == given


def test_an_object_of_the_script_s_own_class_comes_back(session):
    _, (results,) = run(("class_of_its_own", "word"))
    assert results["mine"].word == "word"


# L3: self.logger


def test_records_of_the_node_s_logger_come_to_the_master_s(session, kept):
    run(("logs", "one", "two"))
    records = [r for r in kept.records if r.name == f"node.{platform.node()}.mine"]
    assert [(r.levelname, r.getMessage()) for r in records] == [
        ("INFO", "Received one as argument"),
        ("INFO", "Received two as argument"),
        ("DEBUG", "fine"),
        ("WARNING", "careful!"),
    ]


def test_the_master_s_level_decides(session, kept):
    session.logger.setLevel("WARNING")
    run(("logs", "one"))
    assert kept.of_node() == [("WARNING", "careful!")]


# L4: run not overridden


def test_a_class_without_run_is_not_implemented(session, kept):
    made, (results,) = run(("idle",))
    assert results["returncode"] == 1
    assert made.error.is_set()
    assert any("NotImplementedError: mine has no run" in text for _, text in kept.of_node())


# L5: what a job's results are


def test_a_job_that_never_ran_says_so():
    job = ComputeJob("any", "python nodes/ok.py")
    assert job.results == {"returncode": 123456}
    assert job.arguments == []
    assert ComputeJob("any", "x").arguments is not job.arguments


def test_results_are_status_duration_and_outputs(session):
    _, (results,) = run(("ok", "a"))
    assert results["returncode"] == 0
    assert isinstance(results["job_duration"], str)
    assert float(results["job_duration"]) > 0
    assert results["args"] == ("a",)


# L6: the list and its limit


def test_no_jobs_are_fine(session):
    made, results = run()
    assert results == []
    assert not made.error.is_set()


def test_jobs_are_numbered_in_the_order_of_the_list(session):
    _, results = run(*[("ok", number) for number in range(5)])
    assert [each["args"] for each in results] == [(str(number),) for number in range(5)]


@pytest.mark.parametrize("client", [pytest.param("two", marks=pytest.mark.engines)])
def test_so_many_run_at_once_on_a_host(request, client, place):
    counted = place / "counted"
    counted.mkdir()
    (place / "nodes" / "count.py").write_text(
        "import os, sys, time\nmine = f'{sys.argv[1]}/{os.getpid()}'\nopen(mine, 'w').close()\n"
        "time.sleep(0.1)\nprint('most', len(os.listdir(sys.argv[1])), file=sys.stderr)\n"
        "os.unlink(mine)\n"
    )
    with request.getfixturevalue(client).new_session("limit", on_error="continue") as session:
        session.logger.searchpatterns["most"] = "most [0-9]+"
        run(*[("count", counted)] * 6, max_per_node=1)
        found = {r.getMessage() for r in session.logger.searchpatterns["most"].results}
    assert found == {"most 1"}


@pytest.mark.parametrize("most", [0, -1, "two"])
def test_a_wrong_limit_is_refused(session, most):
    with pytest.raises(UsageError):
        run(("ok",), max_per_node=most)
    assert session.task_count == 0


# L7: error


def test_error_stays_set(session):
    made, _ = run(("one",))
    assert isinstance(made.error, threading.Event)
    assert made.error.is_set()
    assert made.error.isSet()
    made._schedule_jobs([ComputeJob("any", "python nodes/ok.py")])
    assert made.error.is_set()


def test_error_is_not_set_when_all_went_well(session):
    made, _ = run(("ok",), ("none",))
    assert not made.error.is_set()
    assert not made.error.isSet()


# L8: one failure stops no other


def test_one_failure_stops_no_other(session, kept):
    made, results = run(("ok", 1), ("raises",), ("one",), ("ok", 2))
    assert [each["returncode"] for each in results] == [0, 1, 1, 0]
    assert made.error.is_set()
    failed = [text for level, text in kept.told() if level == "ERROR"]
    assert sorted(failed) == [
        f"Remote process python nodes/{name}.py [] failed on {platform.node()} (status: 1)"
        for name in ("one", "raises")
    ]


# L9: what comes back on failure


@pytest.mark.parametrize("name", ["one", "objects_one"])
def test_outputs_of_a_status_come_back(session, name):
    _, (results,) = run((name,))
    assert (results["returncode"], results["said"]) == (1, "before")


@pytest.mark.parametrize("name", ["raises", "objects_raise"])
def test_outputs_of_an_exception_are_lost_and_its_traceback_is_warned(session, kept, name):
    _, (results,) = run((name,))
    assert results["returncode"] == 1
    assert "said" not in results
    lines = [text for level, text in kept.of_node() if level == "WARNING"]
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[-1] == "ValueError: no good"


def test_a_script_that_is_nowhere_is_a_status(session, kept):
    made, (results,) = run(("nowhere",))
    assert results["returncode"] == 2
    assert made.error.is_set()
    assert any("can't open file" in text for level, text in kept.of_node() if level == "WARNING")


def test_wrong_arguments_are_a_status(session, kept):
    made, (results,) = run(("two_words", "one"))
    assert results["returncode"] == 1
    assert made.error.is_set()
    assert any("missing 1 required positional argument: 'second'" in t for _, t in kept.of_node())


# L11: hosts


def test_a_job_runs_where_it_is_told_to(session):
    made = Recipe()
    jobs = [ComputeJob(host, "python nodes/ok.py") for host in (platform.node(), "localhost", 0)]
    made._schedule_jobs(jobs)
    assert [job.results["host"] for job in jobs] == [platform.node()] * 3
    assert jobs[2].results["engine"] == 0


def test_a_host_that_nobody_knows_is_refused_before_anything_runs(session):
    made = Recipe()
    jobs = [ComputeJob("any", "python nodes/ok.py"), ComputeJob("elsewhere", "python nodes/ok.py")]
    known = rf"elsewhere.*no such host or engine; known are {platform.node()} \(engine"
    with pytest.raises(UsageError, match=known):
        made._schedule_jobs(jobs)
    assert [job.results["returncode"] for job in jobs] == [123456, 123456]
    assert session.task_count == 0


def test_a_program_of_the_host_needs_no_script(session, kept):
    made = Recipe()
    job = ComputeJob("any", "echo -n", ["two", "words"])
    made._schedule_jobs([job])
    assert job.results["returncode"] == 0
    assert ("DEBUG", "two words") in kept.of_node()


# L13: patterns


def test_records_that_match_are_collected(session):
    made = Recipe()
    made.logger.searchpatterns["received"] = "Received .* as"
    made._schedule_jobs([ComputeJob("any", "python nodes/logs.py", ["one", "two"])])
    found = [r.getMessage() for r in made.logger.searchpatterns["received"].results]
    assert found == ["Received one as argument", "Received two as argument"]


# L14: output of the process


def test_output_is_logged_by_its_stream(session, kept):
    run(("prints",))
    assert sorted(kept.of_node()) == [("DEBUG", "to stdout"), ("WARNING", "to stderr")]


def test_lines_and_records_come_while_the_job_runs(session, kept, place):
    (place / "nodes" / "waits.py").write_text(
        strings(
            "print('begun')\nself.logger.info('logged')\n"
            "while not os.path.exists(args[0]):\n    time.sleep(0.01)"
        )
    )
    wanted = {("DEBUG", "begun"), ("INFO", "logged")}

    def let_it_go():
        if wait_until(lambda: wanted <= set(kept.of_node()), 60):
            (place / "go").touch()

    beside = threading.Thread(target=let_it_go, daemon=True)
    beside.start()
    _, (results,) = run(("waits", place / "go"))
    beside.join()
    assert results["returncode"] == 0


# L15: what a job used


def test_what_a_job_used_comes_with_it(session):
    _, (results,) = run(("ok",))
    assert results["usage"]["max_rss"] > 0
    assert set(results["usage"]) == {"cpu_user", "cpu_system", "max_rss", "read", "written"}


# L17: the file of the recipe, and of its node script


def test_the_node_script_is_named_by_the_recipe_s_file(session, place, monkeypatch):
    (place / "master").mkdir()
    (place / "master" / "fl_pair.py").write_text(
        "from flowlab.compat.lofar import BaseRecipe\nclass pair(BaseRecipe): pass\n"
    )
    monkeypatch.syspath_prepend(str(place / "master"))
    import fl_pair

    made = fl_pair.pair()
    assert made.__file__ == str(place / "master" / "fl_pair.py")
    assert made.__file__.replace("master", "nodes") == str(place / "nodes" / "fl_pair.py")
