"""Files that osmium cannot assemble areas from as they are: unsorted objects, nodes with negative ids."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import osmium


def write_ordered(path: Path, folder: Path) -> tuple[Path, dict[int, int]]:
    """Write a copy whose objects stand in the order of their ids and whose nodes have positive ids.

    Editors and merged extracts number new objects below 0; osmium keeps no locations for those.

    Parameters
    ----------
    path : Path
        Any OSM file.
    folder : Path
        Where to write the copy.

    Returns
    -------
    copy : Path
    old_ids : dict of int to int
        The former id of each node that got a new one.
    """
    ordered = folder / "ordered.osm.pbf"
    merger = osmium.MergeInputReader()
    merger.add_file(str(path))
    with osmium.SimpleWriter(str(ordered)) as writer:
        merger.apply(writer, simplify=True)
    highest = max((node.id for node in osmium.FileProcessor(str(ordered), osmium.osm.NODE)), default=0)
    negative = [node.id for node in osmium.FileProcessor(str(ordered), osmium.osm.NODE) if node.id < 0]
    if not negative:
        return ordered, {}
    new_ids = {old: max(highest, 0) + place for place, old in enumerate(sorted(negative, reverse=True), start=1)}
    copy = folder / "positive.osm.pbf"
    with osmium.SimpleWriter(str(copy)) as writer:
        _copy_renumbered(ordered, writer, new_ids)
    return copy, {new: old for old, new in new_ids.items()}


def _copy_renumbered(path: Path, writer: Any, new_ids: dict[int, int]) -> None:
    for node in osmium.FileProcessor(str(path), osmium.osm.NODE):
        if node.id >= 0:
            writer.add_node(node)
    renumbered = []
    for node in osmium.FileProcessor(str(path), osmium.osm.NODE):
        if node.id < 0:
            place = (node.location.lon, node.location.lat)
            tags = {tag.k: tag.v for tag in node.tags}
            stamped = {"timestamp": node.timestamp, "version": max(node.version, 1)}
            renumbered.append(osmium.osm.mutable.Node(id=new_ids[node.id], location=place, tags=tags, **stamped))
    for node in sorted(renumbered, key=lambda node: node.id):
        writer.add_node(node)
    for thing in osmium.FileProcessor(str(path), osmium.osm.WAY | osmium.osm.RELATION):
        if thing.is_way():
            writer.add_way(thing.replace(nodes=[new_ids.get(node.ref, node.ref) for node in thing.nodes]))
        else:
            writer.add_relation(thing)
