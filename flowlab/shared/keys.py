"""Which keys this process has: by them it proves to a manager that it belongs to the run.

A key is made from the key of the run, which each engine has anyway, and the manager's name. So no
key has to travel, and none stands in a pickle, a table, a journal, an argument or a `repr`.
"""

import hashlib
import hmac

from flowlab.errors import SharedObjectError

_runs: dict[str, bytes] = {}
_own: dict[tuple[str, str], bytes] = {}


def remember_run(run: str, key: str) -> None:
    """This process belongs to the run, and has its key."""
    _runs[run] = key.encode()


def remember_manager(run: str, manager: str, key: bytes) -> None:
    """This process has the key of one manager alone: it is that manager."""
    _own[run, manager] = key


def forget_run(run: str) -> None:
    """The run is over."""
    _runs.pop(run, None)


def key_of(run: str, manager: str) -> bytes:
    """The key of a manager of this run."""
    own = _own.get((run, manager))
    if own is not None:
        return own
    if run not in _runs:
        raise SharedObjectError(
            "this process has no key to the shared objects of that run: they can be used in the "
            "notebook that made them and in its tasks, not in another program"
        )
    return hmac.new(_runs[run], f"shared:{manager}".encode(), hashlib.sha256).digest()
