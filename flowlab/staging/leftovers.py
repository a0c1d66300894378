"""What dead sessions left at a stage point: found by leases that nobody renews, and removed.

Ages are told by the clock of the stage point itself, so no host's clock matters.
"""

import secrets
from dataclasses import dataclass

import msgspec

from flowlab.errors import StageError
from flowlab.events.owner import Life, life_of
from flowlab.staging.depot import depot_of
from flowlab.staging.faults import attempt
from flowlab.staging.leases import LEASE, RENEW, Lease
from flowlab.staging.point import FOLDER, check_point, join, remove_folder, remove_staged

DAY = 86_400.0  # s
FRESH = 5 * RENEW  # s: whose lease is younger than that is taken for living, whatever is asked


@dataclass(frozen=True)
class StageFolder:
    """A folder of ours at a stage point.

    owner  for people: who made it, and where
    size   bytes
    age    s since anything in it was written
    lives  whether it is known to be in use
    """

    folder: str
    owner: str
    size: int
    age: float
    lives: bool


def survey(point: str) -> list[StageFolder]:
    """All folders of ours at a stage point; those that may not be read count as living."""
    point = check_point(point)
    names = attempt("list", point, lambda: depot_of(point).folders(point))
    ours = [join(point, name) for name in names if name.startswith(FOLDER)]
    if not ours:
        return []
    now = _clock(point)
    return [found for folder in ours if (found := _look(folder, now)) is not None]


def leftovers(point: str, older_than: float = DAY) -> list[StageFolder]:
    """What dead sessions left there, and nobody wrote to for so many seconds."""
    return [found for found in survey(point) if is_left(found, older_than)]


def collect(point: str, older_than: float = DAY) -> list[StageFolder]:
    """Remove the leftovers; gives what was removed."""
    found = leftovers(point, older_than)
    for one in found:
        remove_folder(one.folder)
    return found


def is_left(found: StageFolder, older_than: float) -> bool:
    """Whether nobody can need it any longer."""
    return not found.lives and found.age >= max(older_than, FRESH)


def _look(folder: str, now: float) -> StageFolder | None:
    """What is known of a folder; None when there is nothing in it any longer."""
    try:
        files = attempt("list", folder, lambda: list(depot_of(folder).files(folder)))
        lease = _lease(folder)
    except StageError:
        return StageFolder(folder, "somebody else: it may not be read", 0, 0.0, lives=True)
    if not files:
        return None
    newest = max(changed for _, changed in files)
    size = sum(size for size, _ in files)
    lives = lease is not None and life_of(lease.owner()) is Life.LIVE
    owner = f"{lease.user} on {lease.host}" if lease else "nobody knows"
    return StageFolder(folder, owner, size, max(0.0, now - newest), lives)


def _lease(folder: str) -> Lease | None:
    """The lease; None when there is none, or no process can have written it so."""
    depot, url = depot_of(folder), join(folder, LEASE)
    size = attempt("read", url, lambda: depot.size(url))
    if size is None:
        return None
    text = attempt("read", url, lambda: depot.read(url, 0, size))
    try:
        return msgspec.json.decode(text, type=Lease)
    except msgspec.DecodeError:
        return None


def _clock(point: str) -> float:
    """What time it is at a stage point."""
    depot, probe = depot_of(point), join(point, f".{FOLDER}clock-{secrets.token_hex(8)}")
    attempt("write", probe, lambda: depot.write(probe, [memoryview(b"now")], 3))
    try:
        return attempt("read", probe, lambda: depot.changed(probe))
    finally:
        remove_staged([probe])
