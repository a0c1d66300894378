"""`modules`: the user's own modules, importable in tasks.

After PyMW's "modules", which travelled apart from data for the same reasons: they are for one
platform when they hold compiled code, they are compiled, and they are code.
"""

import os

from flowlab.errors import UsageError
from flowlab.model.bundles import MODULES, platform_tag
from flowlab.staging.bundle import Bundle, pack_bundle
from flowlab.staging.modules import find_modules, is_compiled


def modules(*names: str | os.PathLike[str]) -> Bundle:
    """Modules, packages, or files of them, with the local modules that they import.

    What is installed does not travel, nor does the standard library. The files are read now: call
    it again when they were changed. Bytecode goes along for engines of the same Python.
    """
    if not names:
        raise UsageError("modules takes names of modules or packages, or files of them")
    members = find_modules(names)
    compiled = any(is_compiled(member.name) for member in members)
    return pack_bundle(MODULES, members, platform_tag() if compiled else "")
