"""The live view in a real kernel, driven as a front end drives it: cells, comms and a subshell."""

import base64
import json
import re
import subprocess
import sys
import time
from datetime import datetime

import ipykernel
import nbformat
import pytest
from ipykernel.comm.comm import BaseComm
from jupyter_client.manager import start_new_kernel
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from tests.stories.test_kernel import FrontEnd, kinds

pytestmark = [pytest.mark.engines, pytest.mark.timeout(120)]

VIEW = "application/vnd.jupyter.widget-view+json"
SECONDS = 3  # that a cell runs while the browser speaks


class Page(FrontEnd):
    """A front end that shows widgets: it has a subshell, as JupyterLab does, and the models."""

    def __init__(self, manager, client):
        super().__init__(manager, client)
        self.subshell = None

    def open_subshell(self):
        """Ask for a subshell, on which comm messages run while a cell does."""
        message = self.client.session.msg("create_subshell_request")
        self.client.control_channel.send(message)
        reply = self.client.control_channel.get_msg(timeout=20)
        self.subshell = reply["content"]["subshell_id"]

    def say(self, model, kind, viewer="page"):
        """A view's message."""
        data = {"method": "custom", "content": {"type": kind, "viewer": viewer}}
        message = self.client.session.msg("comm_msg", {"comm_id": model, "data": data})
        message["header"]["subshell_id"] = self.subshell
        self.client.shell_channel.send(message)

    def model(self):
        """The newest widget's model that was opened and not closed."""
        opened = [
            m["content"]["comm_id"]
            for m in self.heard
            if m["msg_type"] == "comm_open" and "_esm" in m["content"]["data"]["state"]
        ]
        return opened[-1]

    def frames(self, model, since=0):
        """What a model was sent: frames with the time when they came."""
        found = []
        for message in self.heard[since:]:
            content = message["content"]
            if message["msg_type"] != "comm_msg" or content["comm_id"] != model:
                continue
            if content["data"].get("content", {}).get("type") == "frame":
                sent = datetime.fromisoformat(str(message["header"]["date"])).timestamp()
                found.append((sent, json.loads(bytes(message["buffers"][0]))))
        return found

    def await_frame(self, model, enough=lambda frame: True, since=None):
        """Wait for a frame."""
        begin = len(self.heard) if since is None else since

        def comes(_):
            return any(enough(frame) for _, frame in self.frames(model, begin))

        if not comes(None):
            self.listen(comes, 20)
        return next(frame for _, frame in self.frames(model, begin) if enough(frame))

    def rest(self, seconds):
        """Hear what comes within some seconds."""
        end = time.monotonic() + seconds
        begin = len(self.heard)
        while time.monotonic() < end:
            if self.client.iopub_channel.msg_ready():
                self.heard.append(self.client.get_iopub_msg(timeout=1))
            else:
                time.sleep(0.01)
        return self.heard[begin:]


@pytest.fixture(scope="module")
def page():
    manager, client = start_new_kernel()
    page = Page(manager, client)
    page.run("%load_ext flowlab\n%config FlowLab.engines = 2")
    page.open_subshell()
    yield page
    page.run("%unload_ext flowlab")
    client.stop_channels()
    manager.shutdown_kernel()


def is_snapshot(frame):
    return frame["type"] == "Snapshot"


def ends(frame):
    """How many tasks a delta says have finished."""
    events = [entry["event"] for entry in frame.get("entries", ())]
    return sum(len(event.get("finished", ())) for event in events if event["type"] == "Reported")


def submit(page, cell):
    """Declare a cell, submit it, and give what `%submit` displayed."""
    page.run(cell)
    (shown,) = kinds(page.run("%submit"), "display_data")
    return shown


def await_update(page, shown, text):
    """Wait until an output was brought up to date."""

    def updated(message):
        content = message["content"]
        return (
            message["msg_type"] == "update_display_data"
            and content["transient"] == shown["transient"]
            and text in content["data"]["text/plain"]
        )

    for message in page.heard:
        if updated(message):
            return message["content"]
    return page.listen(updated)["content"]


def test_submit_shows_the_live_view_and_its_output_ends_with_view_and_picture(page):
    shown = submit(page, "%%task first\n1")
    assert {VIEW, "image/svg+xml", "text/plain"} == set(shown["data"])
    assert shown["data"][VIEW]["model_id"] == page.model()
    final = await_update(page, shown, "1/1 task finished")
    assert {VIEW, "image/svg+xml", "text/plain"} == set(final["data"])
    assert page.frames(page.model()) == []  # nobody looked


def test_a_view_that_is_shown_gets_all_and_then_deltas_in_order_ten_a_second_at_most(page):
    begin = len(page.heard)
    page.say(page.model(), "shown")
    page.await_frame(page.model(), is_snapshot, begin)
    cell = "%%task many\nimport time\nfor n in range(30):\n    print(n)\n    time.sleep(0.05)"
    submit(page, cell)
    page.await_frame(page.model(), ends, begin)
    frames = page.frames(page.model(), begin)
    numbers = [frame["frame"] for _, frame in frames]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    times = [at for at, _ in frames]
    assert len(times) > 5
    assert len(times) <= (times[-1] - times[0]) * 10 + 2
    page.say(page.model(), "hidden")


