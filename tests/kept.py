"""A handler that keeps what is logged."""
# mirrors: nothing; for the tests of all rooms

import logging


class Kept(logging.Handler):
    """All records, in order."""

    def __init__(self):
        super().__init__()
        self.records = []

    def emit(self, record):
        self.records.append(record)

    @property
    def texts(self):
        """What they say."""
        return [record.getMessage() for record in self.records]
