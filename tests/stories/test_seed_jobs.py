"""The code of LOFAR's document, on engines told that they are on two hosts."""
# mirrors: flowlab/compat/lofar with real engines on several hosts; its rows are in tests/compat

import logging
import os
import signal
import sys
import threading

import pytest

from flowlab import Node, UsageError, remote
from flowlab.compat.lofar import PipelineQuit
from tests.kept import Kept
from tests.stories.watching import wait_until

pytestmark = pytest.mark.engines

# As they are written there, but for the imports, the host, and a colon that was forgotten
NODES = """
import sys
from flowlab.compat.lofar.lofarnode import LOFARnode

class parallel_example(LOFARnode):
    def run(self, *args):
        for arg in args:
            self.logger.info("Received %s as argument" % arg)
        return 0

if __name__ == "__main__":
    sys.exit(parallel_example(sys.argv[1], sys.argv[2]).run_with_logging(*sys.argv[3:]))
"""
MASTER = """
import sys
from flowlab.compat.lofar.baserecipe import BaseRecipe
from flowlab.compat.lofar.remotecommand import RemoteCommandRecipeMixIn
from flowlab.compat.lofar.remotecommand import ComputeJob

hostname = "b"

class parallel_example(BaseRecipe, RemoteCommandRecipeMixIn):
    def go(self):
        super(parallel_example, self).go()
        node_command = "python %s" % (self.__file__.replace("master", "nodes"))
        job = ComputeJob(hostname, node_command, arguments=[])
        self._schedule_jobs([job])
        if self.error.isSet():
            return 1
        else:
            return 0
"""


@pytest.fixture
def master(tmp_path, monkeypatch):
    """The recipe's module, beside its node script."""
    for folder, text in (("master", MASTER), ("nodes", NODES)):
        (tmp_path / "recipes" / folder).mkdir(parents=True)
        (tmp_path / "recipes" / folder / "fl_parallel_example.py").write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path / "recipes" / "master"))
    import fl_parallel_example

    yield fl_parallel_example
    del sys.modules["fl_parallel_example"]


@pytest.fixture
def islands(islands_of):
    """Two engines free on b and on c; a session that is the active one and wants all records."""
    hosts = ("b", "b", "c", "c")
    made = islands_of(hosts=hosts, on_error="continue")
    for host in hosts:
        made.free(host)
    made.session.logger.setLevel(logging.DEBUG)
    made.kept = Kept()
    made.session.logger.addHandler(made.kept)
    with made.session.bind_only():
        yield made


def test_the_document_s_recipe_goes_on_the_hosts_that_it_names(islands, master, tmp_path):
    recipe = master.parallel_example()
    assert recipe.go() == 0
    assert not recipe.error.is_set()
    check_what_nodes_log(islands, master, recipe)
    check_jobs_at_once(master, recipe, tmp_path)
    master.hostname = "d"
    with pytest.raises(
        UsageError, match=r"no such host or engine; known are .*b \(engine.*c \(eng"
    ):
        recipe.go()


def check_what_nodes_log(islands, master, recipe):
    """Each host's node script logs what it has received."""
    command = f"python {recipe.__file__.replace('master', 'nodes')}"
    jobs = [
        master.ComputeJob(host, command, arguments=[host, number])
        for number in range(4)
        for host in ("b", "c")
    ]
    recipe._schedule_jobs(jobs)
    assert [job.results["returncode"] for job in jobs] == [0] * 8
    assert [job.results["host"] for job in jobs] == ["b", "c"] * 4
    came = [r for r in islands.kept.records if r.name.startswith("node.")]
    assert sorted((r.name, r.getMessage()) for r in came) == sorted(
        (f"node.{host}.parallel_example", f"Received {word} as argument")
        for number in range(4)
        for host in ("b", "c")
        for word in (host, number)
    )
    script = os.path.basename(recipe.__file__)
    places = {os.path.split(r.pathname) for r in came}
    assert {name for _, name in places} == {script}
    own = os.path.dirname(recipe.__file__.replace("master", "nodes"))
    assert own not in {folder for folder, _ in places}, "each ran from a copy on its host"


def check_jobs_at_once(master, recipe, tmp_path):
    """With max_per_node=1 each job is alone on its host."""
    script = tmp_path / "count.py"
    script.write_text(
        "import os, sys, time\nplace, host = sys.argv[1:]\nmine = f'{place}/{host}-{os.getpid()}'\n"
        "open(mine, 'w').close()\ntime.sleep(0.05)\n"
        "most = sum(name.startswith(host) for name in os.listdir(place))\nos.unlink(mine)\n"
        "sys.exit(10 + most)\n"
    )
    (tmp_path / "now").mkdir()
    jobs = [
        master.ComputeJob(host, f"python {script}", [tmp_path / "now", host])
        for host in ("b", "c", "b", "c", "b", "c")
    ]
    recipe._schedule_jobs(jobs, max_per_node=1)
    assert [job.results["returncode"] for job in jobs] == [11] * 6, "each was alone on its host"


