"""A file that is written piece after piece, as an object comes from another host.

The one rule: what is not complete is never an object. The draft has no object's name until all of
it is there; one whose process died is removed by whoever begins the next.
"""

from pathlib import Path

from flowlab.errors import StoreError
from flowlab.staging.area import Area


class Draft:
    """Room for `size` bytes in one area of a store."""

    def __init__(self, area: Area, path: Path, number: int, size: int) -> None:
        self.area = area
        self.path = path
        self.size = size
        self._number = number  # descriptor; -1 when closed
        self._written = 0

    @property
    def complete(self) -> bool:
        """Whether all bytes are there."""
        return self._written == self.size

    def add(self, piece: bytes | memoryview) -> bool:
        """Write the next bytes; False when the device is full. StoreError: they are too many."""
        if self._written + len(piece) > self.size:
            raise StoreError(f"{self._written + len(piece)} bytes came instead of {self.size}")
        if not self.area.add(self._number, [piece], self._written, self.size):
            return False
        self._written += len(piece)
        return True

    def finish(self) -> Path:
        """Nothing is written to it any longer; where it lies until it is an object."""
        if not self.complete:
            raise StoreError(f"{self._written} bytes came instead of {self.size}")
        number, self._number = self._number, -1
        self.area.finish(number)
        return self.path

    def abandon(self) -> None:
        """Remove it; one that is finished is left."""
        if self._number >= 0:
            number, self._number = self._number, -1
            self.area.abandon(self.path, number, self.size)
