"""Where servers listen."""

import os

import pytest

from flowlab.shared.home import Home
from flowlab.staging.host import host_id


@pytest.mark.parametrize(
    ("listen", "interface", "near", "far"),
    [
        ("", "127.0.0.1", "127.0.0.1", None),
        ("tcp://127.0.0.1:*", "127.0.0.1", "127.0.0.1", "127.0.0.1"),
        ("tcp://10.0.0.1:5000", "10.0.0.1", "10.0.0.1", "10.0.0.1"),
        ("tcp://[::1]:*", "::1", "::1", "::1"),
        ("tcp://*:*", "0.0.0.0", "127.0.0.1", os.uname().nodename),
    ],
)
def test_others_come_where_the_user_lets_them(tmp_path, listen, interface, near, far):
    home = Home("run", tmp_path, None, listen)
    where = home.where("1", 77)
    assert home.interface == interface
    assert where.near == (near, 77)
    assert where.far == ((far, 77) if far else None)
    assert (where.run, where.manager, where.host) == ("run", "1", host_id())
