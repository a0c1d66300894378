"""A number that processes share."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from flowlab.staging.account import Account

ADD = """
import sys
from pathlib import Path
from flowlab.staging.account import Account
account = Account(Path(sys.argv[1]))
for _ in range(2000):
    account.add(3)
    account.add(-2)
"""


def test_all_who_add_are_counted(tmp_path):
    path = tmp_path / "account"
    processes = [subprocess.Popen([sys.executable, "-c", ADD, str(path)]) for _ in range(2)]
    account = Account(path)
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(account.add, [1] * 4000))
    assert [each.wait(60) for each in processes] == [0, 0]
    assert account.total == 8000


def test_it_never_falls_below_nothing_and_can_be_set_right(tmp_path):
    account = Account(tmp_path / "account")
    assert account.add(5) == 5
    assert account.add(-9) == 0
    with account.locked():
        account.write(70)
        assert account.read() == 70
    assert Account(tmp_path / "account").total == 70


def test_it_is_private(tmp_path):
    Account(tmp_path / "account").add(1)
    assert (tmp_path / "account").stat().st_mode & 0o777 == 0o600
