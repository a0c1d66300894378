"""Front door: jupyter-server; sessions seen from outside their kernels."""

from flowlab.dashboard.extension import (
    _jupyter_server_extension_points,
    _load_jupyter_server_extension,
)

__all__ = ["_jupyter_server_extension_points", "_load_jupyter_server_extension"]
