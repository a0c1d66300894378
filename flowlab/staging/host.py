"""Which host this is: for programs, and for people."""

import hashlib
import os
import platform
from pathlib import Path

from flowlab.model.ids import HostId


def host_id() -> HostId:
    """The name of this host: the same for all processes that can share files in memory.

    One machine counts as several when its containers see different file systems, and wherever
    FLOWLAB_HOST tells its processes apart.
    """
    sources = (Path("/etc/machine-id"), Path("/proc/sys/kernel/random/boot_id"))
    parts = [platform.node(), str(os.geteuid()), os.environ.get("FLOWLAB_HOST", "")]
    parts += [source.read_text().strip() for source in sources if source.exists()]
    if os.path.exists("/proc/self/ns/mnt"):
        parts.append(os.readlink("/proc/self/ns/mnt"))
    return HostId(hashlib.blake2b("\n".join(parts).encode(), digest_size=8).hexdigest())


def host_name() -> str:
    """What people call this host: FLOWLAB_HOST where that is said, else its name in the network."""
    return os.environ.get("FLOWLAB_HOST") or platform.node()
