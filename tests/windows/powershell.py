"""PowerShell as a tree: what the tests of the Windows scripts ask of it. The scripts are parsed here and never run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import tree_sitter_powershell
from tree_sitter import Language, Node, Parser

FOLDER = Path(__file__).resolve().parents[2] / "deploy" / "windows"
COLLECT = FOLDER / "groundrules-collect.ps1"
AUDIT = FOLDER / "enable-sql-audit.ps1"


def tree(path: Path) -> Node:
    """This function will parse a script."""
    parser = Parser(Language(tree_sitter_powershell.language()))
    return parser.parse(path.read_bytes()).root_node


def below(node: Node) -> Iterator[Node]:
    """This function will yield a node and everything inside it."""
    yield node
    for child in node.children:
        yield from below(child)


def said(node: Node) -> str:
    """This function will return a node's own text."""
    return (node.text or b"").decode()


def all_of(node: Node, kind: str) -> list[Node]:
    """This function will return every node of a kind inside another."""
    return [one for one in below(node) if one.type == kind]


def functions(node: Node) -> dict[str, Node]:
    """This function will return the script's own functions by name."""
    found = all_of(node, "function_statement")
    return {said(next(c for c in one.children if c.type == "function_name")): one for one in found}


def commands(node: Node) -> list[Node]:
    """This function will return every command that is called."""
    return all_of(node, "command")


def name_of(command: Node) -> str:
    """This function will return the name a command is called by; empty for a script block or an expression."""
    names = [c for c in command.children if c.type == "command_name"]
    return said(names[0]) if names else ""
