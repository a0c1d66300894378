"""The list is read while somebody looks, and sent when it changed."""

import asyncio

import msgspec
import pytest

from flowlab.dashboard import watch as watches
from flowlab.dashboard.shelf import Shelf
from flowlab.dashboard.watch import Watch
from tests.dashboard.journals import Written, opened, submitted


def play(story):
    return asyncio.run(asyncio.wait_for(story(), 60))


async def take(viewer):
    return msgspec.json.decode(await viewer.take())


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setattr(watches, "PAUSE", 0.05)
    return tmp_path / "journals"


def test_the_list_comes_at_once_and_again_when_it_changed(home):
    async def story():
        watch = Watch(Shelf(lambda: home))
        viewer = watch.join()
        assert (await take(viewer))["journals"] == []
        journal = Written(home).write(opened(name="new"))
        while not (rows := (await take(viewer))["journals"]) or not rows[0]["is_read"]:
            pass
        assert rows[0]["sessions"][0]["name"] == "new"
        journal.write(submitted(4))
        while not (counts := (await take(viewer))["journals"][0]["sessions"][0]["counts"]):
            pass
        assert counts == {"waiting": 4}

    play(story)


def test_nothing_is_sent_while_nothing_changes(home):
    async def story():
        watch = Watch(Shelf(lambda: home))
        viewer = watch.join()
        await take(viewer)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(viewer.take(), 10 * watches.PAUSE)
        assert watch.looks > 2

    play(story)


def test_who_comes_later_is_told_and_the_others_not_again(home):
    async def story():
        watch = Watch(Shelf(lambda: home))
        first = watch.join()
        await take(first)
        second = watch.join()
        assert (await take(second))["type"] == "Listing"
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(first.take(), 4 * watches.PAUSE)

    play(story)


def test_nobody_looking_costs_nothing(home):
    async def story():
        watch = Watch(Shelf(lambda: home))
        viewer = watch.join()
        await take(viewer)
        viewer.ask("hidden")
        watch.wake()
        await asyncio.sleep(4 * watches.PAUSE)
        before = watch.looks
        await asyncio.sleep(6 * watches.PAUSE)
        assert watch.looks == before
        viewer.ask("shown")
        watch.wake()
        await take(viewer)
        watch.leave(viewer)
        await asyncio.wait_for(watch._task, 10)

    play(story)
