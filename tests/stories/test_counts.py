"""How many messages a graph costs: counted, never timed."""

from collections import defaultdict
from pathlib import Path

import pytest

from flowlab import remote
from flowlab.events.messages import Reported, Submitted, TasksAssigned, TasksReady, Unkept
from tests.stories.watching import Watcher, engine_pids, scheduler_pid

TASKS = 10_000
A_SECOND = 20  # streamed reports of one engine
NAP = 0.004  # s

pytestmark = pytest.mark.engines


def declare_noops(number):
    """Independent tasks that do nothing."""

    @remote(outputs=0)
    def noop(ctx):
        return None

    return [noop() for _ in range(number)]


def test_ten_thousand_tasks_travel_in_few_batches_and_reports(session):
    watcher = Watcher(session)
    tasks = declare_noops(TASKS)
    session.submit()
    session.wait_all()
    watcher.wait_for(lambda me: len(me.finished()) == TASKS)
    batches, reports = watcher.of(TasksAssigned), watcher.of(Reported)
    assert len(batches) + len(reports) < 100, (len(batches), len(reports))
    given = [task for batch in batches for task in batch.tasks]
    assert sorted(set(given)) == sorted(task.task_id for task in tasks)


def test_a_submit_is_a_few_large_frames(session):
    watcher = Watcher(session)
    declare_noops(TASKS)
    session.submit()
    session.wait_all()
    assert len(watcher.of(Submitted)) <= 10
    assert len(watcher.of(TasksReady)) <= 10


def test_what_tasks_say_about_themselves_costs_no_message_of_its_own(session):
    @remote
    def speak(ctx, number):
        ctx.debug("number {}", number)
        ctx.info.user["number"] = number
        made = ctx.blob(b"x")
        made.info.user["number"] = number
        return made

    watcher = Watcher(session)
    count = 2_000
    spoken = [speak(number) for number in range(count)]
    for task in spoken[::2]:
        task.output.keep()
    session.submit()
    session.wait_all()
    watcher.wait_for(lambda me: len(me.finished()) == count)
    session.update([each for task in spoken for each in (task, task.output)])
    assert [task.info.user["number"] for task in spoken] == list(range(count))
    assert [task.output.info.user["number"] for task in spoken] == list(range(count))
    assert spoken[7].info.debug == "number 7"
    assert len(watcher.of(TasksAssigned)) + len(watcher.of(Reported)) < count / 10
    before = len(watcher.of(Unkept))
    session.unkeep([task.output for task in spoken[::2]])
    assert len(watcher.wait_for_event(Unkept)) == before + 1


def test_an_engine_streams_at_most_twenty_reports_a_second(session):
    """Beside the one that ends a batch, after which the engine is to have another one."""

    @remote(outputs=0)
    def nap(ctx):
        import time

        time.sleep(NAP)

    watcher = Watcher(session)
    count = 1_000  # 2 s on two engines
    for _ in range(count):
        nap()
    session.submit()
    session.wait_all()
    watcher.wait_for(lambda me: len(me.finished()) == count)
    streamed = find_streamed(watcher.entries)
    assert len(streamed) == 2
    for moments in streamed.values():
        most = max(sum(begin <= each < begin + 1 for each in moments) for begin in moments)
        assert most <= A_SECOND + 1, most  # a second that is open at one end counts one more
    reports = watcher.of(Reported)
    worked = sum(row[3] - row[2] for report in reports for row in report.finished)
    assert len(reports) < count / 5 * max(1.0, worked / (count * NAP))  # naps may oversleep


def find_streamed(entries):
    """Times of the reports of each engine that ended no batch."""
    streamed, open_tasks = defaultdict(list), {}
    for entry in entries:
        event = entry.event
        if isinstance(event, TasksAssigned):
            batch = set(event.tasks)
            open_tasks.update(dict.fromkeys(batch, batch))
        elif isinstance(event, Reported):
            batches = []
            for task, *_ in (*event.finished, *event.returned):
                batch = open_tasks.pop(task)
                batch.discard(task)
                batches.append(batch)
            if all(batches):
                streamed[event.engine].append(entry.at)
    return streamed


def test_no_table_of_open_files_has_to_grow_while_tasks_run(client):
    """Each time it grows, a process with threads waits some 10 ms."""
    client.start()
    for pid in (scheduler_pid(client), *engine_pids(client)):
        status = Path(f"/proc/{pid}/status").read_text()
        (places,) = [line.split()[1] for line in status.splitlines() if line.startswith("FDSize")]
        assert int(places) >= 512
