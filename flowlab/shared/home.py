"""Where the servers of a client are: on which interface they listen, and how they are reached."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import msgspec

from flowlab.shared.proxy import Where
from flowlab.staging.host import host_id

HERE = "127.0.0.1"
_ALL = "0.0.0.0"  # noqa: S104 - only where the user has said so


class Reaper(Protocol):
    """Ends processes that outlive this one."""

    def add(self, pids: Sequence[int]) -> None: ...
    def remove(self, pids: Sequence[int]) -> None: ...


class Home(msgspec.Struct, frozen=True):
    """What a manager needs of its client.

    path    private directory of the run
    listen  where engines of other hosts may come, as `tcp://ADDRESS:PORT`; empty: nowhere
    """

    run: str
    path: Path
    reaper: Reaper
    listen: str = ""

    @property
    def interface(self) -> str:
        """The address to listen on."""
        name = self._named
        return _ALL if name in {"*", _ALL} else name or HERE

    def where(self, manager: str, port: int) -> Where:
        """Where a server of this name and port is."""
        interface, name = self.interface, self._named
        near = HERE if interface == _ALL else interface
        far = os.uname().nodename if interface == _ALL else name
        return Where(self.run, manager, host_id(), (near, port), (far, port) if far else None)

    @property
    def _named(self) -> str:
        return self.listen.removeprefix("tcp://").rpartition(":")[0].strip("[]")
