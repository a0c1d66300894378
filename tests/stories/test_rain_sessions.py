"""The examples of Rain's user guide, 34 to 37, 41 and 42: resources, info, waiting, sessions."""

import time

import pytest

from flowlab import blob, get_active_session, remote, tasks
from flowlab.errors import SessionError, TaskError, UsageError
from tests.stories.conftest import on_four

pytestmark = pytest.mark.engines


def times(task):
    """When it began and when it ended."""
    task.update()
    return task.info.began, task.info.ended


def apart(one, two):
    """Whether two spans do not overlap."""
    return one[1] <= two[0] or two[1] <= one[0]


@on_four
def test_34_cpus_are_reserved(sized):
    # Reserve 4 CPUs for a Python task
    @remote(cpus=4)
    def myfunction(ctx):
        time.sleep(0.2)
        return b""

    with sized.new_session() as session:
        # Reserve 4 CPUs for execution of a program
        t1 = tasks.Execute("sleep 0.2", cpus=4)
        t2 = myfunction()
        t3 = tasks.Sleep(blob("x"), 0.2, cpus=4)
        singles = [tasks.Execute("sleep 0.2") for _ in range(4)]
        session.submit()
        session.wait_all()
        spans = [times(each) for each in (t1, t2, t3)]
        assert apart(spans[0], spans[1])
        assert apart(spans[0], spans[2])
        assert apart(spans[1], spans[2])
        assert all(apart(span, times(each)) for span in spans for each in singles)
        assert [each.spec.resources["cpus"] for each in (t1, t2, t3)] == [4, 4, 4]


@on_four
def test_34_two_tasks_of_two_cpus_run_side_by_side_on_four(sized):
    with sized.new_session() as session:
        pair = [tasks.Sleep(blob("x"), 1.0, cpus=2) for _ in range(2)]
        session.submit()
        session.wait_all()
        assert not apart(*map(times, pair))


def test_34_more_cpus_than_there_are_is_refused(sized):
    with sized.new_session(), pytest.raises(UsageError, match="needs 64 cpus, and the"):
        tasks.Execute("a-parallel-program", cpus=64)


def test_35_info_of_a_task(sized):
    with sized.new_session() as s:
        task = tasks.Execute("sleep 0.1")
        s.submit()
        s.wait_all()
        assert task.info is None  # attributes are never updated by themselves
        # Download recent attributes
        task.update()
        # Number of the engine where the task was executed
        engines = [each["engine"] for each in sized.describe()["engines"]]
        assert task.info.governor in engines
        assert 0.1 <= task.info.duration < 60
        assert not task.info.error
        assert task.info.start_time.startswith("20")


def test_36_attributes_are_read_and_written(sized):
    @remote()
    def attr_demo(ctx):
        # read user defined attributes
        foo = ctx.spec.user["foo"]
        # setup new "user_info" attribute
        ctx.info.user["bar"] = [1, 2, foo]
        # Write some debug log
        ctx.debug("Running at governor {}", ctx.info.governor)
        return b"Result"

    with sized.new_session() as session:
        task = attr_demo()
        task.spec.user["foo"] = 42
        session.submit()
        session.wait_all()
        task.update()
        assert task.info.user["bar"] == [1, 2, 42]
        assert task.info.debug == f"Running at governor {task.info.governor}"


def test_37_waiting_for_tasks_and_objects(sized):
    with sized.new_session() as session:
        a = blob("Hello world")
        t1 = tasks.Sleep(a, 0.1)
        t2 = tasks.Sleep(a, 0.4)
        with pytest.raises(UsageError, match="is not submitted"):
            t1.wait()
        session.submit()
        assert (t1.state, t2.state) == ("notAssigned", "notAssigned")
        t1.wait()  # This blocks until t1 is finished, independently of t2
        assert (t1.state, t2.state) == ("finished", "notAssigned")  # as the last wait saw them
        t2.output.wait()  # Waits until a data object is finished; it need not be kept
        session.wait([t1, t2.output])
        session.update([t1, t2, t2.output])
        assert (t1.state, t2.state) == ("finished", "finished")
        with pytest.raises(TypeError, match="Neither Task or DataObject"):
            session.wait(["t1"])


