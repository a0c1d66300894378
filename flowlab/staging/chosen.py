"""The stage point of this process: where bytes travel when neither a session nor a call says so."""

import os

from flowlab.staging.point import check_point

_chosen: list[str] = []  # none or one


def set_stage_point(url: str | os.PathLike[str] | None) -> None:
    """Let bytes travel through this place from now on; None takes it back.

    A directory that all hosts have mounted, or any URL that fsspec can write, such as
    `s3://bucket/prefix`. Credentials come from fsspec's own configuration, never from the URL.
    What was staged before stays where it is.
    """
    _chosen[:] = [] if url is None else [check_point(url)]


def get_stage_point() -> str | None:
    """What `set_stage_point` set."""
    return _chosen[0] if _chosen else None
