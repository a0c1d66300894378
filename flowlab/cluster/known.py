"""What the relay knows of an object that was wanted somewhere. Pure."""

from dataclasses import dataclass, field

from flowlab.model.ids import HostId, ObjectId
from flowlab.model.payload import Distant, Located, Resting, Staged, Stored

POINT = HostId("stage point")  # stands where a host does, for what is on its way there


@dataclass(slots=True)
class Known:
    """Where it is.

    origin      where it was first
    files       in the stores of hosts
    folder      the stage point's, when it is to go by one; empty: in pieces
    staged      at the stage point
    deposits    what was written to stage points for its sake
    unreadable  hosts that could not read it from where its owner keeps it
    digest      of what the first host read there
    faults      times that what lay at the stage point was of no use
    """

    origin: Resting
    files: dict[HostId, Stored] = field(default_factory=dict)
    folder: str = ""
    staged: Staged | None = None
    deposits: set[str] = field(default_factory=set)
    unreadable: set[HostId] = field(default_factory=set)
    digest: str = ""
    faults: int = 0

    def __post_init__(self) -> None:
        if isinstance(self.origin, Stored):
            self.files[self.origin.host] = self.origin
        elif isinstance(self.origin, Staged):
            self.staged = self.origin

    @property
    def outlasts(self) -> bool:
        """Whether more is known than where its maker left it."""
        return bool(self.deposits) or not isinstance(self.origin, Stored)

    def source_for(self, host: HostId) -> Distant | None:
        """From where a host may read it by itself."""
        if self.staged is not None:
            return self.staged
        origin = self.origin
        if isinstance(origin, Located) and origin.host in ("", host):
            return origin if host not in self.unreadable else None
        return None


class Deposits:
    """Which objects use what lies at stage points: the same content lies there once."""

    def __init__(self) -> None:
        self._uses: dict[str, set[ObjectId]] = {}

    def add(self, url: str, object_id: ObjectId) -> None:
        """An object uses it."""
        self._uses.setdefault(url, set()).add(object_id)

    def discard(self, url: str, object_id: ObjectId) -> None:
        """An object does not use it any longer."""
        self._uses[url].discard(object_id)
        if not self._uses[url]:
            del self._uses[url]

    def is_used(self, url: str) -> bool:
        """Whether any object uses it."""
        return url in self._uses
