"""A session that is followed: its picture, its end, and what is told of it."""

import threading

import pytest

from flowlab import Client, tasks
from flowlab.notebook.watch import Watch


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
