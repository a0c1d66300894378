"""A workshop for each test."""

import pytest

from tests.worker.workshop import Workshop


@pytest.fixture
def shop(tmp_path):
    workshop = Workshop(tmp_path)
    yield workshop
    workshop.loop.close()
