"""What runs once on each engine, by ipyparallel: it starts the engine's end of the link.

The order travels as source text, which every Python can read: an engine with another Python or
without flowlab answers with an error that names it.
"""

import json
import os
from pathlib import Path
from typing import Any

from flowlab.cluster.elsewhere import Elsewhere
from flowlab.cluster.run import RunDirectory
from flowlab.model.ids import EngineId, HostId
from flowlab.staging.host import host_id
from flowlab.staging.store import StoreSettings
from flowlab.worker.boot import start_worker


def make_order(run: RunDirectory, host: HostId, own: bool, umask: int | None) -> dict[str, str]:
    """What every engine is told of a run; its links are added: address, remote, curve.

    host   where `run` lies
    own    the engines are ours
    umask  what tasks on them have; None leaves them that of their process
    """
    return {
        "run": run.run,
        "host": host,
        "key": run.key,
        "own": "yes" if own else "",
        "umask": str(umask) if own and umask is not None else "",
        "store": str(run.store),
        "store_size": str(run.store_size),
        "prefault": str(run.prefault),
        "boards": str(run.boards),
        "sandboxes": str(run.sandboxes),
    }


def bootstrap_source(engine: EngineId, order: dict[str, str]) -> str:
    """The text to be executed on the engine; `silent`, since it may hold the run's key."""
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
    host = host_id()
    near = host == order["host"]
    address = order["address"] if near else order["remote"]
    if not address:
        raise ConnectionError(
            f"engine {engine} runs on another host, and the scheduler process listens on none: "
            "give Client(listen='tcp://ADDRESS:*') an address that the engines can reach"
        )
    elsewhere = None
    if not near:
        settings = StoreSettings(int(order["store_size"]), prefault=int(order["prefault"]))
        elsewhere = Elsewhere(order["run"], host, settings)
    return start_worker(
        kernel,
        address,
        run=order["run"],
        engine=engine,
        key=order["key"],
        store=elsewhere.store if elsewhere else Path(order["store"]),
        boards=elsewhere.boards if elsewhere else Path(order["boards"]),
        sandboxes=elsewhere.sandboxes if elsewhere else Path(order["sandboxes"]),
        curve=b"" if near else order["curve"].encode(),
        own=bool(order["own"]),
        leave=elsewhere.leave if elsewhere else None,
    )
