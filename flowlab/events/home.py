"""Where journals lie: one directory a client, below FLOWLAB_DATA or the user's data directory.

Who writes them makes the place private; who reads them finds the same place, and makes nothing.
"""

import os
from pathlib import Path


def data_home() -> Path:
    """The user's directory for what outlives a client."""
    data = os.environ.get("FLOWLAB_DATA")
    if data:
        return Path(data).expanduser().absolute()
    shared = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(shared) / "flowlab"


def journals_home() -> Path:
    """The directory of all journals; it may not be there yet."""
    return data_home() / "journals"
