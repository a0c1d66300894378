"""Labels of the inputs that a task is given beside those it reads: bundles, shared objects.

They stand behind its own inputs, so that all that holds of inputs holds of them: they are brought
to its engine, and lost or held with the rest. The task itself does not see them.
"""

from collections.abc import Sequence
from importlib.machinery import EXTENSION_SUFFIXES

FILES = ".flowlab-files"  # unpacked into the working directory
MODULES = ".flowlab-modules"  # can be imported
SHARED = ".flowlab-shared"  # an object that lives elsewhere; there is nothing to be brought
SHARED_TYPE = "user/flowlab-shared"  # content type of what stands for it in a graph
PLATFORM = "platform"  # in `user` of modules: for which one their compiled code is


def platform_tag() -> str:
    """For which interpreters the code is that this one's compiler makes."""
    return EXTENSION_SUFFIXES[0].removeprefix(".").removesuffix(".so")


def hidden_label(kind: str, number: int) -> str:
    """The label of a task's hidden input of this kind; no two inputs have the same."""
    return f"{kind}-{number}"


def kind_of_hidden(label: str) -> str:
    """FILES, MODULES or SHARED for an input that the task does not see, nothing for any other."""
    return next((kind for kind in (FILES, MODULES, SHARED) if label.startswith(f"{kind}-")), "")


def count_own(labels: Sequence[str]) -> int:
    """How many inputs, of as many as have labels, the task reads itself."""
    count = len(labels)
    while count and kind_of_hidden(labels[count - 1]):
        count -= 1
    return count
