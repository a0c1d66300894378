"""One server and one browser for all tests of the front end, and a page for each notebook."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.chromium import VIEWPORT, launched
from tests.browser.jupyter import Jupyter
from tests.browser.lab import Notebook, write_notebook

Opener = Callable[..., Notebook]


@pytest.fixture(scope="package")
def jupyter() -> Iterator[Jupyter]:
    home = Path(tempfile.mkdtemp(prefix="fl-"))  # short: sockets lie below it
    server = Jupyter(home)
    try:
        server.start()
        yield server
    finally:
        try:
            server.stop()
        finally:
            shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="package")
def browser(jupyter: Jupyter) -> Iterator[Browser]:
    """Of the package: Playwright's loop must be gone when other tests start theirs."""
    with launched(jupyter.environment) as browser:
        yield browser


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

    def make(
        *sources: str,
        application: str = "lab",
        source: Path | None = None,
        watch: Callable[[Page], object] = lambda _: None,
    ) -> Notebook:
        stem = f"{request.module.__name__.rpartition('.')[2]}-{len(opened)}"
        path = jupyter.notebooks / f"{stem}.ipynb"
        if source is None:
            write_notebook(path, *sources)
        else:
            shutil.copy(source, path)
        page = new_context().new_page()
        watch(page)
        notebook = Notebook(page, jupyter, path, application)
        opened.append(notebook)
        return notebook.open()

    yield make
    for notebook in opened:
        notebook.close()
