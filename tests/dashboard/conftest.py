"""One server for all tests of the dashboard, below a base_url as hubs have them."""

import pytest

from tests.dashboard.server import Server


@pytest.fixture(scope="package")
def server(tmp_path_factory):
    started = Server(tmp_path_factory.mktemp("server"))
    try:
        yield started.start()
    finally:
        started.stop()
