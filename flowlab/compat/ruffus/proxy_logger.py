"""Ruffus' `proxy_logger`: a logger in a process of its own, to which all jobs write, and a mutex.

logger, mutex = make_shared_logger_and_proxy(
setup_std_shared_logger, "my_logger", {"file_name": "my.log"}
)
with mutex:
logger.info("these two lines")
logger.info("stand together")
"""

import os
from collections.abc import Callable, Mapping
from typing import Any

from flowlab.compat.ruffus.factories import setup_std_shared_logger
from flowlab.compat.ruffus.loggers import LoggerProxy
from flowlab.compat.ruffus.sessions import find_session
from flowlab.errors import WrongValue
from flowlab.session.session import Session

__all__ = ["LoggerProxy", "make_shared_logger_and_proxy", "setup_std_shared_logger"]

METHODS = ("critical", "debug", "error", "info", "log", "warning")


def make_shared_logger_and_proxy(
    logger_factory: Callable[[str, Any], Any],
    logger_name: str,
    args: Any,
    *,
    session: Session | None = None,
) -> tuple[LoggerProxy, Any]:
    """A logger that all jobs can write to, and a lock that keeps lines together.

    logger_factory  called with the name and `args` in the process where the logger lives
    session         flowlab's; the one that `pipeline_run` will use
    """
    if logger_factory is setup_std_shared_logger:
        args = _checked(args)
    owner = find_session(session)
    logger = owner.shared(logger_factory, logger_name, args, exposed=METHODS, name=logger_name)
    return LoggerProxy(logger), owner.shared("Lock", name=f"{logger_name} mutex")


def _checked(args: Mapping[str, Any]) -> dict[str, Any]:
    """The settings with whole paths: the logger's process may have another working directory."""
    found = dict(args)
    for name in ("config_file", "file_name"):
        if name in found:
            return {**found, name: os.path.abspath(found[name])}
    raise WrongValue("Missing file name for log. Remember to set 'file_name'")
