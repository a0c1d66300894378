"""A session that is followed: its picture, its end, and what is told of it."""

import threading

import pytest

from flowlab import Client, tasks
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


def test_a_graph_is_done_when_all_that_was_submitted_has_ended(session, watching):
    watch = watching()
    assert watch.is_done
    watch.expect(1)
    assert not watch.is_done  # though the stream has told of no task
    tasks.Execute("true", shell=True)
    session.submit()
    assert watch.await_done(10)
    assert watch.picture()["text/plain"].startswith("1/1 task finished")
    assert "<svg" in watch.picture()["image/svg+xml"]


def test_what_was_submitted_is_told_before_it_is_done(session, watching):
    watch = watching()
    tasks.Execute("sleep 30", shell=True)
    session.submit()
    watch.expect(1)
    assert watch.await_told(10)
    assert not watch.is_done
    watch.expect(1)
    assert not watch.await_told(0.05)


def test_waiting_for_the_end_takes_no_longer_than_asked(watching):
    watch = watching()
    watch.expect(1)
    assert not watch.await_done(0.05)


def test_news_are_told_on_the_links_thread_without_a_lock(session, watching):
    heard = []

    def news(watch):
        heard.append(
            (threading.current_thread(), watch.view.seq)
        )  # a lock held would be waited for

    watch = watching(news)
    watch.expect(1)
    tasks.Execute("true", shell=True)
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
    other.expect(1)
    tasks.Execute("true", shell=True)
    session.submit()
    assert other.await_done(10)
    assert not watch.view.tasks


class Batch(list):
    """Entries; each time they are gone through, somebody looks from another thread."""

    def __init__(self, entries, look):
        super().__init__(entries)
        self.look = look

    def __iter__(self):
        looking = threading.Thread(target=self.look)
        looking.start()
        looking.join(0.05)
        return super().__iter__()


def test_it_is_not_done_while_a_batch_is_half_taken(watching):
    """A last picture that was taken then would be of the graph before, and would stay."""
    seen = []
    watch = watching()
    watch.expect(3)
    looks = Batch([submitted(10_000, 3)], lambda: seen.append(watch.is_done))
    watch._take(looks)
    assert watch.await_told(10)
    assert len(seen) >= 3
    assert not any(seen)


def test_the_last_picture_is_there_when_it_is_done(session, watching):
    watch = watching()
    watch.expect(1)
    assert watch.last_picture() is None
    tasks.Execute("true", shell=True)
    session.submit()
    assert watch.await_done(10)
    assert watch.last_picture() == watch.picture()
