"""Bundles on real engines: packed once, sent once a host, unpacked once an engine, then gone."""

import os
import sys
from functools import partial

import cloudpickle
import pytest

import flowlab
from flowlab import Input, Output, TaskError, remote
from flowlab.model.limits import MIB
from flowlab.tasks import Execute
from tests.stories.islands import HOME
from tests.stories.watching import run_of, wait_until

pytestmark = pytest.mark.engines

cloudpickle.register_pickle_by_value(sys.modules[__name__])  # engines cannot import tests


@remote(auto_encode="pickle")
def read(ctx, *names):
    """Lengths of some files, where they really lie, who read them, and what else there is."""
    import os
    import pathlib

    real = os.path.realpath(names[0])
    lengths = [len(pathlib.Path(name).read_bytes()) for name in names]
    return lengths, real, os.getpid(), sorted(os.listdir())


@remote(auto_encode="pickle")
def version(ctx):
    import os

    import fl_story

    return fl_story.deep.VERSION, os.getpid()


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Files of a bundle, too large for a message, and modules."""
    here = tmp_path / "here"
    (here / "deep").mkdir(parents=True)
    (here / "big").write_bytes(os.urandom(2 * MIB))
    (here / "deep/small").write_bytes(b"small")
    monkeypatch.chdir(here)
    monkeypatch.syspath_prepend(str(here))
    (here / "fl_story").mkdir()
    (here / "fl_story/__init__.py").write_text("from fl_story import deep")
    return here


def ship(place, number):
    (place / "fl_story/deep.py").write_text(f"VERSION = {number}")
    return flowlab.modules("fl_story")


def values(tasks):
    return [task.output.fetch().load() for task in tasks]


def keep(task):
    task.keep_outputs()
    return task


def unpacked(client):
    """What lies unpacked on engines of this host."""
    return list(run_of(client).sandboxes.glob("*/bundles/*"))


def lying(point):
    """Files at a stage point, without leases."""
    return [path for path in point.rglob("*") if path.is_file() and not path.name.startswith(".")]


def test_many_tasks_on_three_hosts_cost_two_copies(islands_of, place):
    islands = islands_of()
    data = flowlab.bundle(["big", "deep"])
    bundled = partial(read, bundle=data)
    for host in ("b", "c", HOME):
        for _ in range(3):
            task = islands.run_on(host, bundled, "big", "deep/small")
            lengths, _, _, found = task.output.fetch().load()
            assert (lengths, found) == ([2 * MIB, 5], ["big", "deep"])
    assert islands.between()["copies"] == 2
    assert islands.between()["bytes"] == 2 * data.size


def test_by_a_stage_point_it_lies_there_once_and_no_longer_than_the_session(
    islands_of, place, tmp_path
):
    point = tmp_path / "point"
    point.mkdir()
    islands = islands_of()
    islands.session.stage_point = str(point)
    data = flowlab.bundle(["big", "deep"])
    for host in ("b", "c", HOME, "b"):
        task = islands.run_on(host, partial(read, bundle=data), "big", "deep/small")
        assert task.output.fetch().load()[0] == [2 * MIB, 5]
    assert [path.stat().st_size for path in lying(point)] == [data.size]
    assert islands.between()["copies"] == 2
    islands.session.close()
    assert wait_until(lambda: not lying(point))


def test_each_engine_unpacks_it_once_and_none_has_it_after_the_session(client, place):
    with client.new_session("bundled") as session:
        session.bundle(flowlab.bundle("big"), flowlab.bundle("deep"))
        tasks = [keep(read("big", "deep/small")) for _ in range(60)]
        session.submit()
        rows = values(tasks)
        assert {tuple(found) for _, _, _, found in rows} == {("big", "deep")}
        engines = {pid for _, _, pid, _ in rows}
        assert len({real for _, real, _, _ in rows}) == len(engines)
        assert len(unpacked(client)) == 2 * len(engines)
    assert wait_until(lambda: not unpacked(client))


def test_a_task_that_writes_through_its_bundle_harms_nobody(client, place):
    with client.new_session("harm", on_error="continue") as session:
        data = flowlab.bundle("deep/small")
        harm = "f=$(readlink -f deep/small); chmod 700 $f; echo harmed > $f"
        readers, harmers = [], []
        for _ in range(20):
            harmers.append(Execute(harm, shell=True, bundle=data))
            readers.append(keep(Execute("cat deep/small", stdout=True, bundle=data)))
        session.submit()
        session.settled()
        assert {task.output.fetch().get_bytes() for task in readers} == {b"small"}
        for task in harmers:
            with pytest.raises(TaskError, match="the task changed 'deep/small'"):
                task.wait()


def test_two_versions_of_a_module_run_side_by_side(client, place):
    old, new = client.new_session("old"), client.new_session("new")
    old.bundle(ship(place, 1))
    new.bundle(ship(place, 2))
    with old, new:
        made = []
        for _ in range(30):
            made += [(1, keep(version(session=old))), (2, keep(version(session=new)))]
        old.submit()
        new.submit()
        for wanted, task in made:
            assert task.output.fetch().load()[0] == wanted
        new.bundle(ship(place, 3))
        later = keep(version(session=new))
        new.submit()
        assert later.output.fetch().load()[0] == 3


def test_shell_and_python_programs_have_modules_and_files(client, place):
    with client.new_session("programs") as session:
        session.bundle(ship(place, 4), flowlab.bundle("deep"))
        program = f"{sys.executable} -c 'import fl_story; print(fl_story.deep.VERSION)'; ls"
        task = keep(Execute(program, shell=True, stdout=True))
        session.submit()
        assert task.output.fetch().get_str() == "4\ndeep\n"


def test_what_matches_is_read_by_the_next_task(client, tmp_path):
    with client.new_session("globs") as session:
        parts = Output("parts", path="part-*", glob=True)
        maybe = Output("log", optional=True)
        split = Execute("seq 100 | split -l 10 - part-", shell=True, output_paths=[parts, maybe])
        count = Execute(
            "cat parts/part-* | wc -l; ls",
            shell=True,
            stdout=True,
            input_paths=[
                flowlab.InputDir("parts", dataobj=split.outputs["parts"]),
                Input("log", dataobj=split.outputs["log"]),
            ],
        )
        split.keep_outputs()
        count.keep_outputs()
        session.submit()
        assert count.output.fetch().get_str() == "100\nparts\n"
        split.outputs["parts"].fetch().write(tmp_path / "out")
        assert len(list((tmp_path / "out").iterdir())) == 10
        log = split.outputs["log"].fetch()
        assert (log.missing, log.load(), log.get_bytes()) == (True, None, b"")
        assert split.outputs["parts"].fetch().missing is False


def test_an_engine_that_dies_is_no_matter_to_a_bundle(new_client, place):
    client = new_client(2)
    with client.new_session("dying") as session:
        session.bundle(flowlab.bundle(["big", "deep"]), ship(place, 5))

        @remote(auto_encode="pickle")
        def die_once(ctx, path):
            import os
            import signal

            if not os.path.exists(path):
                with open(path, "w"):
                    os.kill(os.getpid(), signal.SIGKILL)
            import fl_story

            return fl_story.deep.VERSION, sorted(os.listdir())

        task = keep(die_once(str(place / "died")))
        others = [keep(read("big")) for _ in range(10)]
        session.submit()
        assert task.output.fetch().load() == (5, ["big", "deep"])
        assert [lengths for lengths, *_ in values(others)] == [[2 * MIB]] * 10
