"""What makes shared loggers, in the process where they live: it needs none of the client."""

import logging
import logging.config
import logging.handlers
from collections.abc import Mapping, Sequence
from typing import Any

MESSAGE = 15
logging.addLevelName(MESSAGE, "MESSAGE")


def setup_std_shared_logger(logger_name: str, args: Mapping[str, Any]) -> logging.Logger:
    """Make the logger of these settings.

    file_name               where it writes
    level                   from which on
    rotating                begin a new file when one is full: of `maxBytes` (100000), with
                            `backupCount` (5) older ones
    delay                   make the file when there is something to write
    formatter               as in logging.Formatter
    config_file             as in logging.config, in the place of all the others
    """
    if "config_file" in args:
        logging.config.fileConfig(args["config_file"], disable_existing_loggers=False)
        configured = logging.getLogger(logger_name)
        configured.setLevel(args.get("level", configured.level))
        return configured
    # A logger of this name may have been made before, and would write each line once more
    logger = logging.Logger(  # noqa: LOG001 - one of its own, see above
        logger_name, args.get("level", logging.WARNING)
    )
    size, count = args.get("maxBytes", 100000), args.get("backupCount", 5)
    rotating = {"maxBytes": size, "backupCount": count} if "rotating" in args else {}
    handler = logging.handlers.RotatingFileHandler(
        args["file_name"], delay="delay" in args, **rotating
    )
    if "formatter" in args:
        handler.setFormatter(logging.Formatter(args["formatter"]))
    logger.addHandler(handler)
    return logger


def setup_logging_factory(logger_name: str, args: Sequence[Any]) -> logging.Logger:
    """Make the logger; what goes to stderr is said where the message comes from."""
    path = args[0]
    logger = logging.Logger(logger_name, logging.DEBUG)  # noqa: LOG001 - see above
    if not path:
        logger.addHandler(logging.NullHandler())
        return logger
    handler = logging.FileHandler(path)
    handler.setFormatter(_Stripped())
    handler.setLevel(MESSAGE)
    logger.addHandler(handler)
    return logger


class _Stripped(logging.Formatter):
    """Lines with the time alone, under the day and the name; the level where it is a bad one."""

    _PLAIN = frozenset({"INFO", "MESSAGE", "DEBUG"})

    def __init__(self) -> None:
        super().__init__(datefmt="%H:%M:%S")
        self._headed = False

    def format(self, record: logging.LogRecord) -> str:
        head = "" if self._headed else f"\n{self.formatTime(record, '%Y-%m-%d')} {record.name}\n"
        self._headed = True
        level = "" if record.levelname in self._PLAIN else f"{record.levelname:<7s} - "
        record.message = record.getMessage()
        return f"{head} {self.formatTime(record, self.datefmt)} - {level}{record.message}"
