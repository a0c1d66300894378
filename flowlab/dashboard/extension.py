"""What jupyter-server loads: the routes of the dashboard, below any base_url.

One shelf, one watch and one set of followers serve all browsers of a server.
"""

import re
from typing import Any

from jupyter_server.serverapp import ServerApp
from jupyter_server.utils import url_path_join

from flowlab.dashboard.doors import Journal, Page, Sessions, Slash, Static
from flowlab.dashboard.follower import Followers
from flowlab.dashboard.shelf import Shelf
from flowlab.dashboard.sockets import ListSocket, SessionSocket
from flowlab.dashboard.watch import Watch

Route = tuple[str, type, dict[str, Any]]


def routes(base_url: str) -> list[Route]:
    """All routes."""
    shelf = Shelf()
    place = {"shelf": shelf}
    found: list[Route] = [
        ("flowlab", Page, {}),
        ("flowlab/", Slash, {}),
        ("flowlab/static/([^/]+)", Static, {}),
        ("flowlab/api/sessions", Sessions, place),
        ("flowlab/api/sessions/([^/]+)", Journal, place),
        (
            "flowlab/api/sessions/([^/]+)/([0-9]{1,15})",
            SessionSocket,
            {**place, "followers": Followers()},
        ),
        ("flowlab/api/events", ListSocket, {**place, "watch": Watch(shelf)}),
    ]
    base = re.escape(base_url)  # a user's name may hold what means something in a pattern
    return [(url_path_join(base, path), door, more) for path, door, more in found]


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "flowlab.dashboard"}]


def _load_jupyter_server_extension(server: ServerApp) -> None:
    server.web_app.add_handlers(".*$", routes(server.base_url))
    server.log.info("flowlab's dashboard is at %sflowlab", server.base_url)
