"""flowlab as it can be set: frames being made, without a journal, pages made beforehand."""

from typing import Any

from tests.benchmarks.shapes import Shape
from tests.benchmarks.systems.contract import Wait
from tests.benchmarks.systems.flowlab import Flowlab


class FlowlabWatched(Flowlab):
    """As with an open live view: entries are folded, frames are made ten times a second."""

    def declare(self, shape: Shape) -> Any:
        session, last = super().declare(shape)
        self._view = _View(session)
        return session, last

    def submit(self, declared: Any) -> Wait:
        self._view.expect(declared[0].declared)
        return super().submit(declared)

    def forget(self, declared: Any) -> None:
        self._view.close()
        super().forget(declared)


class _View:
    """What the widget does, up to the frame as bytes, which nobody is sent."""

    def __init__(self, session: Any) -> None:
        from flowlab.notebook.flusher import Flusher
        from flowlab.notebook.watch import Watch

        self._flusher = Flusher(self._turn)
        self._watch = Watch(session, lambda _: None, lambda _: self._flusher.wake())
        self._feed = self._watch.open_feed()
        self.frames = 0

    def expect(self, tasks: Any) -> None:
        """These are about to be submitted."""
        self._watch.expect(task.task_id for task in tasks)

    def _turn(self) -> None:
        from flowlab.view.feed import encode_frame

        with self._watch.held():
            frame = self._feed.next_frame()
        if frame is not None:
            self.frames += len(encode_frame(frame)) > 0

    def close(self) -> None:
        """End the thread; there must have been something to see."""
        self._watch.close()
        self._flusher.close()
        if not self.frames:
            raise RuntimeError("no frame was made")


class FlowlabUnlogged(Flowlab):
    """Its process is started with `unlogged/` on PYTHONPATH, which lets journals write nothing."""

    def stop(self) -> None:
        import os
        from pathlib import Path

        super().stop()
        written = list(Path(os.environ["FLOWLAB_DATA"]).rglob("*.jsonl"))
        if any(path.stat().st_size > 10_000 for path in written):
            raise RuntimeError("the journal was written after all")


class FlowlabPrefaulted(Flowlab):
    """With half a gibibyte of shared memory whose pages are there before anybody needs them."""

    def start(self) -> int:
        self.options = {"prefault": 512 << 20}
        return super().start()
