"""The browser's end of a widget, for tests: keeps what was sent, and says what a browser says."""

import json
import threading
import time

from comm.base_comm import BaseComm


class Browser(BaseComm):
    """A comm that is no kernel's; `messages` are pairs of content and buffers."""

    def __init__(self):
        self.messages = []
        self._came = threading.Condition()
        super().__init__(target_name="jupyter.widget")

    def publish_msg(self, msg_type, data=None, metadata=None, buffers=None, **keys):
        if msg_type == "comm_open":
            return
        with self._came:
            self.messages.append((msg_type, data, buffers or [], time.monotonic()))
            self._came.notify_all()

    def say(self, kind, viewer="one", **more):
        """A message of a view."""
        self.hear({"type": kind, "viewer": viewer, **more})

    def hear(self, content):
        """Any message at all."""
        data = {"method": "custom", "content": content}
        self.handle_msg({"content": {"data": data}, "buffers": []})

    def of(self, kind):
        """What was sent of one kind: contents, with the frame where there is one."""
        found = []
        for _, data, buffers, _ in list(self.messages):
            content = (data or {}).get("content", {})
            if content.get("type") == kind:
                found.append(json.loads(bytes(buffers[0])) if buffers else content)
        return found

    @property
    def frames(self):
        return self.of("frame")

    def times(self, kind):
        return [at for _, d, _, at in list(self.messages) if self._kind(d) == kind]

    def saved(self):
        """How often the state was sent that is saved with the notebook."""
        paths = [(data or {}).get("buffer_paths") for _, data, _, _ in self.messages]
        return paths.count([["_snap"]])

    def wait(self, enough, seconds=10):
        """Wait until `enough()`."""
        with self._came:
            assert self._came.wait_for(enough, seconds), self.messages[-3:]

    @staticmethod
    def _kind(data):
        return (data or {}).get("content", {}).get("type")
