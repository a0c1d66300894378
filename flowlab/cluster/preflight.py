"""Whether an engine fits this process, from what it says of itself before it gets any work."""

import platform
from importlib.metadata import PackageNotFoundError, version

from flowlab.worker.messages import Hello


def own_versions() -> dict[str, str]:
    """What an engine must agree with."""
    return {
        "python": ".".join(platform.python_version_tuple()[:2]),
        "cloudpickle": short_version("cloudpickle"),
        "flowlab": _version("jupyter-flowlab"),
    }


def short_version(package: str) -> str:
    """Major and minor version of an installed package."""
    return ".".join(_version(package).split(".")[:2])


def misfit(hello: Hello, wanted: dict[str, str]) -> str:
    """Why this engine cannot be used and what to do about it; empty when it fits."""
    where = f"engine {hello.engine} (process {hello.pid} on host {hello.host})"
    for name, here in wanted.items():
        there = hello.versions.get(name, "none")
        if there == here:
            continue
        if name == "python":
            return (
                f"{where} runs Python {there}, the notebook Python {here}: functions cannot "
                f"travel between them. Start the engines with Python {here}."
            )
        package = "jupyter-flowlab" if name == "flowlab" else name
        return (
            f"{where} has {package} {there}, the notebook {here}. "
            f"Install the same there: pip install '{package}=={here}{'.*' * (name != 'flowlab')}'"
        )
    if hello.fault:
        return (
            f"{where} cannot write its store {hello.store}: {hello.fault}. "
            "Free some room there, or make the directory writable."
        )
    return ""


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"
