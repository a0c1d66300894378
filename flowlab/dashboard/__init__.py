"""Front door: jupyter-server; sessions seen from outside their kernels."""

from flowlab import __version__
from flowlab.dashboard.extension import (
    _jupyter_server_extension_points,
    _load_jupyter_server_extension,
)

__all__ = [
    "__version__",  # shown by `jupyter server extension list`
    "_jupyter_server_extension_points",
    "_load_jupyter_server_extension",
]
