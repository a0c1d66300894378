"""Functions that stand in files which no engine has, pickled whole."""

import contextlib
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import cloudpickle

from flowlab.staging.modules import is_local


def local_homes(
    functions: Iterable[Callable[..., Any] | type], shipped: Iterable[str] = ()
) -> set[str]:
    """Modules in which these functions stand, and that no engine has.

    shipped  modules that travel by themselves
    """
    known = {name.partition(".")[0] for name in shipped}
    found = {getattr(function, "__module__", None) or "__main__" for function in functions}
    return {
        name for name in found - {"__main__"}
        if name.partition(".")[0] not in known and is_local(name)
    }  # fmt: skip


@contextlib.contextmanager
def by_value(homes: Iterable[str]) -> Iterator[None]:
    """Inside, what stands in these modules is pickled whole, and not by its name."""
    known = [sys.modules[name] for name in homes if name in sys.modules]
    fresh = [
        one for one in known if one.__name__ not in cloudpickle.list_registry_pickle_by_value()
    ]
    for module in fresh:
        cloudpickle.register_pickle_by_value(module)
    try:
        yield
    finally:
        for module in fresh:
            cloudpickle.unregister_pickle_by_value(module)
