"""Edits of a grid: cables and transformers, new buildings, and plants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from assets.networks.graph import nearest_source, path_edges
from assets.networks.power import cables, transformers
from assets.networks.power.equipment import LOW, MEDIUM
from twin.networks.layout.grid_draft import (
    GridDraft,
    LineShape,
    add_bus,
    add_cable,
    add_transformer,
    cable_for,
    set_cable,
    set_transformer,
)
from twin.networks.layout.places import MEDIUM_FROM_KW, SNAP_M
from twin.networks.layout.plan import Index
from twin.networks.layout.streets import Ground, edge_line, line_along, street_along
from twin.networks.layout.wording import no_such_element, no_such_size, size_named
from twin.scenario import ElementEdit
from twin.texts import Note

Array = npt.NDArray[np.float64]


def edit_grid(draft: GridDraft, edit: ElementEdit, line: Any, country: str) -> list[str]:
    """Add, remove, resize or move a cable or a transformer.

    Parameters
    ----------
    draft : GridDraft
        It is changed, unless something is wrong.
    edit : ElementEdit
    line : shapely.LineString, optional
        Where it runs, in the district's CRS.
    country : str
        Whose cables are laid where none is named.

    Returns
    -------
    list of str
        What is wrong; empty where all is well.
    """
    if edit.do == "add":
        return _add(draft, edit, line, country)
    lines, trafos = draft.ids()
    if edit.id in lines:
        return _edit_line(draft, edit, line, int(draft.net.line.index[lines.index(edit.id)]))
    if edit.id in trafos:
        return _edit_transformer(draft, edit, int(draft.net.trafo.index[trafos.index(edit.id)]))
    return [no_such_element(edit.id, [*lines, *trafos], "electricity")]


def _edit_line(draft: GridDraft, edit: ElementEdit, line: Any, index: int) -> list[str]:
    net = draft.net
    level = draft.levels().loc[int(net.line.loc[index, "from_bus"])]
    size = None
    if edit.size is not None:
        names = list(cables(level).index)
        size = size_named(edit.size, names)
        if size is None:
            return [no_such_size(edit.size, names)]
    if edit.do == "remove":
        _remove_line(draft, index)
        return []
    if edit.do == "move":
        told = _move(draft, edit.id, index, line)
        if told:
            return told
    if size is not None:
        set_cable(draft, index, size)
    net.line.loc[index, "origin"] = "edited"
    return []


def _move(draft: GridDraft, name: str, index: int, line: Any) -> list[str]:
    net = draft.net
    level = draft.levels().loc[int(net.line.loc[index, "from_bus"])]
    ends, told = _ends(draft, line, level)
    if told:
        return told
    was = {side: int(net.line.loc[index, side]) for side in ("from_bus", "to_bus")}
    for side, bus in zip(("from_bus", "to_bus"), ends, strict=True):
        net.line.loc[index, side] = bus
        at_end = (net.switch["et"] == "l") & (net.switch["element"] == index) & (net.switch["bus"] == was[side])
        net.switch.loc[at_end, "bus"] = bus
    shape = _between(draft, ends, line)
    net.line.loc[index, "length_km"] = max(shape.length, 1.0) / 1e3
    draft.lines[index] = LineShape(shape, kind=draft.lines[index].kind, name=name)
    return []


def _edit_transformer(draft: GridDraft, edit: ElementEdit, index: int) -> list[str]:
    import pandapower as pp  # noqa: PLC0415 - takes seconds to load, and only grids need it

    if edit.do == "move":
        return ["a transformer stands in its substation: remove it, and add one where it is to be"]
    if edit.do == "remove":
        pp.drop_trafos(draft.net, [index])
        return []
    size, told = _transformer(edit.size or "", float(draft.net.trafo.loc[index, "vn_hv_kv"]))
    if size is None:
        return told
    set_transformer(draft, index, size)
    draft.net.trafo.loc[index, "origin"] = "edited"
    return []


def _transformer(word: str, hv_kv: float) -> tuple[str | None, list[str]]:
    names = [str(name) for name in transformers(hv_kv).index]
    size = size_named(word, names)
    if size is None:  # "800" or "800 kVA"
        number = word.lower().replace("kva", "").strip()
        size = next((name for name in names if name.lower().startswith(f"{number} kva")), None) if number else None
    return size, [] if size is not None else [no_such_size(word, names)]


def _remove_line(draft: GridDraft, index: int) -> None:
    """Take a cable out; where it is a section of a ring, close the ring's open point."""
    import pandapower as pp  # noqa: PLC0415

    net = draft.net
    before = draft.supplied()
    ring = int(net.line.loc[index, "ring"]) if "ring" in net.line and pd.notna(net.line.loc[index, "ring"]) else -1
    pp.drop_lines(net, [index])
    draft.lines.pop(index)
    lost = before & ~draft.supplied()
    if ring < 0 or not lost.any():
        return
    mates = set(net.line.index[net.line["ring"] == ring])
    switch = net.switch
    opened = switch.index[(switch["et"] == "l") & switch["element"].isin(mates) & ~switch["closed"].astype(bool)]
    if len(opened):
        net.switch.loc[opened[:1], "closed"] = True
        draft.notes.append(Note("ring", (str(ring),)))


