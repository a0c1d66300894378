"""Parsing Python source while other threads may parse, too."""

import ast

_TRIES = 5


def parse(source: str, filename: str) -> ast.Module:
    """`ast.parse`, tried again when CPython has miscounted.

    Some versions keep the depth of the parser's recursion in one place for all threads: two that
    parse at the same time get a SystemError about a mismatch though the source is right
    (python/cpython#106905). An inline engine does parse beside the notebook.
    """
    for _ in range(_TRIES - 1):
        try:
            return ast.parse(source, filename)
        except SystemError:
            continue
    return ast.parse(source, filename)
