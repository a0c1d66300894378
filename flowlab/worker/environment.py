"""Keys and tokens of flowlab, ipyparallel and Jupyter do not reach tasks or their programs.

The user's own variables stay, whatever they are called. What a process was started with can still
be read in /proc by its user; only what tasks inherit is cleaned here.
"""

import re
from collections.abc import Mapping, MutableMapping

_OURS = re.compile(
    r"IPP_.*|JPY_.*|JUPYTERHUB_.*|JUPYTER_?.*TOKEN.*|FLOWLAB_.*(KEY|TOKEN|SECRET|AUTH).*",
    re.IGNORECASE,
)


def is_secret(name: str) -> bool:
    """Whether this variable is machinery that can hold a key."""
    return _OURS.fullmatch(name) is not None


def scrub(environ: MutableMapping[str, str]) -> list[str]:
    """Take the machinery's variables out; gives their names."""
    names = [name for name in environ if is_secret(name)]
    for name in names:
        del environ[name]
    return names


def clean_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """A copy for a child process."""
    return {name: value for name, value in environ.items() if not is_secret(name)}