def test_an_engine_that_dies_costs_no_job(new_client, master, tmp_path):
    script = tmp_path / "dies.py"
    (tmp_path / "died").mkdir()
    script.write_text(
        "import os, signal, sys, time\nplace, = sys.argv[1:]\n"
        "open(f'{place}/{os.getppid()}', 'w').close()\n"
        "if len(os.listdir(place)) == 1:\n    os.kill(os.getppid(), signal.SIGKILL)\n"
        "    time.sleep(60)\n"
    )
    session = new_client(2).new_session(on_error="continue")
    recipe = master.parallel_example(session)
    job = master.ComputeJob("any", f"python {script}", [tmp_path / "died"])
    recipe._schedule_jobs([job])
    assert job.results["returncode"] == 0
    assert len(os.listdir(tmp_path / "died")) == 2, "it ran again on another engine"


def test_an_interrupt_kills_jobs_on_all_hosts(islands, master, tmp_path):
    script = tmp_path / "sleeps.py"
    (tmp_path / "running").mkdir()
    script.write_text(
        "import os, sys, time\nopen(f'{sys.argv[1]}/{os.getpid()}', 'w').close()\ntime.sleep(100)\n"
    )
    recipe = master.parallel_example()
    jobs = [
        master.ComputeJob(host, f"python {script}", [tmp_path / "running"])
        for host in ("b", "b", "b", "c", "c", "c")
    ]

    def interrupt():
        if wait_until(lambda: len(os.listdir(tmp_path / "running")) == 4, 30):
            os.kill(os.getpid(), signal.SIGINT)

    beside = threading.Thread(target=interrupt, daemon=True)
    beside.start()
    with pytest.raises(PipelineQuit, match="6 of 6 jobs"):
        recipe._schedule_jobs(jobs)
    beside.join()
    assert [job.results["returncode"] for job in jobs] == [1] * 6
    pids = [int(pid) for pid in os.listdir(tmp_path / "running")]
    assert len(pids) == 4, "the others never began"
    assert wait_until(lambda: not any(os.path.exists(f"/proc/{pid}") for pid in pids), 10)


def test_files_and_objects_go_to_the_hosts_and_come_back(islands, master, tmp_path):
    check_files(islands, master, tmp_path)
    check_graph(islands, tmp_path)


def check_files(islands, master, tmp_path):
    """Files of the job directory go to a host and come back."""
    script = tmp_path / "sorts.py"
    script.write_text(
        "import os, sys\nlisted, made = sys.argv[1:]\n"
        "assert 'flowlab' in listed, 'it is no path of the master'\n"
        "open(made, 'w').writelines(sorted(open(listed)))\n"
    )
    recipe = master.parallel_example()
    recipe.job_directory = tmp_path / "job"
    recipe.job_directory.mkdir()
    lines = "b\na\n" * 500_000
    (recipe.job_directory / "lines").write_text(lines)
    jobs = [
        master.ComputeJob(
            host,
            f"python {script}",
            [recipe.job_directory / "lines", recipe.job_directory / f"sorted-{host}"],
        )
        for host in ("b", "c")
    ]
    recipe._schedule_jobs(jobs)
    assert not recipe.error.is_set(), [r.getMessage() for r in islands.kept.records]
    for host in ("b", "c"):
        made = (recipe.job_directory / f"sorted-{host}").read_text()
        assert made == "a\n" * 500_000 + "b\n" * 500_000
    assert (recipe.job_directory / "lines").read_text() == lines


def check_graph(islands, tmp_path):
    """Jobs and tasks are one graph."""
    script = tmp_path / "adds.py"
    script.write_text(
        "import sys\nfrom flowlab import NodeScript\nclass adds(NodeScript):\n"
        "    def run(self, *numbers):\n        self.outputs['sum'] = sum(numbers)\n"
        "sys.exit(adds(*sys.argv[1:4]).run_with_stored_arguments())\n"
    )

    @remote(auto_load=True, auto_encode="pickle")
    def number(ctx, value):
        return value

    @remote(auto_load=True, auto_encode="pickle")
    def told(ctx, job, made):
        return job["host"], made["sum"]

    added = Node(script, number(1), number(2), 4, where="c")
    result = told(added.outputs["job"], added.outputs["outputs"], where="b")
    result.output.keep()
    islands.session.submit()
    assert result.output.fetch().load() == ("c", 7)
