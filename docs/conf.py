"""How Sphinx builds these pages. Nothing is fetched: no web fonts, no inventories of others."""

project = "flowlab"
author = "flowlab contributors"
copyright = "2026, flowlab contributors"

extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]

myst_heading_anchors = 4  # links may name a heading, by the rule that GitHub has
myst_enable_extensions = ["colon_fence"]

# GitHub draws mermaid pictures; here they stay text, since drawing them would load a script.
suppress_warnings = ["misc.highlighting_failure"]

html_theme = "alabaster"
html_theme_options = {"description": "notebook cells as a live graph of tasks"}
html_title = "flowlab"
