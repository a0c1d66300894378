"""Which engines and session a Crossflow client uses."""

import json
import os
from typing import Any

from flowlab.errors import ClusterError, NoActiveSession, UsageError
from flowlab.events.messages import OnError
from flowlab.graph.active import active_session
from flowlab.session.client import Client as Engines
from flowlab.session.session import Session

_NAME = "crossflow"
_REMEDY = (
    "flowlab runs on ipyparallel engines: start them with `ipcluster start` and give its "
    "ipcontroller-client.json (in ~/.ipython/profile_default/security), or give nothing, and "
    "engines start on this host"
)


def connect(
    cluster: object,
    scheduler_file: object,
    n_workers: int | None,
    session: Session | None,
    options: dict[str, Any],
) -> tuple[Engines | None, Session]:
    """Engines of one's own, or None for those of others, and the session."""
    if cluster is not None and scheduler_file is not None:
        raise UsageError("give a cluster or scheduler_file=, not both")
    found = scheduler_file if scheduler_file is not None else cluster
    asked = found is not None or n_workers is not None or bool(options)
    if session is not None and asked:
        raise UsageError("session= has engines already: leave out whatever asks for others")
    shared = session if session is not None or asked else _notebooks()
    if shared is not None:
        return None, shared
    _refuse_dask(found)
    engines = Engines(n_workers, cluster=found, **options)
    return engines, engines.new_session(_NAME, on_error=OnError.CONTINUE)


def _notebooks() -> Session | None:
    """The session that is active here, if it goes on after errors, as a notebook's does."""
    try:
        active = active_session()
    except NoActiveSession:
        return None
    goes_on = isinstance(active, Session) and active.on_error == OnError.CONTINUE
    return active if goes_on and isinstance(active, Session) else None


def _refuse_dask(cluster: object) -> None:
    """Raise ClusterError for what is a dask cluster's."""
    module = type(cluster).__module__.partition(".")[0]
    if module in {"dask", "distributed", "dask_jobqueue", "dask_mpi"}:
        raise ClusterError(f"{type(cluster).__name__} is a dask cluster; {_REMEDY}")
    if not isinstance(cluster, str | os.PathLike):
        return
    text = os.fspath(cluster)
    if "://" in text:
        raise ClusterError(f"{text!r} is the address of a dask scheduler; {_REMEDY}")
    if _is_dask_file(text):
        raise ClusterError(f"{text!r} is the scheduler file of a dask cluster; {_REMEDY}")


def _is_dask_file(path: str) -> bool:
    try:
        with open(os.path.expanduser(path), encoding="utf-8") as file:
            told = json.load(file)
    except (OSError, ValueError):
        return False  # the client says what is wrong with it
    return (
        isinstance(told, dict)
        and "registration" not in told
        and (told.get("type") == "Scheduler" or {"address", "workers"} <= told.keys())
    )
