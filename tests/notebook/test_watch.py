"""A session that is followed: its picture, its end, and what is told of it."""

import threading

import pytest
from msgspec.structs import replace

from flowlab import Client, tasks
from flowlab.events.messages import Entry
from flowlab.notebook.watch import Watch
from tests.events.builders import submitted


@pytest.fixture
def session():
    with Client(inline=True) as client, client.new_session("watched", on_error="continue") as made:
        yield made


@pytest.fixture
def watching(session):
    made = []

    def make(news=lambda _: None, notice=lambda _: None):
        made.append(Watch(session, notice, news))
        return made[-1]

    yield make
    for each in made:
        each.close()


def declared(command="true"):
    return [tasks.Execute(command, shell=True).task_id]


def test_a_graph_is_done_when_all_that_was_submitted_has_ended(session, watching):
    watch = watching()
    assert watch.is_done
    watch.expect(declared())
    assert not watch.is_done  # though the stream has told of no task
    session.submit()
    assert watch.await_done(10)
    assert watch.picture()["text/plain"].startswith("1/1 task finished")
    assert "<svg" in watch.picture()["image/svg+xml"]


def test_what_was_submitted_in_another_way_does_not_stand_for_what_is_awaited(session, watching):
    watch, finished = watching(), threading.Event()
    watching(lambda other: other.view.tasks and other.is_done and finished.set())
    declared()
    session.submit()
    assert finished.wait(10)
    watch.expect(declared("sleep 30"))
    assert not watch.is_done
    assert not watch.await_told(0.05)
    session.submit()
    assert watch.await_told(10)
    assert not watch.is_done


def test_what_was_told_before_it_was_awaited_is_not_awaited(session, watching):
    watch, early = watching(), declared()
    session.submit()
    session.wait_all()
    watch.expect(early)
    assert watch.await_done(10)
    watch.expect(early)
    assert watch.is_done


def test_what_was_submitted_is_told_before_it_is_done(session, watching):
    watch = watching()
    watch.expect(declared("sleep 30"))
    session.submit()
    assert watch.await_told(10)
    assert not watch.is_done
    watch.expect(declared())
    assert not watch.await_told(0.05)


def test_waiting_for_the_end_takes_no_longer_than_asked(watching):
    watch = watching()
    watch.expect(declared())
    assert not watch.await_done(0.05)


def test_news_are_told_on_the_links_thread_without_a_lock(session, watching):
    heard = []

    def news(watch):
        heard.append(
            (threading.current_thread(), watch.view.seq)
        )  # a lock held would be waited for

    watch = watching(news)
    watch.expect(declared())
    session.submit()
    assert watch.await_done(10)
    assert heard
    assert threading.main_thread() not in {thread for thread, _ in heard}


def test_two_watches_never_have_one_epoch(watching):
    assert watching().epoch != watching().epoch
    assert 0 <= watching().epoch < 2**53


def test_a_watch_that_was_closed_sees_no_more(session, watching):
    watch, other = watching(), watching()
    watch.close()
    other.expect(declared())
    session.submit()
    assert other.await_done(10)
    assert not watch.view.tasks


class Batch(list):
    """Entries; each time they are gone through, somebody looks from another thread."""

    def __init__(self, entries, look):
        super().__init__(entries)
        self.look = look
        self.looking = []

    def __iter__(self):
        looking = threading.Thread(target=self.look)
        self.looking.append(looking)
        looking.start()
        looking.join(0.05)
        return super().__iter__()


def test_it_is_not_done_while_a_batch_is_half_taken(watching):
    """A last picture that was taken then would be of the graph before, and would stay."""
    seen = []
    watch = watching()
    watch.expect(declared())
    (task,) = watch._awaited
    told = submitted(10_000).event
    told = replace(told, tasks=(replace(told.tasks[0], id=task),))
    looks = Batch([Entry(10_000, 1.0, None, told)], lambda: seen.append(watch.is_done))
    watch._take(looks)
    assert watch.await_told(10)
    for each in looks.looking:
        each.join(10)
    assert len(seen) >= 3
    assert not any(seen)


def test_the_last_picture_is_there_when_it_is_done(session, watching):
    watch = watching()
    watch.expect(declared())
    assert watch.last_picture() is None
    session.submit()
    assert watch.await_done(10)
    assert watch.last_picture() == watch.picture()
