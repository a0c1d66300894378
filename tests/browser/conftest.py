"""One server and one browser for all tests of the front end, and a page for each notebook."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.browser.jupyter import Jupyter
from tests.browser.lab import Notebook, write_notebook

# What a user's own machine has and these tests do not need: a sandbox below root, a graphics card,
# downloads in the background.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
NAMES = ("chromium", "chromium-browser", "google-chrome")
VIEWPORT = {"width": 1280, "height": 900}

Opener = Callable[..., Notebook]


def chromium() -> str:
    """The browser that the Makefile found or got."""
    own = os.environ.get("CHROMIUM")
    found = next(filter(None, map(shutil.which, [*([own] if own else []), *NAMES])), None)
    assert found is not None, "there is no Chromium: `make browser` gets one"
    return found


@pytest.fixture(scope="package")
def jupyter() -> Iterator[Jupyter]:
    home = Path(tempfile.mkdtemp(prefix="fl-"))  # short: sockets lie below it
    server = Jupyter(home)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="package")
def browser(jupyter: Jupyter) -> Iterator[Browser]:
    """Of the package: Playwright's loop must be gone when other tests start theirs."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=chromium(), args=FLAGS, env=jupyter.environment
        )
        yield launched
        launched.close()


@pytest.fixture(scope="package")
def new_context(browser: Browser) -> Callable[..., BrowserContext]:
    """A browser window that knows nobody: no cookies, no token."""

    def make(**options: object) -> BrowserContext:
        return browser.new_context(**{"viewport": VIEWPORT, **options})

    return make


@pytest.fixture(scope="module")
def open_notebook(jupyter: Jupyter, new_context, request) -> Iterator[Opener]:
    """Open a new notebook of these cells; at the module's end no page has complained of us."""
    opened: list[Notebook] = []

    def make(*sources: str, application: str = "lab", source: Path | None = None) -> Notebook:
        stem = f"{request.module.__name__.rpartition('.')[2]}-{len(opened)}"
        path = jupyter.notebooks / f"{stem}.ipynb"
        if source is None:
            write_notebook(path, *sources)
        else:
            shutil.copy(source, path)
        notebook = Notebook(new_context().new_page(), jupyter, path, application)
        opened.append(notebook)
        return notebook.open()

    yield make
    for notebook in opened:
        notebook.close()
