"""What users and sites can set: `c.FlowLab.…`, `%config FlowLab.…`, or FLOWLAB_* when headless."""

import os

from traitlets import Bool, Enum, Integer, Unicode
from traitlets.config import SingletonConfigurable

from flowlab.model.limits import POOL


def _environment(name: str, default: str = "") -> str:
    return os.environ.get(f"FLOWLAB_{name}", default)


class FlowLab(SingletonConfigurable):
    """Settings of flowlab in a notebook; they take effect at the next use of engines."""

    engines = Integer(
        int(_environment("ENGINES", "0")),
        min=0,
        help="Number of local engines; 0: one for each available core. [FLOWLAB_ENGINES]",
    ).tag(config=True)
    profile = Unicode(
        _environment("PROFILE"),
        help="ipyparallel profile whose launchers start the engines. [FLOWLAB_PROFILE]",
    ).tag(config=True)
    cluster = Unicode(
        _environment("CLUSTER"),
        help="Connection file or id of a running ipyparallel cluster. [FLOWLAB_CLUSTER]",
    ).tag(config=True)
    listen = Unicode(
        _environment("LISTEN"),
        help="Address of this host that engines of other hosts can reach, such as "
        "tcp://10.0.0.1:*. [FLOWLAB_LISTEN]",
    ).tag(config=True)
    inline = Bool(
        _environment("INLINE") == "1",
        help="Run tasks in this process, one after the other, without engines. [FLOWLAB_INLINE=1]",
    ).tag(config=True)
    store_size = Integer(
        int(_environment("STORE_SIZE", "0")),
        min=0,
        help="Bytes of large objects in shared memory; 0: half of what is free there. "
        "[FLOWLAB_STORE_SIZE]",
    ).tag(config=True)
    prefault = Integer(
        int(_environment("PREFAULT", "0")),
        min=0,
        max=POOL,
        help="Bytes of shared memory whose pages are made as engines start: the first large "
        "objects are written twice as fast. [FLOWLAB_PREFAULT]",
    ).tag(config=True)
    spill = Unicode(
        _environment("SPILL"),
        help="Directory for large objects beyond that; by default a temporary one. [FLOWLAB_SPILL]",
    ).tag(config=True)
    display = Enum(
        ["auto", "widget", "static", "text", "none"],
        _environment("DISPLAY", "auto"),
        help="What %submit shows. auto: the live view where a front end can show it, a picture in "
        "other notebooks, text elsewhere. [FLOWLAB_DISPLAY]",
    ).tag(config=True)
    freeze = Bool(
        _environment("FREEZE") == "1",
        help="Whether the live view becomes a mere picture when its graph is done. "
        "[FLOWLAB_FREEZE=1]",
    ).tag(config=True)
    cancel_on_interrupt = Bool(
        True,
        help="Whether ■ during %wait and %submit --wait stops the tasks that are waited for.",
    ).tag(config=True)
