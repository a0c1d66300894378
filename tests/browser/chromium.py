"""The browser: the Chromium that the Makefile found or got, started the same way everywhere."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

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


def chromium() -> str:
    """Where it is."""
    own = os.environ.get("CHROMIUM")
    found = next(filter(None, map(shutil.which, [*([own] if own else []), *NAMES])), None)
    assert found is not None, "there is no Chromium: `make browser` gets one"
    return found


@contextmanager
def launched(environment: dict[str, str]) -> Iterator[Browser]:
    """A browser until the end of the block."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=FLAGS, env=dict(environment)
        )
        yield browser
        browser.close()
