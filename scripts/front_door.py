"""An import-linter contract: a module meets another one only through its `__init__`.

`largesse.rooms.service` may import `largesse.gifts`, never `largesse.gifts.queries`. Modules named
in `entrances` (where the parts are wired together) may look inside.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

Import = tuple[str, str]


def intrusions(imports: Iterable[Import], entrances: Iterable[str] = ()) -> list[Import]:
    """The imports that reach past another module's front door, in order."""
    allowed = frozenset(entrances)
    return sorted(
        (importer, imported)
        for importer, imported in imports
        if importer not in allowed
        and imported.count(".") >= 2
        and importer.split(".")[:2] != imported.split(".")[:2]
    )


def imports_of(graph: ImportGraph) -> list[Import]:
    """Every direct import between two files of the package."""
    return [
        (importer, imported)
        for importer in graph.modules
        for imported in graph.find_modules_directly_imported_by(importer)
    ]


class FrontDoor(Contract):
    """Fails on the first look into another module."""

    entrances = fields.ListField(subfield=fields.StringField(), required=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        entrances = cast("list[str] | None", self.entrances) or []
        found = intrusions(imports_of(graph), entrances)
        return ContractCheck(kept=not found, metadata={"found": found})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, imported in check.metadata["found"]:
            output.print_error(f"{importer} imports {imported}: use what its package offers")