@on_four
def test_37_a_wait_does_not_wait_for_others(sized):
    with sized.new_session() as session:
        a = blob("Hello world")
        quick, slow = tasks.Sleep(a, 0.1), tasks.Sleep(a, 3600)
        session.submit()
        quick.wait()
        session.update([quick, slow])
        assert quick.state == "finished"
        assert slow.state in {"assigned", "running"}


def test_41_nested_sessions(sized):
    with pytest.raises(UsageError, match="No active session"):
        get_active_session()
    with sized.new_session() as a:
        assert get_active_session() is a
        with sized.new_session() as b:
            assert get_active_session() is b
            task = tasks.Concat([blob("in b")])
            assert task.owner is b
        # 'b' is closed and 'a' is active again
        assert get_active_session() is a
        with sized.new_session() as c:
            c.close()  # a closed session is removed from the stack
            assert get_active_session() is a
        assert (a.active, b.active) == (True, False)
    # 'a' is closed and no session is active
    assert not a.active
    with pytest.raises(UsageError, match="No active session"):
        get_active_session()
    with pytest.raises(SessionError, match="Session is closed"):
        b.submit()


def test_41_a_session_that_is_only_bound(sized):
    session = sized.new_session()
    with session.bind_only():
        assert get_active_session() is session
        t = tasks.Concat([blob("bound")])
        t.output.keep()
    with pytest.raises(UsageError, match="No active session"):
        get_active_session()
    session.submit()
    assert t.output.fetch().get_bytes() == b"bound"
    session.close()
    session.close()
    with pytest.raises(SessionError, match="Session is closed"), session:
        pass


def test_42_three_submits(sized):
    with sized.new_session() as session:
        a = blob("Hello world")
        t1 = tasks.Sleep(a, 0.2)
        t1.output.keep()
        session.submit()  # First submit
        t2 = tasks.Sleep(t1.output, 0.2)
        session.submit()  # Second submit
        session.wait_all()  # Wait until everything is finished
        t3 = tasks.Sleep(t1.output, 0.2)
        t3.output.keep()
        session.submit()  # Third submit
        session.wait_all()  # Wait again until everything is finished
        assert t3.output.fetch().get_bytes() == b"Hello world"
        with pytest.raises(UsageError, match="submitted earlier and is not kept"):
            tasks.Sleep(t2.output, 0.2)
        again = tasks.Concat([a, t3])  # a constant may be read again, kept or not
        again.output.keep()
        session.submit()
        assert again.output.fetch().get_bytes() == b"Hello worldHello world"


def test_a_failed_session_says_so_at_every_access_and_others_go_on(sized):
    with sized.new_session() as other, sized.new_session() as session:
        fine = tasks.Concat([blob("fine")])
        fine.output.keep()
        session.submit()
        fine.wait()
        tasks.Execute("no-such-program")
        session.submit()
        for access in (session.wait_all, fine.wait, fine.update, fine.output.fetch, session.submit):
            with pytest.raises(TaskError, match="Program 'no-such-program' not found"):
                session.wait_all()
            with pytest.raises(TaskError, match="Program 'no-such-program' not found"):
                access()
        session.close()
        with other.bind_only():
            t = tasks.Concat([blob("unharmed")])
            t.output.keep()
        other.submit()
        assert t.output.fetch().get_bytes() == b"unharmed"


@pytest.mark.parametrize("seconds", [0, 0.01, 0.05])  # also while its program is being started
def test_a_closed_session_ends_its_programs_and_the_next_one_starts_at_once(sized, seconds):
    for _ in range(3):
        with sized.new_session() as session:
            for _ in range(4):
                tasks.Execute("sleep 3600")
            slow = tasks.Sleep(blob("x"), 3600)
            session.submit()
            time.sleep(seconds)
            began = time.monotonic()
        assert time.monotonic() - began < 1
        with sized.new_session() as following:
            t = tasks.Concat([blob("next")])
            t.output.keep()
            following.submit()
            assert t.output.fetch().get_bytes() == b"next"
        with pytest.raises(SessionError, match="closed"):
            slow.wait()
