"""LOFAR's searching logger is the session's."""

import pytest

from flowlab.compat.lofar.pipelinelogging import SearchingLogger, getSearchingLogger
from flowlab.errors import NoActiveSession


def test_it_is_the_logger_of_the_active_session(session):
    logger = getSearchingLogger("any name")
    assert logger is session.logger
    assert isinstance(logger, SearchingLogger)


def test_without_a_session_there_is_none():
    with pytest.raises(NoActiveSession):
        getSearchingLogger()
