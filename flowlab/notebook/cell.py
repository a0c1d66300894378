"""What a cell reads and writes, found from its source (pure).

pyflakes finds the names that nobody in the cell binds; symtable finds what pyflakes cannot see:
names a function declares `global`, and names behind a star import. Nothing is guessed in silence:
what cannot be known is a warning.
"""

import ast
import symtable
from collections.abc import Iterator
from dataclasses import dataclass

from pyflakes import checker, messages

from flowlab.errors import CellError
from flowlab.tasks.syntax import parse

GIVEN = frozenset({"ctx", "__name__", "__file__"})  # what a task's namespace always has
_HIDING = frozenset({"exec", "eval", "globals", "locals", "vars"})


@dataclass(frozen=True)
class CellNames:
    """The names of a cell.

    reads     needed from outside, in order of the source
    starred   used, and perhaps bound by a star import
    writes    bound at the cell's top level, without private names
    value     the last statement is an expression
    warnings  what hides names from this analysis
    """

    reads: tuple[str, ...]
    starred: tuple[str, ...]
    writes: frozenset[str]
    value: bool
    warnings: tuple[str, ...]


def analyse(source: str, where: str) -> CellNames:
    """Find the names of a cell's body; raises CellError when it is no Python.

    where  how people call the cell, such as `In [3]`
    """
    tree = _parse(source, where)
    table = symtable.symtable(source, where, "exec")
    found = checker.Checker(tree, filename=where)
    undefined = [
        message.message_args[0]
        for message in sorted(found.messages, key=lambda message: (message.lineno, message.col))
        if isinstance(message, messages.UndefinedName)
    ]
    starred = [m.message_args[0] for m in found.messages if isinstance(m, messages.ImportStarUsage)]
    bound = {symbol.get_name() for symbol in table.get_symbols() if _is_bound(symbol)}
    reads = dict.fromkeys([*undefined, *(n for n in _declared_global(table) if n not in bound)])
    return CellNames(
        reads=tuple(name for name in reads if name not in GIVEN),
        starred=tuple(dict.fromkeys(starred)),
        writes=frozenset(name for name in bound if not name.startswith("_")),
        value=bool(tree.body) and isinstance(tree.body[-1], ast.Expr),
        warnings=tuple(_warnings(tree)),
    )


def _parse(source: str, where: str) -> ast.Module:
    try:
        tree = parse(source, where)
        compile(tree, where, "exec")  # finds what parsing does not, such as a top-level await
    except SyntaxError as error:
        line = source.splitlines()[error.lineno - 1].strip() if error.lineno else ""
        hint = ""
        if line.startswith(("%", "!", "?")):
            hint = "; IPython's own syntax does not run in a task (for a shell cell: %%task --sh)"
        raise CellError(f"{where}, line {error.lineno}: {error.msg}: {line}{hint}") from None
    return tree


def _is_bound(symbol: symtable.Symbol) -> bool:
    return symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()


def _declared_global(table: symtable.SymbolTable) -> Iterator[str]:
    """Names that a function reads and declares `global`; pyflakes takes them for bound."""
    for child in table.get_children():
        for symbol in child.get_symbols():
            if symbol.is_declared_global() and symbol.is_referenced():
                yield symbol.get_name()
        yield from _declared_global(child)


def _warnings(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in _HIDING
        ):
            yield (
                f"line {node.lineno}: {node.func.id}() can read names that are not seen here; "
                "name such inputs with -i"
            )
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
            yield f"line {node.lineno}: names from `from {node.module} import *` are not checked"
