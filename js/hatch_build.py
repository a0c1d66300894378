"""Builds the front end into flowlab/static when the package is built from a checkout.

Wheel, source archive and editable install all carry the bundle. The source archive has it too, so
that installing from it needs no Node; so does every wheel.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUNDLES = ("widget.js", "dashboard.js")
OLDEST_NODE = 20
REMEDY = (
    f"The front end of flowlab is built with Node.js >= {OLDEST_NODE} and npm, {{found}}. "
    "Install it (Debian 13, Ubuntu 25.04 or newer: apt-get install nodejs npm; elsewhere: "
    "https://nodejs.org), or install a wheel or a source archive of flowlab, which need no Node."
)


class FrontEnd(BuildHookInterface):  # type: ignore[type-arg]  # its own parameter has no use here
    """What hatch calls before it collects the files."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the bundles unless they are there and fresh."""
        root = Path(self.root)
        if is_fresh(root):
            return
        if (complaint := complaint_about_node()) is not None:
            self.app.abort(complaint)
        try:
            build(root)
        except subprocess.CalledProcessError as error:
            said = (error.stdout or "") + (error.stderr or "")
            self.app.abort(f"{' '.join(error.cmd)} failed in js/:\n{said.strip()[-4000:]}")


def is_fresh(root: Path) -> bool:
    """Whether every bundle is there and none is older than what it is made of."""
    bundles = [root / "flowlab" / "static" / name for name in BUNDLES]
    if not all(bundle.is_file() for bundle in bundles):
        return False
    built = min(bundle.stat().st_mtime for bundle in bundles)
    return all(source.stat().st_mtime <= built for source in sources(root))


def sources(root: Path) -> list[Path]:
    """What the bundles are made of."""
    folder = root / "js"
    written = [each for each in folder.glob("src/**/*.*") if not each.name.endswith(".test.ts")]
    return [*written, *(folder / name for name in ("package.json", "build.mjs"))]


def complaint_about_node() -> str | None:
    """What is missing to build, or None."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return REMEDY.format(found="and they were not found")
    found = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    number = re.match(r"v(\d+)\.", found.stdout)
    if number is None or int(number[1]) < OLDEST_NODE:
        return REMEDY.format(found=f"and {node} is {found.stdout.strip() or 'of no known version'}")
    return None


def build(root: Path) -> None:
    """Get the tools when they are not there, and build."""
    folder = root / "js"
    if not (folder / "node_modules" / "esbuild").is_dir():
        run(folder, "npm", "ci", "--ignore-scripts")
    run(folder, "npm", "run", "build")


def run(folder: Path, *command: str) -> None:
    """Run a command in the folder; CalledProcessError with what it said when it fails."""
    quiet = {**os.environ, "NPM_CONFIG_FUND": "false", "NPM_CONFIG_AUDIT": "false"}
    subprocess.run(command, cwd=folder, env=quiet, capture_output=True, text=True, check=True)
