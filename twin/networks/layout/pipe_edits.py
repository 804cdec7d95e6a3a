"""Edits of single pipes of heat, cold and gas networks."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from twin.networks.layout.pipe_draft import Draft
from twin.networks.layout.places import SNAP_M
from twin.networks.layout.wording import no_such_element, no_such_size, size_named
from twin.scenario import ElementEdit

_PREFERRED_M = 5.0


def edit_pipe(draft: Draft, edit: ElementEdit, line: Any, sizes: tuple[str, ...]) -> list[str]:
    """Add, remove, resize or move a pipe.

    Parameters
    ----------
    draft : Draft
        It is changed, unless something is wrong.
    edit : ElementEdit
    line : shapely.LineString, optional
        Where it runs, in the district's CRS.
    sizes : tuple of str
        Of the catalogue, smallest first.

    Returns
    -------
    list of str
        What is wrong; empty where all is well.
    """
    ids = draft.ids()
    size = None if edit.size is None else size_named(edit.size, sizes)
    if edit.size is not None and size is None:
        return [no_such_size(edit.size, sizes)]
    if edit.do == "add":
        if edit.id in ids:
            return ["there is an element of this name already; give the new one another `id`"]
        return _add(draft, edit.id, line, size, sizes)
    if edit.id not in ids:
        return [no_such_element(edit.id, [name for name in ids if name], draft.carrier)]
    row = ids.index(edit.id)
    edge = draft.edge(row)
    if edit.do == "remove":
        draft.edges[row] = None
        return []
    if edit.do == "move":
        ends, told = _ends(draft, line, but=row)
        if told:
            return told
        edge.start, edge.end = ends
        edge.line, edge.name, edge.followed, edge.street = _between(draft, ends, line), edit.id, False, ""
    edge.size = size or edge.size
    edge.origin = "edited"
    return []


def _add(draft: Draft, name: str, line: Any, size: str | None, sizes: tuple[str, ...]) -> list[str]:
    ends, told = _ends(draft, line)
    if told:
        return told
    draft.add_edge(
        *ends, _between(draft, ends, line), size=size or _widest(draft, ends, sizes), origin="edited", name=name
    )
    return []


def _ends(draft: Draft, line: Any, but: int = -1) -> tuple[tuple[int, int], list[str]]:
    """Nodes at both ends of a line; one of them may be new where the other is on the network."""
    kept = draft.edges[but] if but >= 0 else None
    if but >= 0:
        draft.edges[but] = None  # so that it is not joined to itself
    points = shapely.get_coordinates(line)[[0, -1]]
    far = [_reach(draft, x, y) for x, y in points]
    if but >= 0:
        draft.edges[but] = kept
    if min(far) > SNAP_M:
        x, y = points[int(np.argmin(far))]
        name = draft.node_ids()[draft.nearest_node(float(x), float(y))[0]]
        told = f"both its ends are more than {SNAP_M:g} m away from the {draft.carrier} network"
        return (0, 0), [f"{told}, the nearer one {min(far):.0f} m, near {name}: draw it up to a pipe"]
    joined = [_attach(draft, float(x), float(y), but) for x, y in points]
    if joined[0] == joined[1]:
        return (0, 0), ["it begins and ends at the same place of the network: draw it to another one"]
    return (joined[0], joined[1]), []


def _reach(draft: Draft, x_m: float, y_m: float) -> float:
    return min(draft.nearest_node(x_m, y_m)[1], draft.nearest_edge(x_m, y_m)[1])


def _attach(draft: Draft, x_m: float, y_m: float, but: int) -> int:
    node, far = draft.nearest_node(x_m, y_m)
    edge, away = draft.nearest_edge(x_m, y_m)
    if far <= SNAP_M and (far <= away + _PREFERRED_M or edge == but):
        return node
    if away <= SNAP_M and edge != but:
        return draft.cut(edge, x_m, y_m)
    return draft.add_node(x_m, y_m)


def _between(draft: Draft, ends: tuple[int, int], line: Any) -> Any:
    """Lead the line from node to node."""
    points = shapely.get_coordinates(line).copy()
    points[0], points[-1] = draft.place(ends[0]), draft.place(ends[1])
    return shapely.linestrings(points)


def _widest(draft: Draft, ends: tuple[int, int], sizes: tuple[str, ...]) -> str:
    """Size of the widest pipe that meets it."""
    meets = [draft.edge(row).size for row in draft.there() if {draft.edge(row).start, draft.edge(row).end} & set(ends)]
    return max(meets, key=lambda name: sizes.index(name) if name in sizes else -1, default=sizes[0])