def test_nothing_is_sent_to_a_hidden_view(page):
    page.say(page.model(), "shown")
    page.await_frame(page.model(), is_snapshot)
    page.say(page.model(), "hidden")
    page.rest(0.5)
    begin = len(page.heard)
    shown = submit(page, "%%task unseen\n1")
    await_update(page, shown, "finished")
    page.rest(0.3)
    assert page.frames(page.model(), begin) == []


def test_a_hello_is_answered_while_a_cell_runs(page):
    cell = page.send(f"import time; time.sleep({SECONDS})")
    begin, asked = len(page.heard), time.monotonic()
    page.say(page.model(), "hello")
    page.await_frame(page.model(), is_snapshot, begin)
    assert time.monotonic() - asked < SECONDS - 1
    page.listen(lambda m: _ends(m, cell))
    page.say(page.model(), "hidden")


def test_a_new_view_is_heard_and_stops_the_tasks_while_its_first_cell_waits_for_them(page):
    page.run("%flowlab close\n%config FlowLab.engines = 1")
    page.run("%%task endless\nimport time\nwhile True: time.sleep(0.1)")
    begin = len(page.heard)
    cell = page.send("%submit --wait")
    page.listen(lambda m: m["msg_type"] == "display_data")
    page.say(page.model(), "shown")
    page.await_frame(page.model(), is_snapshot, begin)
    page.say(page.model(), "stop")
    page.listen(lambda m: _ends(m, cell), 20)
    (error,) = kinds(page.run("%fetch endless"), "error")
    assert "cancelled" in error["evalue"]
    page.say(page.model(), "hidden")


def test_a_reload_finds_the_graph_in_the_models_state(page):
    data = {"method": "request_states"}
    open_control = page.client.session.msg(
        "comm_open",
        {"comm_id": "c0", "target_name": "jupyter.widget.control", "data": {}},
    )
    open_control["metadata"] = {"version": "1.0.0"}
    page.client.shell_channel.send(open_control)
    ask = page.client.session.msg("comm_msg", {"comm_id": "c0", "data": data})
    page.client.shell_channel.send(ask)
    answer = page.listen(lambda m: m["msg_type"] == "comm_msg" and m["content"]["comm_id"] == "c0")
    content = answer["content"]["data"]
    place = content["buffer_paths"].index([page.model(), "state", "_snap"])
    snapshot = json.loads(bytes(answer["buffers"][place]))
    assert "endless" in snapshot["tasks"]["names"]


def test_closing_leaves_pictures_no_view_and_no_thread(page):
    shown = submit(page, "%%task last\nimport time\ntime.sleep(30)")
    model = page.model()
    sent = page.run("%flowlab close")
    closed = [m for m in sent if m["msg_type"] == "comm_close"]
    assert [m["content"]["comm_id"] for m in closed] == [model]
    *_, left = [  # the news before it may still be on its way
        each for each in kinds(sent, "update_display_data")
        if each["transient"] == shown["transient"]
    ]  # fmt: skip
    assert set(left["data"]) == {"image/svg+xml", "text/plain"}
    (names,) = kinds(page.run("import threading; {t.name for t in threading.enumerate()}"),
                     "execute_result")  # fmt: skip
    assert "flowlab" not in names["data"]["text/plain"]


def test_a_notebook_that_is_executed_holds_the_picture_and_no_widget():
    sources = ["%load_ext flowlab\n%config FlowLab.inline = True", "%%task a\n1", "%submit"]
    notebook = new_notebook(cells=[new_code_cell(source) for source in sources])
    NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    outputs = [each for cell in notebook.cells for each in cell.outputs]
    assert [each.output_type for each in outputs if "error" in each.output_type] == []
    (picture,) = [each.data for each in outputs if each.output_type == "display_data"]
    assert set(picture) == {"image/svg+xml", "text/plain"}
    assert picture["text/plain"] == "1/1 task finished"
    assert "widgets" not in notebook.metadata


def test_a_notebook_that_nbconvert_executes_shows_the_picture_as_a_page(tmp_path):
    sources = ["%load_ext flowlab\n%config FlowLab.inline = True", "%%task a\n1", "%submit"]
    path = tmp_path / "small.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell(source) for source in sources]), path)
    done = subprocess.run(
        [sys.executable, "-m", "nbconvert", "--execute", "--to", "html", path],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    page = path.with_suffix(".html").read_text(encoding="utf-8")
    (picture,) = re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', page)
    assert "1/1 task finished" in base64.b64decode(picture).decode()
    assert "widget-view" not in page


def test_whether_the_browser_is_heard_while_a_cell_runs_is_known(page):
    source = "from flowlab.notebook.widget import hears_at_once\nhears_at_once(get_ipython())"
    (told,) = kinds(page.run(source), "execute_result")
    assert told["data"]["text/plain"] == str(ipykernel.version_info[0] >= 7)


def test_the_name_by_which_ipykernel_routes_is_as_we_know_it():
    """notebook/widget.py: GraphWidget._route_by_header; absent, nothing is to be mended."""
    route = getattr(BaseComm, "_reply_subshell_for", None)
    assert route is None or route.__code__.co_varnames[:3] == ("self", "data", "default")


def _ends(message, cell):
    mine = message["parent_header"].get("msg_id") == cell
    return mine and message["content"].get("execution_state") == "idle"
