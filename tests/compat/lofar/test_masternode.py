"""A recipe of one command: its jobs, and a hook for each ending."""

import pytest

from flowlab.compat.lofar.masternode import MasterNodeInterface
from flowlab.errors import UsageError


class Mine(MasterNodeInterface):
    def __init__(self, command=None):
        super().__init__(command)
        self.heard = []

    def on_failure(self):
        self.heard.append("failure")

    def on_error(self):
        self.heard.append("error")

    def on_succes(self):
        self.heard.append("succes")


@pytest.fixture
def script(place):
    (place / "nodes" / "status.py").write_text("import sys\nsys.exit(int(sys.argv[1]))\n")
    return "python nodes/status.py"


@pytest.mark.parametrize(
    ("statuses", "gives", "hook"),
    [((0, 0), 0, "succes"), ((0, 1), 1, "error"), ((1, 2), -1, "failure")],
)
def test_the_hook_of_the_ending_is_called(session, script, statuses, gives, hook):
    recipe = Mine(script)
    jobs = [recipe.append_job("any", [status]) for status in statuses]
    assert recipe.run_jobs() == gives
    assert recipe.heard == [hook]
    assert [job.results["returncode"] for job in jobs] == list(statuses)


def test_the_next_run_has_its_own_jobs(session, script):
    recipe = Mine(script)
    recipe.append_job("any", [1])
    recipe.run_jobs()
    recipe.append_job("any", [0])
    assert recipe.run_jobs() == 0
    assert recipe.error.is_set(), "the event is never cleared"


def test_without_jobs_it_says_what_to_do(session, script):
    with pytest.raises(UsageError, match="Mine has no jobs; add them by append_job"):
        Mine(script).run_jobs()


def test_the_hooks_log_unless_they_are_overridden(session, script, kept):
    recipe = MasterNodeInterface(script)
    recipe.append_job("any", [0])
    recipe.run_jobs()
    recipe.append_job("any", [1])
    recipe.run_jobs()
    told = kept.told()
    assert ("INFO", "MasterNodeInterface: all jobs have succeeded") in told
    assert ("ERROR", "MasterNodeInterface: all jobs have failed") in told


def test_the_command_is_that_of_its_own_file_when_none_is_given(session, place, monkeypatch):
    (place / "master").mkdir()
    (place / "master" / "fl_status.py").write_text(
        "from flowlab.compat.lofar import MasterNodeInterface\n"
        "class status(MasterNodeInterface): pass\n"
    )
    (place / "nodes" / "fl_status.py").write_text("import sys\nsys.exit(int(sys.argv[1]))\n")
    monkeypatch.syspath_prepend(str(place / "master"))
    import fl_status

    recipe = fl_status.status()
    job = recipe.append_job("any", [4])
    assert recipe.run_jobs() == -1
    assert job.results["returncode"] == 4
