"""The magics in a real kernel, driven as a front end drives it, on real engines."""

import time
from queue import Empty

import pytest
from jupyter_client.manager import start_new_kernel

pytestmark = [pytest.mark.engines, pytest.mark.timeout(120)]


class FrontEnd:
    """Sends cells with ids, as JupyterLab does, and collects what comes back."""

    def __init__(self, manager, client):
        self.manager = manager
        self.client = client
        self.heard = []

    def send(self, code):
        """Run a cell; its number for `until_idle`."""
        content = {
            "code": code,
            "silent": False,
            "store_history": True,
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": False,  # else what is sent next may be aborted with it
        }
        message = self.client.session.msg("execute_request", content)
        message["metadata"] = {"cellId": f"cell-{len(self.heard)}"}
        self.client.shell_channel.send(message)
        return message["header"]["msg_id"]

    def listen(self, enough, seconds=60):
        """Collect messages until `enough(message)` says so."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                message = self.client.get_iopub_msg(timeout=0.2)
            except Empty:
                continue
            self.heard.append(message)
            if enough(message):
                return message
        raise AssertionError(f"not heard within {seconds} s; last: {self.heard[-3:]}")

    def run(self, code):
        """Run a cell to its end; what it sent meanwhile."""
        number = self.send(code)
        begin = len(self.heard)

        def idle(message):
            mine = message["parent_header"].get("msg_id") == number
            content = message["content"]
            return mine and content.get("execution_state") == "idle"

        self.listen(idle)
        return self.heard[begin:]

    def interrupt_after(self, seconds, code):
        """Run a cell, interrupt it, and give its error and how long it took to stop."""
        number = self.send(code)
        time.sleep(seconds)  # the user's own pause before ■; nothing is waited for by it
        pressed = time.monotonic()
        self.manager.interrupt_kernel()
        error = self.listen(
            lambda m: m["msg_type"] == "error" and m["parent_header"].get("msg_id") == number
        )
        return error["content"]["ename"], time.monotonic() - pressed


@pytest.fixture(scope="module")
def front_end():
    manager, client = start_new_kernel()
    front_end = FrontEnd(manager, client)
    front_end.run("%load_ext flowlab\n%config FlowLab.engines = 2")
    yield front_end
    front_end.run("%unload_ext flowlab")
    client.stop_channels()
    manager.shutdown_kernel()


def kinds(messages, kind):
    return [message["content"] for message in messages if message["msg_type"] == kind]


def test_submit_returns_at_once_and_its_picture_is_brought_up_to_date(front_end):
    front_end.run("%%task nap\nimport time\ntime.sleep(1.5)\n7")
    front_end.heard.clear()
    began = time.monotonic()
    sent = front_end.run("%submit")
    assert time.monotonic() - began < 1.4
    (first,) = kinds(sent, "display_data")
    assert "<svg" in first["data"]["image/svg+xml"]
    updates = kinds(front_end.heard, "update_display_data")
    if not updates:
        updates = [front_end.listen(lambda m: m["msg_type"] == "update_display_data")["content"]]
    assert updates[0]["transient"]["display_id"] == first["transient"]["display_id"]
    assert updates[0]["data"]["text/plain"].startswith("1/1 task finished")


def test_fetch_gives_the_value(front_end):
    sent = front_end.run("%fetch nap")
    (result,) = kinds(sent, "execute_result")
    assert result["data"]["text/plain"] == "7"


def test_interrupting_a_fetch_only_stops_the_waiting(front_end):
    front_end.run("%%task slow\nimport time\ntime.sleep(4)\n'done'")
    front_end.run("%submit")
    name, seconds = front_end.interrupt_after(0.5, "%fetch slow")
    assert name == "KeyboardInterrupt"
    assert seconds < 1
    (result,) = kinds(front_end.run("%fetch slow"), "execute_result")
    assert result["data"]["text/plain"] == "'done'"


def test_interrupting_a_wait_stops_the_tasks(front_end):
    front_end.run("%%task endless\nimport time\nwhile True: time.sleep(0.1)")
    front_end.run("%submit")
    name, seconds = front_end.interrupt_after(1.0, "%wait endless")
    assert name == "KeyboardInterrupt"
    assert seconds < 1
    (error,) = kinds(front_end.run("%wait endless"), "error")
    assert "cancelled" in error["evalue"]


def test_a_failure_is_shown_with_the_cells_own_line_and_no_frame_of_ours(front_end):
    front_end.run("%%task broken\nhere = 1\nhere / 0")
    front_end.run("%submit")
    (error,) = kinds(front_end.run("%fetch broken"), "error")
    shown = "\n".join(error["traceback"])
    assert error["ename"] == "TaskError"
    assert "here / 0" in shown
    assert "line 3" in shown
    assert "flowlab/worker" not in shown
    assert "flowlab/session" not in shown
