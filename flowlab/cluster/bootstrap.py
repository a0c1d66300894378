"""What runs once on each engine, by ipyparallel: it starts the engine's end of the link.

The order travels as source text, which every Python can read: an engine with another Python or
without flowlab answers with an error that names it.
"""

import json
import os
from pathlib import Path
from typing import Any

from flowlab.model.ids import EngineId
from flowlab.staging.store import host_id, private_directory
from flowlab.worker.boot import start_worker


def bootstrap_source(engine: EngineId, order: dict[str, str]) -> str:
    """The text to be executed on the engine; `silent`, since it may hold the run's key.

    order: run, host, address, remote, curve, key, store, boards, sandboxes, own and umask (empty:
    not ours)
    """
    text = json.dumps({**order, "engine": engine})
    return (
        "__import__('importlib').import_module('flowlab.cluster.bootstrap')"
        f".bootstrap(get_ipython().kernel, {text!r})"
    )


def bootstrap(kernel: Any, text: str) -> dict[str, object]:
    """Start the worker on this engine; a second time it only reconnects."""
    order = json.loads(text)
    engine = EngineId(order["engine"])
    if order["umask"]:
        os.umask(int(order["umask"]))  # the user's; what ipyparallel wrote before had ours
    near = host_id() == order["host"]
    address = order["address"] if near else order["remote"]
    if not address:
        raise ConnectionError(
            f"engine {engine} runs on another host, and the scheduler process listens on none: "
            "give Client(listen='tcp://ADDRESS:*') an address that the engines can reach"
        )
    places = order if near else _own_places(order["run"])
    return start_worker(
        kernel,
        address,
        run=order["run"],
        engine=engine,
        key=order["key"],
        store=Path(places["store"]),
        boards=Path(places["boards"]),
        sandboxes=Path(places["sandboxes"]),
        curve=b"" if near else order["curve"].encode(),
        own=bool(order["own"]),
    )


def _own_places(run: str) -> dict[str, str]:
    """Directories on a host where the scheduler process is not."""
    parent = private_directory(Path(os.environ.get("TMPDIR", "/tmp")), f"flowlab-{os.getuid()}")  # noqa: S108 - checked
    base = private_directory(parent, run)
    return {name: str(private_directory(base, name)) for name in ("store", "boards", "sandboxes")}
