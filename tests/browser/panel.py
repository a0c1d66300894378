"""The panel as a user meets it, in a notebook's output or on the dashboard's page: by its parts."""

import re
from typing import NamedTuple

from playwright.sync_api import Locator, Page, expect

from tests.browser.pixels import Pixels, pixels

SECONDS = 30.0
FINISHED = re.compile(r"(\d+)/(\d+) finished")


class Counts(NamedTuple):
    """What the graph says of its work."""

    nodes: int  # boxes that are laid out
    drawn: int  # those of them that were in sight
    layouts: int
    frames: int


class Panel:
    """One panel, somewhere below an element."""

    def __init__(self, root: Locator) -> None:
        self.root = root
        self.page: Page = root.page
        self.panel = root.locator(".fl").first
        self.graph = self.panel.locator("[data-layouts]")
        self.canvas = self.panel.locator("canvas").first
        self.outline = self.part("outline")
        self.inspector = self.part("inspector")
        self.search = self.part("search")
        self.lines = self.part("lines")
        self.stop = self.panel.get_by_role("button", name="Stop")

    def part(self, name: str) -> Locator:
        """A part by the name that it has in the page."""
        return self.panel.locator(f'[data-part="{name}"]')

    def ready(self) -> "Panel":
        """Wait until the graph is drawn and has boxes."""
        drawn = self.panel.locator("[data-nodes]:not([data-nodes='0'])")
        drawn.wait_for(state="attached", timeout=SECONDS * 1000)
        return self

    def expect_finished(self, tasks: int | None = None, seconds: float = SECONDS) -> None:
        """Wait until all tasks are finished, and so many when that is said."""
        wanted = rf"\b({tasks})/\1 finished" if tasks is not None else r"\b([1-9]\d*)/\1 finished"
        expect(self.panel.locator(".counts")).to_contain_text(
            re.compile(wanted), timeout=seconds * 1000
        )

    def finished(self) -> tuple[int, int]:
        """How many tasks are finished, and how many there are."""
        found = FINISHED.search(self.panel.locator(".counts").inner_text())
        assert found is not None
        return int(found[1]), int(found[2])

    def open_tab(self, name: str) -> None:
        """`Graph` or `Outline`."""
        self.panel.get_by_role("tab", name=name).click()

    def row(self, name: str) -> Locator:
        """The outline's row of this task or group (whose name ends with a slash)."""
        label = self.page.locator(".label").get_by_text(name, exact=True)
        return self.outline.get_by_role("row").filter(has=label)

    def pick(self, name: str) -> None:
        """Click a row of the outline; the inspector shows it then."""
        self.open_tab("Outline")
        self.row(name).locator(".label").click()
        expect(self.row(name)).to_have_attribute("aria-selected", "true")

    def find(self, text: str) -> None:
        """Type into the search field, and go to the first that is found."""
        self.search.fill(text)
        self.search.press("Enter")

    def click_graph(self) -> None:
        """Click the box that the graph says its cursor would be on."""
        self.open_tab("Graph")
        at = self.graph.get_attribute("data-at") or ""
        x, y = map(float, at.split(","))
        self.canvas.click(position={"x": x, "y": y})

    def labels(self) -> list[str]:
        """The names in the outline's rows, as far as they are drawn."""
        return self.outline.locator(".label").all_inner_texts()

    def counts(self) -> Counts:
        """What the graph did so far."""
        told = self.graph.evaluate("(host) => ({...host.dataset})")
        return Counts(*(int(told[name]) for name in Counts._fields))

    def pixels(self) -> Pixels:
        """What is painted on the canvas."""
        return pixels(self.canvas)
