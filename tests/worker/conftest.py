"""A workshop for each test."""

import pytest

from tests.worker.workshop import Workshop


@pytest.fixture
def shop(tmp_path):
    workshop = Workshop(tmp_path)
    yield workshop
    workshop.loop.close()


@pytest.fixture
def inline_shop(tmp_path):
    """A workshop whose tasks run in a thread of the test."""
    workshop = Workshop(tmp_path, inline=True)
    yield workshop
    workshop.loop.close()
