"""The shared logger of Ruffus' document on shared data, as it is written there.

But for the handler, which it makes and forgets to add.
"""

import logging
import logging.handlers
import multiprocessing.managers


def setup_shared_logger(LOGGING_LEVEL, LOG_FILENAME):  # noqa: N803 - the document's names
    """Function to setup logger shared between all processes"""
    my_ruffus_logger = logging.getLogger("simpler_example_logger")
    my_ruffus_logger.setLevel(LOGGING_LEVEL)
    handler = logging.handlers.RotatingFileHandler(LOG_FILENAME, maxBytes=100000, backupCount=5)
    my_ruffus_logger.addHandler(handler)
    return my_ruffus_logger


class LoggerProxy(multiprocessing.managers.BaseProxy):
    def debug(self, message):
        return self._callmethod("debug", [message])

    def info(self, message):
        return self._callmethod("info", [message])

    def __str__(self):
        return "Logging proxy"


class LoggingManager(multiprocessing.managers.SyncManager):
    """Logging manager sets up its own process and will create the real Log object there"""


LoggingManager.register(
    "setup_logger",
    setup_shared_logger,
    proxytype=LoggerProxy,
    exposed=("info", "debug", "__str__"),
)
