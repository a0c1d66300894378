"""The dashboard in a browser: sessions of notebooks and scripts, alive, busy, and killed."""

import os
import re
import shutil
import signal
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from flowlab.events.messages import SessionFailed, Submitted, TaskCondemned
from flowlab.model.ids import SessionId, TaskId, join_id
from flowlab.model.specs import Failure, TaskSpec
from tests.browser.axe import violations
from tests.browser.lab import Complaints
from tests.browser.panel import Panel
from tests.browser.pixels import screenshot
from tests.browser.test_hostile import ACTS
from tests.dashboard.journals import Written, opened, said
from tests.dashboard.server import SCRIPT, order
from tests.view.hostile import HOSTILE

pytestmark = [pytest.mark.engines, pytest.mark.timeout(240)]

LOAD = "%load_ext flowlab\n%config FlowLab.engines = 2"
STEPS = """from flowlab import remote, Client
client = Client(n=2)
session = client.new_session("{name}")
@remote(auto_encode="pickle")
def step(ctx, number):
    import time
    print("step", number)
    time.sleep(0.2)
    return number
with session.bind_only():
    made = [step(number, name=f"steps/{{number}}") for number in range({count})]
session.submit()"""
# An element that neither the page nor the panel makes came from a text.
STRANGE = """(root) => [...(root ?? document).querySelectorAll('img, iframe, object, b, i, form')]
    .map((one) => one.outerHTML)"""
BUSY = "import time; time.sleep(60)"


class Dashboard:
    """The page, as a user meets it."""

    def __init__(self, page, jupyter):
        self.page = page
        self.jupyter = jupyter
        self.complaints = Complaints(page)
        self.header = page.locator("header")

    def open(self):
        self.page.goto(self.jupyter.url("flowlab"))
        return self

    def row(self, name):
        """The row of the session of this name."""
        return self.page.locator("tbody tr").filter(has=self.page.get_by_role("link", name=name))

    def follow(self, name):
        """Open a session; its panel."""
        self.row(name).get_by_role("link").click()
        return Panel(self.page.locator("body")).ready()

    def back(self):
        self.page.get_by_role("link", name="All sessions").click()
        return self


@pytest.fixture
def dashboard(jupyter, new_context):
    opened = Dashboard(new_context().new_page(), jupyter).open()
    yield opened
    assert opened.complaints.all == []  # the whole page is ours
    opened.page.context.close()


@pytest.fixture
def script(jupyter, request):
    """A plain script, which nobody started from a notebook."""
    started = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, request.node.name],
        env=jupyter.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    order(started, 12)
    yield started
    started.kill()
    started.communicate()


def test_a_script_is_seen_alive_and_after_its_end(dashboard, script, request):
    name = request.node.name
    expect(dashboard.row(name)).to_contain_text("12/12 tasks finished")
    expect(dashboard.row(name)).to_contain_text("live")
    panel = dashboard.follow(name)
    panel.expect_finished(12)
    expect(dashboard.header).to_contain_text("live")
    order(script, 3)
    panel.expect_finished(15)
    panel.open_tab("Outline")
    expect(panel.outline).to_contain_text("say")
    expect(panel.lines).to_contain_text("said 2")
    script.kill()
    expect(dashboard.header).to_contain_text("over: the client ended")
    panel.expect_finished(15)
    dashboard.back()
    expect(dashboard.row(name)).to_contain_text("ended without closing it")
    dashboard.row(name).get_by_role("button").click()
    dashboard.row(name).get_by_role("button", name="Really").click()
    expect(dashboard.row(name)).to_have_count(0)


def test_a_busy_kernel_is_followed_and_seen_after_it_was_killed(dashboard, open_notebook):
    notebook = open_notebook(LOAD, STEPS.format(name="busy", count=40), BUSY)
    notebook.run(0)
    pid = int(notebook.execute("import os; os.getpid()")[0]["data"]["text/plain"])
    notebook.run(1)
    notebook.start(2)
    notebook.until_running(2)
    panel = dashboard.follow("busy")
    before, total = panel.finished()
    assert total == 40
    expect(panel.panel.locator(".counts")).not_to_contain_text(
        f"{before}/40 ",
        timeout=60_000,  # engines may be starting
    )
    panel.pick("steps/")
    panel.expect_finished(40, 60)
    assert notebook.is_running(2)
    expect(panel.lines).to_contain_text("step 39")
    screenshot(dashboard.page, "dashboard-session")
    os.kill(pid, signal.SIGKILL)
    expect(dashboard.header).to_contain_text("over: the client ended", timeout=20_000)
    panel.expect_finished(40)
    dashboard.page.reload()
    Panel(dashboard.page.locator("body")).ready().expect_finished(40)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_keeps_anybody_from_using_it(dashboard, script, request, scheme):
    dashboard.page.emulate_media(color_scheme=scheme)
    expect(dashboard.row(request.node.name)).to_contain_text("12/12")
    assert violations(dashboard.page, "html") == []
    screenshot(dashboard.page, f"dashboard-list-{scheme}")
    panel = dashboard.follow(request.node.name)
    panel.expect_finished(12)
    panel.open_tab("Outline")
    assert violations(dashboard.page, "html") == []
    screenshot(dashboard.page, f"dashboard-panel-{scheme}")


@pytest.fixture
def hostile(jupyter):
    """A journal of sessions, tasks, output and errors with texts that would act or hide."""
    journal = Written(jupyter.data / "journals", "20260101-hostile")
    for number, text in enumerate(HOSTILE.values(), 1):
        session, task = SessionId(number), TaskId(join_id(SessionId(number), 10))
        failure = Failure(text[:100_000], traceback=text[:100_000])
        journal.write(
            opened(session, text),
            Submitted(session, (), (TaskSpec(task, "python", f"g/{text}"),)),
            said(text[:100_000], session=session),
            TaskCondemned(task, failure),
            SessionFailed(session, task, failure),
            session=session,
        )
    yield journal
    journal.close()
    shutil.rmtree(journal.path)


def test_hostile_texts_are_text(dashboard, hostile):
    page = dashboard.page
    links = page.locator("tbody a[href*=hostile]")
    expect(links).to_have_count(len(HOSTILE))
    assert page.evaluate(STRANGE) == []
    assert not ACTS.search(page.locator("main").inner_text())
    addresses = [link.get_attribute("href") for link in links.all()]
    for address in addresses:
        page.evaluate("(address) => { location.hash = address; }", address)
        panel = Panel(page.locator("body")).ready()
        panel.open_tab("Outline")
        panel.outline.locator(".label").last.click()
        expect(panel.inspector).to_contain_text("failed")
        assert panel.panel.evaluate(STRANGE) == []
        assert not ACTS.search(page.locator("header").inner_text())
        assert not ACTS.search(panel.panel.inner_text())
        assert not ACTS.search(page.title())


def test_without_a_token_the_login_page_comes(jupyter, new_context):
    page = new_context().new_page()
    page.goto(jupyter.url("flowlab", token=False))
    expect(page).to_have_url(re.compile(r"/login\?next="))
    page.get_by_role("textbox").first.fill(jupyter.token)
    page.get_by_role("button", name=re.compile("log in", re.IGNORECASE)).first.click()
    expect(page.get_by_role("heading", name="Sessions")).to_be_visible()
    page.context.close()


def test_the_token_does_not_stay_in_the_address(dashboard):
    expect(dashboard.page.get_by_role("heading", name="Sessions")).to_be_visible()
    assert dashboard.jupyter.token not in dashboard.page.url
