"""The outputs that `%submit` left in a front end, kept up to date until their graph is done.

Only the newest one is alive; the others become pictures. When the graph is done, the live one
holds the picture too, for whoever opens the saved notebook without widgets.
"""

import threading
from collections.abc import Callable
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from IPython.display import DisplayHandle, display

from flowlab.notebook.config import FlowLab
from flowlab.notebook.flusher import Flusher
from flowlab.notebook.watch import Picture, Watch
from flowlab.notebook.widget import GraphWidget, hears_at_once


class Outputs:
    """All outputs of one notebook; one thread brings them up to date and feeds the live one."""

    def __init__(self, config: FlowLab, shell: InteractiveShell) -> None:
        self._config = config
        self._shell = shell
        self._lock = threading.Lock()  # of what is displayed, and in which order
        self._watch: Watch | None = None
        self._widget: GraphWidget | None = None
        self._live: DisplayHandle | None = None  # the output that shows the widget
        self._unfinished: list[DisplayHandle] = []  # outputs whose picture is not the last one
        self._last_picture: Picture | None = None  # of the live one, when its graph was done
        self._flusher = Flusher(self._turn)

    @property
    def widget(self) -> GraphWidget | None:
        """What is alive, if anything is."""
        return self._widget

    def show(self, watch: Watch, *, alive: bool) -> None:
        """Show the graph in the running cell's output, as a live view or as a picture."""
        with self._lock:
            self._begin(watch)
            if alive:
                self._show_widget(watch)
            else:
                self._unfinished.append(_display(watch.picture(), {}))
        self._wake()

    def news(self, watch: Watch) -> None:
        """Entries came; called on the link's thread."""
        if watch is not self._watch:
            return  # none of it is displayed, or not any longer
        widget = self._widget
        if watch.is_done or (widget is not None and widget.is_seen):
            self._wake()

    def cell_over(self) -> None:
        """A cell ended: what it printed may have cost the view its last frames."""
        widget = self._widget
        if widget is not None and widget.is_seen:
            widget.remind()
            self._wake()

    def close(self) -> None:
        """Leave pictures, and end the thread."""
        self._flusher.close()  # first, so that news which come meanwhile wake nobody
        with self._lock:
            self._freeze_all()
        self._flusher = Flusher(self._turn)

    def _wake(self) -> None:
        self._flusher.wake()

    def _begin(self, watch: Watch) -> None:
        """Another session's outputs stay as they are."""
        if self._watch is not watch:
            self._freeze_all()
            self._watch = watch

    def _show_widget(self, watch: Watch) -> None:
        if self._live is not None:
            _update(self._live, self._last_picture or watch.picture(), {})
        self._last_picture = None
        if self._widget is None:
            at_once = hears_at_once(self._shell)
            self._widget = GraphWidget(watch, self._wake, at_once=at_once)
        self._live = _display(*self._widget._repr_mimebundle_())
        self._unfinished.append(self._live)

    def _turn(self) -> float | None:
        widget = self._widget
        try:
            return widget.turn() if widget is not None else None
        finally:  # a view that cannot be sent must not cost the picture
            self._finish()

    def _finish(self) -> None:
        """Give each output its last picture once the graph is done."""
        with self._lock:
            if self._watch is None or not self._unfinished:
                return
            picture = self._watch.last_picture()
            if picture is None:
                return
            for handle in self._unfinished:
                if handle is self._live and self._widget is not None and not self._config.freeze:
                    data, metadata = self._widget._repr_mimebundle_()
                    _update(handle, {**data, **picture}, metadata)
                else:
                    _update(handle, picture, {})
            self._unfinished, self._last_picture = [], picture

    def _freeze_all(self) -> None:
        if self._watch is not None:
            picture = self._watch.picture()
            stale = [*self._unfinished, self._live]
            for handle in dict.fromkeys(each for each in stale if each is not None):
                _update(handle, picture, {})
        if self._widget is not None:
            self._widget.close()
        self._watch, self._widget, self._live = None, None, None
        self._unfinished, self._last_picture = [], None


def _display(data: dict[str, Any], metadata: dict[str, Any]) -> DisplayHandle:
    show: Callable[..., DisplayHandle] = display
    return show(data, metadata=metadata, raw=True, display_id=True)


def _update(handle: DisplayHandle, data: dict[str, Any], metadata: dict[str, Any]) -> None:
    handle.update(data, metadata=metadata, raw=True)
