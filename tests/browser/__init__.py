"""The front end in a real browser: a JupyterLab and Notebook 7 server, Debian's Chromium."""
