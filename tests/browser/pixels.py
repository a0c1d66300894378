"""What is really painted: the pixels of a canvas, and screenshots to be looked at."""

from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Locator, Page

SCREENSHOTS = Path(__file__).resolve().parents[2] / "build" / "screenshots"

# Elements that are there may still be black or empty: so the pixels are counted by colour.
_COUNT = """(canvas) => {
    const {width, height} = canvas;
    const data = canvas.getContext('2d').getImageData(0, 0, width, height).data;
    const count = new Map();
    for (let i = 0; i < data.length; i += 4) {
        const key = data[i + 3] === 0 ? 'none' : '#' + [data[i], data[i + 1], data[i + 2]]
            .map((part) => part.toString(16).padStart(2, '0')).join('');
        count.set(key, (count.get(key) ?? 0) + 1);
    }
    return {width, height, colours: Object.fromEntries(count)};
}"""


class Pixels(NamedTuple):
    """A canvas, counted."""

    width: int
    height: int
    colours: dict[str, int]  # "#rrggbb", or "none" where nothing was painted

    @property
    def background(self) -> str:
        """The commonest colour."""
        return max(self.colours, key=lambda colour: self.colours[colour])

    @property
    def painted(self) -> float:
        """The share of pixels that are not background."""
        return 1 - self.colours[self.background] / (self.width * self.height)


def pixels(canvas: Locator) -> Pixels:
    """Count a canvas's pixels."""
    return Pixels(**canvas.evaluate(_COUNT))


def screenshot(shown: Locator | Page, name: str) -> Path:
    """Keep a picture of it under build/screenshots."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    path = SCREENSHOTS / f"{name}.png"
    shown.screenshot(path=path)
    return path
