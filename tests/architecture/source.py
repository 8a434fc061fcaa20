"""Reads the package as source: modules, what they import, what they call; imports none of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "crosssell_desktop"


@dataclass(frozen=True, slots=True)
class Module:
    """One source file of the package."""

    name: str
    """Dotted, below the package: ``store.engine``."""
    path: Path
    tree: ast.Module

    def inside(self, *places: str) -> bool:
        """Say whether the module is one of the places or below it; ``sync.centre*`` takes a beginning of a name."""
        return any(
            self.name.startswith(place[:-1]) if place.endswith("*") else f"{self.name}.".startswith(f"{place}.")
            for place in places
        )

    def imports(self) -> Iterator[tuple[str, int]]:
        """Give every imported dotted name with its line, also those inside functions."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield alias.name, node.lineno
            elif isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    yield f"{node.module}.{alias.name}", node.lineno

    def calls(self) -> Iterator[tuple[str, ast.Call]]:
        """Give every call whose function is a dotted name."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                name = dotted(node.func)
                if name:
                    yield name, node


def dotted(node: ast.expr) -> str:
    """Return ``a.b.c`` for a dotted name, or nothing."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        left = dotted(node.value)
        return f"{left}.{node.attr}" if left else ""
    return ""


@cache
def package_modules(package: Path = PACKAGE) -> tuple[Module, ...]:
    """Return every module of the package."""
    modules = []
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        modules.append(Module(name, path, ast.parse(path.read_text(encoding="utf-8"), str(path))))
    return tuple(modules)


def is_of(imported: str, *libraries: str) -> bool:
    """Say whether an imported dotted name is one of the libraries or inside one."""
    return any(imported == library or imported.startswith(f"{library}.") for library in libraries)