def _add(draft: GridDraft, edit: ElementEdit, line: Any, country: str) -> list[str]:
    lines, trafos = draft.ids()
    if edit.id in {*lines, *trafos}:
        return ["there is an element of this name already; give the new one another `id`"]
    if edit.size is not None:
        size, _ = _transformer(edit.size, 20.0)
        if size is not None:
            return _add_transformer(draft, edit.id, line, size)
    names = list(cables().index)
    size = None if edit.size is None else size_named(edit.size, names)
    if edit.size is not None and size is None:
        return [no_such_size(edit.size, [*names, *transformers(20.0).index])]
    levels = [str(cables().loc[size, "level"])] if size is not None else [LOW, MEDIUM]
    told: list[str] = []
    for level in levels:
        ends, told = _ends(draft, line, level)
        if not told:
            cable = size or _as_thick(draft, ends, level, country)
            add_cable(draft, ends, LineShape(_between(draft, ends, line), name=edit.id), cable, origin="edited")
            return []
    return told


def _add_transformer(draft: GridDraft, name: str, line: Any, size: str) -> list[str]:
    points = shapely.get_coordinates(line)
    found = []
    for level in (MEDIUM, LOW):
        near = [(_nearest(draft, float(x), float(y), level)) for x, y in points[[0, -1]]]
        found.append(min(near, key=lambda pair: pair[1]))
    if max(far for _, far in found) > SNAP_M:
        return [
            f"a transformer is drawn from a bus of medium to one of low voltage, both within {SNAP_M:g} m of its ends"
        ]
    draft.names[add_transformer(draft, found[0][0], found[1][0], size)] = name
    return []


def _ends(draft: GridDraft, line: Any, level: str) -> tuple[tuple[int, int], list[str]]:
    """Buses at both ends of a line; one of them may be new where the other is on the grid."""
    points = shapely.get_coordinates(line)[[0, -1]]
    found = [_nearest(draft, float(x), float(y), level) for x, y in points]
    near = [far <= SNAP_M for _, far in found]
    words = {LOW: "low", MEDIUM: "medium"}[level]
    if not any(near):
        told = f"both its ends are more than {SNAP_M:g} m away from the buses of {words} voltage"
        nearer = min(far for _, far in found)
        return (0, 0), [f"{told}, the nearer one {nearer:.0f} m: draw it up to where cables end"]
    if all(near) and found[0][0] == found[1][0]:
        return (0, 0), ["it begins and ends at the same bus: draw it to another one"]
    known = found[near.index(True)][0]
    buses = [
        bus if ok else add_bus(draft, (float(x), float(y)), known, kind="joint")
        for (bus, _), ok, (x, y) in zip(found, near, points, strict=True)
    ]
    return (buses[0], buses[1]), []


def _nearest(draft: GridDraft, x_m: float, y_m: float, level: str) -> tuple[int, float]:
    """Nearest bus of a level, and how far it is [m]."""
    bus = draft.net.bus[(draft.levels() == level).to_numpy()]
    if not len(bus):
        return -1, np.inf
    far = np.hypot(bus["x_m"].to_numpy(float) - x_m, bus["y_m"].to_numpy(float) - y_m)
    best = int(np.argmin(far))
    return int(bus.index[best]), float(far[best])


def _between(draft: GridDraft, ends: tuple[int, int], line: Any) -> Any:
    points = shapely.get_coordinates(line).copy()
    points[0], points[-1] = draft.place(ends[0]), draft.place(ends[1])
    return shapely.linestrings(points)


