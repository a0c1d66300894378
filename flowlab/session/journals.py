"""A place for each client's journal, below the user's directory of journals; the oldest go."""

import shutil
import time
from pathlib import Path

from flowlab.events.home import journals_home
from flowlab.staging.store import private_directory

MOST = 50  # journals that are kept; the oldest are removed


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
    """Remove the journals that were written to longest ago; those of living clients are younger."""
    found = sorted((path for path in home.iterdir() if path.is_dir()), key=_last_use)
    for path in found[: max(0, len(found) - MOST + 1)]:
        shutil.rmtree(path, ignore_errors=True)  # another client may be making room too


def _last_use(path: Path) -> float:
    try:
        return max(each.stat().st_mtime for each in (path, *path.iterdir()))
    except FileNotFoundError:
        return 0.0
