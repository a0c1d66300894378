"""Which engines a client asked for, as values that can travel to the scheduler process.

Knows ipyparallel's objects by what they have, and does not import it: the kernel need not load it.
"""

import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flowlab.errors import ClusterError, UsageError

_LISTEN = re.compile(r"tcp://.+:(\*|\d+)")
START_SECONDS = 60.0  # s until engines that do not come are given up


@dataclass(frozen=True)
class EngineChoice:
    """Where engines come from.

    n           engines to start; by default one an available core
    profile     IPython profile whose configuration says how they are launched
    connection  of a controller that somebody else started, as its client file has it
    listen      `tcp://ADDRESS:PORT` (or `*`) for engines of other hosts
    stopped     s after which an engine that stands still is killed
    silent      s after which one of another host is given up that its hub has lost as well
    """

    n: int | None = None
    profile: str | None = None
    connection: tuple[tuple[str, Any], ...] | None = field(default=None, repr=False)  # has a key
    listen: str = ""
    start_seconds: float = START_SECONDS
    stopped: float = 10.0
    silent: float = 60.0

    @property
    def own(self) -> bool:
        """Whether we start controller and engines, and end them."""
        return self.connection is None

    @property
    def wanted(self) -> int:
        """Engines to have, of our own."""
        return self.n if self.n is not None else available_cores()


def choose(
    n: int | None = None, profile: str | None = None, cluster: object = None, listen: str = ""
) -> EngineChoice:
    """Turn what the user gave into a choice; raises UsageError or ClusterError with the remedy."""
    _check_number(n)
    _check_listen(listen)
    if cluster is None:
        _check_profile(profile)
        return EngineChoice(n, profile, listen=listen)
    if n is not None:
        raise UsageError("give n= or cluster=, not both: a running cluster has its own engines")
    connection = _connection(cluster, profile)
    return EngineChoice(None, profile, tuple(connection.items()), listen or "tcp://*:*")


def available_cores() -> int:
    """Cores that this process may use; containers and batch systems give fewer than there are."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def _connection(cluster: object, profile: str | None) -> dict[str, Any]:
    if isinstance(cluster, str | Path):
        return _read_connection(_find_file(cluster, profile))
    kind = f"{type(cluster).__module__.partition('.')[0]}.{type(cluster).__name__}"
    if kind == "ipyparallel.Client":
        return _connection_of_client(cluster)
    if kind == "ipyparallel.Cluster":
        controller = getattr(cluster, "controller", None)
        if controller is None:
            raise ClusterError("this ipyparallel cluster is not running; start it first")
        return _read_connection(Path(controller.connection_files["client"]))
    raise UsageError(
        f"cluster is a file, a cluster id, an ipyparallel Cluster or Client, not {cluster!r}"
    )


def _connection_of_client(client: Any) -> dict[str, Any]:
    """Back from the addresses that a client made of its connection file."""
    connection = dict(client._config)  # noqa: SLF001 - private: tests/cluster/test_private_names.py
    for channel in ("control", "task", "mux", "iopub", "notification", "registration", "broadcast"):
        ports = str(connection[channel]).rpartition(":")[2]
        connection[channel] = int(ports) if ports.isdigit() else ports
    return connection


def _profile_directory(profile: str) -> Path:
    home = Path(os.environ.get("IPYTHONDIR", "~/.ipython")).expanduser()
    return home / f"profile_{profile}"


def _check_number(n: object) -> None:
    if n is None or (type(n) is int and n >= 1):
        return
    # An address, as Rain's client takes one
    hint = "; there is no server to connect to: Client() starts what it needs" * isinstance(n, str)
    raise UsageError(f"n is a number of engines, at least 1, not {n!r}{hint}")


def _check_listen(listen: object) -> None:
    if isinstance(listen, str) and (not listen or _LISTEN.fullmatch(listen)):
        return
    raise UsageError(
        f"listen is an address of this host that engines of other hosts can reach, with a port or "
        f"*, such as 'tcp://10.0.0.1:*', not {listen!r}"
    )


def _check_profile(profile: str | None) -> None:
    """ipyparallel would make an absent one, empty, and start engines of which nobody spoke."""
    if profile in {None, "default"}:  # the default one is made by whoever comes first
        return
    directory = _profile_directory(str(profile))
    if not directory.is_dir():
        raise ClusterError(
            f"there is no IPython profile {profile!r}: {directory} does not exist. Make it with "
            f"`ipython profile create {profile} --parallel` and say in its ipcluster_config.py how "
            "engines are launched, or leave profile= out to have local engines."
        )


def _find_file(name: str | Path, profile: str | None) -> Path:
    """The client's connection file that a path, a cluster's file or a cluster's id leads to."""
    path = Path(name).expanduser()
    if path.suffix != ".json":
        security = _profile_directory(profile or "default") / "security"
        path = security / (
            f"ipcontroller-{name}-client.json" if name else "ipcontroller-client.json"
        )
    elif path.name.startswith("cluster-"):
        cluster = path.name.removeprefix("cluster-").removesuffix(".json")
        path = path.with_name(
            f"ipcontroller-{cluster}-client.json" if cluster else "ipcontroller-client.json"
        )
    return path


def _read_connection(path: Path) -> dict[str, Any]:
    try:
        connection = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise ClusterError(
            f"no cluster can be found by {str(path)!r}: {error}. Start one with `ipcluster start`, "
            "or leave cluster= out to have local engines."
        ) from None
    if not isinstance(connection, dict) or "registration" not in connection:
        raise ClusterError(f"{str(path)!r} is no connection file of an ipyparallel client")
    return connection
