"""Which tests reach a module: by the imports, through the packages' own lists of names, the nearest first."""

from __future__ import annotations

import ast
from collections import deque
from pathlib import Path

PACKAGES = ("assets", "twin", "calibration", "tests")


class Reach:
    """The imports of a tree.

    Parameters
    ----------
    root : Path
        Of the repository.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        files = [path for name in PACKAGES for path in (root / name).rglob("*.py")]
        self.names = {self._module(path): str(path.relative_to(root)) for path in files}
        self.homes = {
            package: self._exports(root / file) for package, file in self.names.items() if file.endswith("__init__.py")
        }
        self.importers: dict[str, set[str]] = {}
        for module, file in self.names.items():
            if not file.endswith("__init__.py"):
                for imported in self._imports(root / file):
                    self.importers.setdefault(imported, set()).add(module)

    def tests_of(self, file: str) -> list[str]:
        """Files of tests that import a module, themselves or through others: the fewest imports between them first."""
        start = self._module(self.root / file)
        seen, queue, found = {start}, deque([start]), []
        while queue:
            module = queue.popleft()
            if module.rpartition(".")[2].startswith("test_"):
                found.append(self.names[module])
                continue
            fresh = sorted(self.importers.get(module, set()) - seen)
            seen.update(fresh)
            queue.extend(fresh)
        return [name for name in found if not name.startswith("tests/apps")]

    def _module(self, path: Path) -> str:
        parts = path.relative_to(self.root).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    def _exports(self, path: Path) -> dict[str, str]:
        """Where a package's names live: imported there, or listed for when they are asked for."""
        found: dict[str, str] = {}
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                found |= {alias.name: node.module for alias in node.names}
            elif isinstance(node, ast.Dict):
                pairs = zip(node.keys, node.values, strict=True)
                found |= {
                    str(key.value): str(value.value)
                    for key, value in pairs
                    if isinstance(key, ast.Constant) and isinstance(value, ast.Constant)
                }
        return found

    def _imports(self, path: Path) -> set[str]:
        found = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    inner = f"{node.module}.{alias.name}"
                    found.add(inner if inner in self.names else self._home(node.module, alias.name))
            elif isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
        return found

    def _home(self, module: str, name: str) -> str:
        while name in self.homes.get(module, {}) and self.homes[module][name] != module:
            module = self.homes[module][name]
        return module
