"""The kinds of task: how each is declared, and how it runs."""
