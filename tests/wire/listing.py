"""Writes `js/src/listing.ts` from the rows of the dashboard: `python -m tests.wire.listing`."""

from pathlib import Path

from flowlab.dashboard.rows import JournalRow, Listing, SessionRow, Standing
from tests.wire import typescript

FILE = Path(__file__).parents[2] / "js" / "src" / "listing.ts"

HEAD = """\
/**
 * What the dashboard's server says of the journals that it finds.
 *
 * Written by `python -m tests.wire.listing` from `flowlab/dashboard/rows.py`; a test proves that it
 * is fresh.
 */

import type { SessionId, SessionState } from "./events.ts";
"""


def make() -> str:
    """The whole file."""
    found = {"SessionId": "", "SessionState": ""}  # declared in events.ts
    for kind in (SessionRow, JournalRow, Listing, Standing):
        typescript._declare(kind, found)
    return "\n\n".join([HEAD.rstrip(), *filter(None, found.values())]) + "\n"


if __name__ == "__main__":
    FILE.write_text(make(), encoding="utf-8")
