"""How ipyparallel's controller and engines are launched when they are our own."""

import logging
from importlib import import_module
from pathlib import Path
from typing import Any

from flowlab.cluster.run import RunDirectory

# A dead hub is no reason for an engine to end itself, nor a busy engine one for the hub to forget
# it: engines are watched by their links, and the reaper ends what is left. The short period makes
# engines register in 2 s instead of 5.
CONTROLLER_ARGS = [
    "--IPController.db_class=nodb",
    "--HeartMonitor.period=300",
    "--HeartMonitor.max_heartmonitor_misses=100",
    "--log-level=30",
]
ENGINE_ARGS = ["--IPEngine.max_heartbeat_misses=0"]


def ipyparallel() -> Any:
    """The package, imported at first need: it takes as long as our own engines need to link."""
    return import_module("ipyparallel")


def cluster_file(run: RunDirectory) -> Path:
    """Written when the controller has been started."""
    return run.path / "cluster.json"


def make_cluster(
    run: RunDirectory, profile: str | None, resume: bool, heard: logging.Handler
) -> Any:
    """An ipyparallel Cluster that is not started yet; or, to `resume`, the one that was.

    It lives on when this process is killed, so that another one can take it up; ending it is the
    reaper's job. Without a profile of the user's its files lie in the private runtime directory.

    heard  gets what it logs
    """
    log = logging.getLogger(f"flowlab.ipyparallel.{run.run}")
    log.propagate = False  # what is to be known of it is said by us
    log.addHandler(heard)
    options: dict[str, Any] = {"log": log, "parent": None, "shutdown_atexit": False}
    if profile:
        options["profile"] = profile
    else:
        options.update(profile_dir=str(run.profile), load_profile=False)
    file = str(cluster_file(run))
    if resume:
        return ipyparallel().Cluster.from_file(file, **options)
    return ipyparallel().Cluster(
        cluster_id=run.run,
        cluster_file=file,
        controller_args=CONTROLLER_ARGS,
        delay=0,
        **options,
    )
