"""Tasks that run where they are told to, as many at once as their limits allow."""

# mirrors: where= and limit= on real engines that are told that they are on different hosts

import platform

import pytest

from flowlab import TaskError, UsageError, remote
from flowlab.tasks import Execute

pytestmark = pytest.mark.engines


@remote(auto_encode="pickle")
def host(ctx):
    """Where it runs."""
    import os

    return os.environ.get("FLOWLAB_HOST", "")


@remote(auto_encode="pickle", limit="few")
def count_in(ctx, place, host=""):
    """How many ran at once, while it ran itself, of those that stand in the same place."""
    import os
    import time
    from pathlib import Path

    mine = Path(place, f"{os.environ.get('FLOWLAB_HOST', '')}-{os.getpid()}-{time.monotonic_ns()}")
    mine.touch()
    time.sleep(0.02)
    most = len(list(Path(place).glob(f"{host}*")))
    mine.unlink()
    return most


@pytest.fixture
def islands(islands_of):
    """Engines at home, on b and on c, all free."""
    made = islands_of(on_error="continue")
    for name in ("", "b", "c"):
        made.free(name)
    return made


def fetched(session, tasks):
    for task in tasks:
        task.keep_outputs()
    session.submit()
    return [task.output.fetch().load() for task in tasks]


def test_tasks_run_where_they_are_told_to(islands):
    session, home = islands.session, platform.node()
    hosts = islands.client.hosts()
    assert hosts.keys() == {home, "b", "c"}
    (b,), (c,) = hosts["b"], hosts["c"]
    with session.bind_only():
        told = [host(where="b"), host(where=c), host(where=["c", b]), host(where=home)]
        program = Execute(["sh", "-c", "echo $FLOWLAB_HOST"], stdout=True, where="c")
        many = [host(where="b") for _ in range(100)]
        found = fetched(session, [*told, *many])
        assert (found[:2], found[3], set(found[4:])) == (["b", "c"], "", {"b"})
        assert found[2] in {"b", "c"}
        assert host(where="any").spec.resources == {"cpus": 1}
    program.wait()


def test_a_host_that_nobody_knows_is_refused_by_name(islands):
    with islands.session.bind_only():
        with pytest.raises(UsageError, match=r"may run on d only.*known are .*b \(engine \d+\)"):
            host(where="d")
        with pytest.raises(UsageError, match="where= takes the number of an engine"):
            host(where=1.5)
    assert islands.session.task_count == 0


def test_an_engine_that_is_gone_for_good_fails_what_was_bound_to_it(islands_of):
    islands = islands_of(("b",), on_error="continue", limits={"silent": 2.0})
    with islands.session.bind_only():
        bound = host(where="b")
        islands.engine("b").kill()
        islands.session.submit()
        with pytest.raises(TaskError, match="may run on b only"):
            bound.wait()


def test_no_more_run_at_once_than_a_limit_allows(islands, tmp_path):
    session = islands.session
    session.limit("few", 1)
    with session.bind_only():
        assert set(fetched(session, [count_in(str(tmp_path)) for _ in range(30)])) == {1}
        session.limit("few", 1, per_host=True)
        at = [name for name in ("b", "c") for _ in range(10)]
        found = fetched(session, [count_in(str(tmp_path), name, where=name) for name in at])
        assert set(found) == {1}
        with pytest.raises(UsageError, match=r"limit='many', which this session does not know"):
            count_in(str(tmp_path), limit="many")
        for count in (0, True, "2"):
            with pytest.raises(UsageError, match="whole number, at least 1"):
                session.limit("few", count)
