"""Frames a second of the front end while much happens: the widget in JupyterLab, the dashboard.

Ten thousand tasks in twenty collapsed groups; 250 a second end, and 1,000 lines a second come.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Page

from tests.browser.chromium import VIEWPORT, launched
from tests.browser.jupyter import Jupyter
from tests.browser.lab import Notebook, write_notebook
from tests.browser.panel import Panel
from tests.browser.traffic import Traffic
from tests.house.tree import ROOT

TASKS, GROUPS, ENDS, LINES = 10_000, 20, 250, 1_000
SECONDS = 8

# Frames that the page draws, and the longest pause between two of them.
_FRAMES = """(seconds) => new Promise((resolve) => {
    const began = performance.now();
    let [frames, last, longest] = [0, began, 0];
    const next = (now) => {
        frames += 1;
        longest = Math.max(longest, now - last);
        last = now;
        if (now - began < seconds * 1000) requestAnimationFrame(next);
        else resolve([frames / ((now - began) / 1000), longest]);
    };
    requestAnimationFrame(next);
})"""
_SHOW = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from tests.browser.crowd import Crowd, show
show(Crowd({TASKS}, {GROUPS}, {LINES // ENDS}), {ENDS}).start()
"""


class Smoothness(NamedTuple):
    """One view, measured.

    first     s until it showed the graph
    rate      frames a second
    longest   ms between two frames
    drawn     frames of the graph a second
    arriving  kB a second
    """

    first: float
    rate: float
    longest: float
    drawn: float
    arriving: float


def measure() -> dict[str, Smoothness]:
    """Both front ends, one after the other."""
    home = Path(tempfile.mkdtemp(prefix="fl-"))
    jupyter = Jupyter(home)
    try:
        jupyter.start()
        with launched(jupyter.environment) as browser:
            return {"widget": _widget(jupyter, browser), "dashboard": _dashboard(jupyter, browser)}
    finally:
        jupyter.stop()
        shutil.rmtree(home, ignore_errors=True)


def report() -> None:
    """Print a table."""
    print(f"\n{TASKS} tasks in {GROUPS} groups, {ENDS} ends and {LINES} lines a second:\n")
    print("| view | first seen s | frames a second | longest ms | drawn a second | kB a second |")
    print("|---|---|---|---|---|---|")
    for name, found in measure().items():
        print(f"| {name} | {' | '.join(f'{value:.1f}' for value in found)} |")


def _widget(jupyter: Jupyter, browser: Browser) -> Smoothness:
    path = write_notebook(jupyter.notebooks / "crowd.ipynb", _SHOW)
    page = browser.new_page(viewport=VIEWPORT)
    traffic = Traffic(page)
    notebook = Notebook(page, jupyter, path, "lab").open()
    began = time.monotonic()
    notebook.start(0)
    panel = Panel(notebook.output(0)).ready()
    first = time.monotonic() - began
    notebook.show(0)
    found = _watch(panel, traffic, first)
    notebook.close()
    return found


def _dashboard(jupyter: Jupyter, browser: Browser) -> Smoothness:
    with _crowd(jupyter) as crowd, browser.new_page(viewport=VIEWPORT) as page:
        traffic = Traffic(page)
        began = time.monotonic()
        _follow(page, jupyter)
        panel = Panel(page.locator("body")).ready()
        first = time.monotonic() - began
        print(file=crowd.stdin, flush=True)
        return _watch(panel, traffic, first)


def _follow(page: Page, jupyter: Jupyter) -> None:
    page.goto(jupyter.url("flowlab"))
    page.locator("tbody tr").get_by_role("link", name="crowd").click()


def _watch(panel: Panel, traffic: Traffic, first: float) -> Smoothness:
    traffic.settle()
    before = panel.counts().frames
    rate, longest = panel.page.evaluate(_FRAMES, SECONDS)
    drawn = (panel.counts().frames - before) / traffic.seconds
    return Smoothness(first, rate, longest, drawn, traffic.bytes / traffic.seconds / 1000)


@contextmanager
def _crowd(jupyter: Jupyter) -> Iterator[subprocess.Popen[str]]:
    """A process that writes the journal."""
    told = ["crowd", f"--tasks={TASKS}", f"--ends={ENDS}", f"--lines={LINES}"]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.browser.crowd", *told],
        cwd=ROOT,
        env=jupyter.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.readline()
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


if __name__ == "__main__":
    report()