def _as_thick(draft: GridDraft, ends: tuple[int, int], level: str, country: str) -> str:
    """Cable like the thickest that meets it."""
    line = draft.net.line
    meets = line[line["from_bus"].isin(ends) | line["to_bus"].isin(ends)]
    known = cables(level, country)
    own = meets["std_type"][meets["std_type"].isin(known.index)]
    return str(known.loc[own, "max_current_a"].idxmax()) if len(own) else str(known.index[-1])


def connect_new_buildings(
    draft: GridDraft, ground: Ground, rows: Sequence[int], node: Index, peak_kw: Array, *, design: Mapping[str, Any]
) -> None:
    """Lead a cable to each new building from the nearest bus, along the streets; what is there stays as it is.

    Parameters
    ----------
    draft : GridDraft
        It is changed.
    ground : Ground
    rows : sequence of int
        Rows of the buildings in the twin's table.
    node : ndarray of int64
        Their nodes in the ground.
    peak_kw : ndarray
    design : mapping
        country, mv_direct_kw.
    """
    done = 0
    for row, place, kw in zip(rows, node, peak_kw, strict=True):
        level = MEDIUM if kw >= design["mv_direct_kw"] else LOW
        found = _way(draft, ground, int(place), level) if place >= 0 else None
        if found is None:
            continue
        like, shape = found
        at = (float(ground.graph.x_m[place]), float(ground.graph.y_m[place]))
        bus = add_bus(draft, at, like, kind="consumer", node=int(place))
        cable, parallel = cable_for(level, str(design["country"]), float(kw))
        add_cable(draft, (like, bus), shape, cable, origin="edited", parallel=parallel)
        draft.consumers[row] = bus
        done += 1
    if done:
        draft.notes.append(Note("new_cables", values={"buildings": done}))
    if done < len(rows):
        draft.notes.append(Note("new_unreached", values={"buildings": len(rows) - done, "carrier": "electricity"}))


def _way(draft: GridDraft, ground: Ground, place: int, level: str) -> tuple[int, LineShape] | None:
    """Nearest bus along the streets, and the way there."""
    able = draft.net.bus[(draft.levels() == level).to_numpy() & (draft.net.bus["node"].to_numpy(float) >= 0)]
    able = able.drop_duplicates("node")
    if len(able):
        graph = ground.graph
        far, source, through = nearest_source(graph, able["node"].to_numpy(np.int64))
        if np.isfinite(far[place]) and far[place] > 0.0:
            edges = [int(edge) for edge in path_edges(graph, through, place)][::-1]
            shape = line_along([edge_line(ground, graph, edge) for edge in edges])
            return int(able.index[source[place]]), LineShape(shape, street_along(ground, graph, edges))
    x, y = float(ground.graph.x_m[place]), float(ground.graph.y_m[place])
    bus, _ = _nearest(draft, x, y, level)
    return (bus, LineShape(shapely.linestrings([draft.place(bus), (x, y)]), kind="service")) if bus >= 0 else None


def connect_plants(draft: GridDraft, plants: pd.DataFrame, share: Mapping[str, float], country: str) -> None:
    """Join plants to the nearest bus by a cable of their own; those without a place stand where the grid begins.

    Parameters
    ----------
    draft : GridDraft
        It is changed.
    plants : DataFrame
        Rows of `twin.model.plants.plant_table`, with the place of each.
    share : mapping of str to float
        Electricity that each takes or gives, by its size.
    country : str
        Whose cables are laid.
    """
    for name, row in plants.iterrows():
        x, y = float(row["x_m"]), float(row["y_m"])
        if not np.isfinite(x) or not np.isfinite(y):
            draft.plants[str(name)] = draft.entry
            continue
        kw = min(float(row["size_kw"]), 1e6) * share[str(name)]
        level = MEDIUM if kw >= MEDIUM_FROM_KW else LOW
        bus, far = _nearest(draft, x, y, level)
        if far > 0.5:
            here = add_bus(draft, (x, y), bus, kind="plant")
            cable, parallel = cable_for(level, country, kw)
            shape = LineShape(shapely.linestrings([draft.place(bus), (x, y)]), kind="service")
            add_cable(draft, (bus, here), shape, cable, origin="edited", parallel=parallel)
            bus = here
        draft.plants[str(name)] = bus
