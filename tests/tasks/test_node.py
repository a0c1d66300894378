"""`Node` declares a script as a task: what travels, and what it makes."""

import shlex
import threading

import pytest

from flowlab.errors import HeavyArgument, UsageError, WrongPath
from flowlab.model.limits import CAPTURED_VALUE
from flowlab.tasks.bundles import bundle
from flowlab.tasks.job import KIND
from flowlab.tasks.jobfolder import JobFolder
from flowlab.tasks.node import Node, declare_node
from flowlab.tasks.objects import blob

TWO_LINES = "import sys\nprint(sys.argv[1:])\n"


def hidden(task):
    return [label for label in task.inputs.labels() if (label or "").startswith(".flowlab-")]


def test_it_is_a_task_with_two_outputs():
    task = Node(TWO_LINES, 1, "b", name="mine", cpus=2, where=["a", 0])
    assert (task.kind, task.name) == (KIND, "mine")
    assert task.outputs.labels() == ["job", "outputs"]
    assert task.resources.cpus == 2
    assert task.resources.where == ("a", 0)
    assert shlex.split(task.source) == ["python", ".flowlab-node/node.py"]


def test_its_script_is_a_bundle_beside_others(tmp_path):
    (tmp_path / "f").write_text("")
    assert len(hidden(Node(TWO_LINES))) == 1
    assert len(hidden(Node(TWO_LINES, bundle=bundle(tmp_path / "f", base=tmp_path)))) == 2


def test_the_same_script_is_one_constant_however_many_tasks_have_it(session):
    tasks = [Node(TWO_LINES, number) for number in range(5)]
    assert len({task.inputs[0] for task in tasks}) == 1


def test_objects_among_the_arguments_are_inputs():
    one, two = blob("1"), blob("2")
    assert list(Node(TWO_LINES, one, [two, 3], one).inputs)[:-1] == [one, two, one]


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(WrongPath, match="there is no node script"):
        Node(tmp_path / "no.py")


def test_a_large_argument_is_refused():
    with pytest.raises(HeavyArgument, match=r"of node\.py\(\) take"):
        Node(TWO_LINES, "x" * CAPTURED_VALUE)


def test_an_argument_that_cannot_travel_is_named():
    with pytest.raises(UsageError, match=r"argument 1 \(lock\) of node\.py\(\)"):
        Node(TWO_LINES, 0, threading.Lock())


def test_a_program_of_the_host_has_no_script():
    task = declare_node(["hostname"], None, ["-s"], name="hostname")
    assert hidden(task) == []


def test_a_job_directory_is_one_more_output(tmp_path):
    (tmp_path / "a").write_text("1")
    folder = JobFolder(tmp_path)
    task = declare_node(["cat"], None, [tmp_path / "a"], name="cat", folder=folder)
    assert task.outputs.labels() == ["job", "outputs", "files"]
    assert [obj.label for obj in task.inputs] == ["a"]
