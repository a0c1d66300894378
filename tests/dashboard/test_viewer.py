"""One browser is sent one message after another, and nothing is kept for it meanwhile."""

import asyncio

from flowlab.dashboard.viewer import Viewer, tell_fault


def play(story):
    return asyncio.run(asyncio.wait_for(story(), 20))


def test_messages_are_taken_one_by_one():
    async def story():
        viewer = Viewer()
        assert viewer.is_ready
        taking = asyncio.create_task(viewer.take())
        await asyncio.sleep(0)
        assert not taking.done()
        viewer.send(b"frame")
        assert not viewer.is_ready
        assert await taking == b"frame"
        assert not viewer.is_ready  # it is on its way
        taking = asyncio.create_task(viewer.take())
        await asyncio.sleep(0)
        assert viewer.is_ready
        taking.cancel()

    play(story)


def test_of_notes_the_newest_is_sent_and_before_a_frame():
    async def story():
        viewer = Viewer()
        assert viewer.is_new
        viewer.tell(b"one")
        viewer.tell(b"two")
        viewer.send(b"frame")
        assert not viewer.is_new
        assert [await viewer.take(), await viewer.take()] == [b"two", b"frame"]

    play(story)


def test_hello_asks_for_a_snapshot_and_drops_the_frame_before_it():
    viewer = Viewer()
    viewer.send(b"old")
    viewer.ask("hello")
    assert viewer.is_ready
    viewer.send(b"made before it asked")
    assert viewer.is_ready
    assert viewer.take_wish()
    assert not viewer.take_wish()
    viewer.send(b"snapshot")
    assert not viewer.is_ready


def test_who_is_hidden_is_sent_no_frame_and_starts_anew():
    viewer = Viewer()
    viewer.ask("hidden")
    viewer.send(b"frame")
    assert not viewer.shown
    assert not viewer.is_ready
    viewer.ask("shown")
    assert viewer.is_ready
    assert viewer.is_new
    assert viewer.take_wish()


def test_to_be_shown_twice_costs_nothing():
    viewer = Viewer()
    viewer.send(b"frame")
    viewer.ask("shown")
    assert not viewer.take_wish()
    assert not viewer.is_ready  # the frame is still to be sent


def test_a_task_that_fails_is_told_and_one_that_is_cancelled_is_not():
    async def story():
        told = []
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, about: told.append(str(about["exception"])))

        async def fail():
            raise ValueError("no")

        for task in (loop.create_task(fail()), loop.create_task(asyncio.sleep(60))):
            task.add_done_callback(tell_fault)
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        await asyncio.sleep(0)
        assert told == ["no"]

    play(story)
