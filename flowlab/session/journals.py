"""A place for each client's journal, below the user's directory of journals; the oldest go.

The one rule: never that of a client that lives.
"""

import shutil
import time
from pathlib import Path

from flowlab.errors import StoreError
from flowlab.events.home import journals_home
from flowlab.events.journal import read_journal
from flowlab.events.owner import Life, life_of
from flowlab.staging.store import private_directory

MOST = 50  # journals that are kept; the oldest are removed
FRESH = 24 * 3600.0  # s; a younger one of another machine may be in use there


def journal_directory(client: str) -> Path:
    """A place for a new client's journal, private to the user; the oldest ones make room."""
    home = _journals()
    _make_room(home)
    return private_directory(home, f"{time.strftime('%Y%m%d-%H%M%S')}-{client}")


def _journals() -> Path:
    home = journals_home()
    root = home.parent
    root.parent.mkdir(parents=True, exist_ok=True)
    return private_directory(private_directory(root.parent, root.name), home.name)


def _make_room(home: Path) -> None:
    """Remove the journals that were written to longest ago."""
    found = sorted((path for path in home.iterdir() if path.is_dir()), key=_last_use)
    surplus = len(found) - MOST + 1
    if surplus <= 0:
        return
    for path in [path for path in found if not _may_live(path)][:surplus]:
        shutil.rmtree(path, ignore_errors=True)  # another client may be making room too


def _may_live(path: Path) -> bool:
    """Whether a client writes there, or may: a new one's has no header yet."""
    try:
        life = life_of(read_journal(path, most=1, traces=False).meta)
    except StoreError:
        life = Life.FOREIGN  # no header, or one that we may not read
    return life is Life.LIVE or (life is Life.FOREIGN and time.time() - _last_use(path) < FRESH)


def _last_use(path: Path) -> float:
    try:
        return max(each.stat().st_mtime for each in (path, *path.iterdir()))
    except FileNotFoundError:
        return 0.0
