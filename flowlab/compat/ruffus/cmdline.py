"""Ruffus' `cmdline.setup_logging`: what a pipeline says, in a file and on stderr."""

import logging
import os
from typing import Any

from flowlab.compat.ruffus.factories import MESSAGE, setup_logging_factory
from flowlab.compat.ruffus.loggers import LoggerProxy
from flowlab.compat.ruffus.proxy_logger import make_shared_logger_and_proxy
from flowlab.session.session import Session

__all__ = ["MESSAGE", "setup_logging"]


def setup_logging(
    module_name: str,
    log_file_name: str | None = None,
    verbose: int | None = None,
    *,
    session: Session | None = None,
) -> tuple[LoggerProxy, Any]:
    """A logger that all jobs can write to, and a lock that keeps lines together.

    log_file_name  gets all from the level MESSAGE on
    verbose        say all on stderr as well; with a file, all but what is `info`
    """
    path = os.path.abspath(log_file_name) if log_file_name else ""
    logger, mutex = make_shared_logger_and_proxy(
        setup_logging_factory, module_name, [path, verbose], session=session
    )
    if verbose:
        logger = LoggerProxy(logger.shared, (logging.INFO,) if path else ())
    return logger, mutex
