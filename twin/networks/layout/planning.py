"""From a twin and its design loads to the plan of each network under its scenario."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets.carriers import NETWORKED
from twin._cache.memo import Memo, content_key
from twin._errors import ScenarioError
from twin.networks.layout.bases import Base, base_of, rows_by_id, served
from twin.networks.layout.connections import connect_buildings, connect_plants, wider_ground
from twin.networks.layout.design_loads import DesignLoads, as_design_loads
from twin.networks.layout.edits import CarrierEdits, edits_of, lines_of, main_carrier, plants_of
from twin.networks.layout.grid_draft import GridDraft
from twin.networks.layout.grid_edits import connect_new_buildings, edit_grid
from twin.networks.layout.grid_edits import connect_plants as connect_plants_to_grid
from twin.networks.layout.pipe_draft import Draft
from twin.networks.layout.pipe_edits import edit_pipe
from twin.networks.layout.plan import Index, NetworkPlan
from twin.networks.layout.sizing import GasSizing, Sizing, sizing_of
from twin.networks.layout.streets import Ground
from twin.scenario import ElementEdit
from twin.texts.notes import Note, Value

if TYPE_CHECKING:
    from twin.model.twin import Twin

Array = npt.NDArray[np.float64]
Progress = Callable[[float, str], None]
_TAP_DROP = 0.1
"""Of the fall of pressure that a gas network is made for, what a new service may take: assumed."""


def plan_networks(
    twin: Twin,
    peaks: DesignLoads | pd.DataFrame,
    *,
    now: DesignLoads | pd.DataFrame | None = None,
    memo: Memo | None = None,
    progress: Progress | None = None,
) -> dict[str, NetworkPlan]:
    """Plan every network of a district as it stands under a scenario.

    Networks are laid and sized once, for the district as it is: what a scenario's buildings draw more then shows as
    overload, unless an edit `network: lay` lays them anew. Buildings that a scenario connects get pipes or cables of
    their own up to what is there.

    Parameters
    ----------
    twin : Twin
        Of `twin.make_twin`.
    peaks : DesignLoads or DataFrame
        What the networks are sized for: loads of the district as it is, of `twin.networks.design_loads`; or a table
        with the index building and a column of design loads for each carrier [kW].
    now : DesignLoads or DataFrame, optional
        The same under the scenario: what newly connected buildings get pipes for, and networks laid anew. By default
        the former.
    memo : Memo, optional
        Remembers what an edit does not touch.
    progress : callable, optional
        Takes the part done and a few words.

    Returns
    -------
    dict of str to NetworkPlan
        By carrier; without the networks that the district does not have.

    Raises
    ------
    ScenarioError
        Edits that do not fit, all at once: each by its number and the id that it names, with what would be right.
    DistrictDataError
        The district has no streets.
    """
    report = progress or (lambda _share, _what: None)
    memo = Memo(0) if memo is None else memo
    as_it_is = as_design_loads(peaks)
    loads = (as_it_is, as_it_is if now is None else as_design_loads(now))
    edits, findings = edits_of(twin.scenario)
    bases: dict[str, Base] = {}
    drafts: dict[str, _Drafted] = {}
    for step, carrier in enumerate(NETWORKED):
        report(0.9 * step / len(NETWORKED), f"laying {carrier}")
        try:
            base = base_of(twin, carrier, edits[carrier], loads, memo)
            if base is not None:
                bases[carrier] = base
                drafts[carrier] = _Edited(twin, base, edits[carrier], loads[1]).remembered(memo)
            else:
                findings += _without_network(carrier, edits[carrier])
        except ScenarioError as error:
            findings += error.findings
    if findings:
        raise ScenarioError(findings)
    report(0.9, "plants")
    plans = _with_plants(twin, bases, drafts, memo)
    report(1.0, "networks are laid")
    return plans


def _without_network(carrier: str, edits: CarrierEdits) -> list[str]:
    """Tell edits of a network that the district does not have."""
    remedy = f"there is no {carrier} network; lay one, or connect buildings to it"
    told = [f"edit {number} (element {edit.id}): {remedy}" for number, edit in edits.elements]
    return [*told, *([f"edit {edits.operated} (network {carrier}): {remedy}"] if edits.operated else [])]


@dataclasses.dataclass(frozen=True, eq=False)
class _Drafted:
    """A network under a scenario, not to be changed, and the digest of all that it was made of."""

    draft: Draft | GridDraft
    key: str


@dataclasses.dataclass(frozen=True, eq=False)
class _Edited:
    """A base under the edits of a scenario."""

    twin: Twin
    base: Base
    edits: CarrierEdits
    loads: DesignLoads

    def remembered(self, memo: Memo) -> _Drafted:
        """Draft of the network under the scenario."""
        base, buildings = self.base, self.twin.buildings
        wanted = served(buildings, base.carrier)
        rows = rows_by_id(base, buildings.index, wanted)
        new = np.setdiff1d(np.flatnonzero(wanted), [rows[k] for k in self._joined() if k in rows])
        tried = {rows[int(k)] for k in base.member if int(k) in rows}
        new = np.array([k for k in new if k not in tried], dtype=np.int64)
        ids = buildings.index[new].astype(str)
        own, hours = self.loads.of(base.carrier, ids)
        shapes = buildings.geometry.iloc[new]
        key = content_key(base.key, rows, len(buildings), new, own, hours, shapes, self.edits.told())
        make = partial(self._edited, rows, new, (own, hours))
        return _Drafted(memo.get(f"{base.carrier} network under edits", key, make), key)

    def _edited(self, rows: Mapping[int, int], new: Index, loads: tuple[Array, Array]) -> Draft | GridDraft:
        draft = self.base.draft.still_served(rows, len(self.twin.buildings))
        draft.notes += self.edits.notes
        findings = self._grid(draft, new, loads) if isinstance(draft, GridDraft) else self._pipes(draft, new, loads)
        if findings:
            raise ScenarioError(findings)
        return draft

    def _joined(self) -> list[int]:
        return [row for row, node in enumerate(self.base.draft.consumers) if node >= 0]

    def _ground(self, new: Index) -> tuple[Ground, Index]:
        """Ground with new buildings, and the node of each that is newly connected."""
        base, buildings = self.base, self.twin.buildings
        row = base.site.buildings.index.get_indexer(buildings.index[new])
        node = np.where(row >= 0, base.ground.node[np.maximum(row, 0)], -1)
        built = np.flatnonzero(row < 0)
        site = dataclasses.replace(base.site, buildings=buildings)
        ground, more = wider_ground(site, base.ground, buildings.geometry.iloc[new[built]])
        node[built] = more
        return ground, node

    def _pipes(self, draft: Draft, new: Index, loads: tuple[Array, Array]) -> list[str]:
        """Lead pipes to new buildings and edit the others; tell what is wrong with edits."""
        sizing = sizing_of(self.base.design)
        if len(new):
            ground, node = self._ground(new)
            connect_buildings(draft, ground, new.tolist(), node, loads=loads, sizing=at_tap(sizing))
        return self._edit_all(lambda edit, line: edit_pipe(draft, edit, line, sizing.names))

    def _grid(self, draft: GridDraft, new: Index, loads: tuple[Array, Array]) -> list[str]:
        """Lead cables to new buildings and edit the others; tell what is wrong with edits."""
        design = self.base.design
        if len(new):
            ground, node = self._ground(new)
            connect_new_buildings(draft, ground, new.tolist(), node, loads[0], design=design)
        return self._edit_all(lambda edit, line: edit_grid(draft, edit, line, str(design["country"])))

    def _edit_all(self, edit_one: Callable[[ElementEdit, Any], list[str]]) -> list[str]:
        """Make each edit of an element, along its line if it has one; tell what is wrong with which."""
        lines = lines_of(self.edits.elements, self.base.site.crs)
        findings = []
        for (number, edit), line in zip(self.edits.elements, lines, strict=True):
            findings += [f"edit {number} (element {edit.id}): {what}" for what in edit_one(edit, line)]
        return findings


def at_tap(sizing: Sizing) -> Sizing:
    """Sizing of what is joined to a network: of gas, where the pressure is nearly at its least."""
    if not isinstance(sizing, GasSizing):
        return sizing
    entry = sizing.least_bar + _TAP_DROP * (sizing.entry_bar - sizing.least_bar)
    return dataclasses.replace(sizing, entry_bar=entry)


def _with_plants(
    twin: Twin, bases: Mapping[str, Base], drafts: Mapping[str, _Drafted], memo: Memo
) -> dict[str, NetworkPlan]:
    entries = {carrier: own.draft.place(own.draft.entry) for carrier, own in drafts.items()}
    plans: dict[str, NetworkPlan] = {}
    for carrier, (rows, share) in plants_of(twin).items():
        if carrier not in drafts:
            continue
        table = rows.copy()
        for name, row in table.iterrows():
            main = main_carrier(row)
            if main != carrier and main in entries and np.isnan(float(row["x_m"])):
                table.loc[name, ["x_m", "y_m"]] = entries[main]
        base, drafted = bases[carrier], drafts[carrier]
        told = content_key(drafted.key, base.design, table[["x_m", "y_m", "size_kw"]], share)
        plans[carrier] = memo.get(f"plan of {carrier}", told, partial(_plan, base, drafted.draft, (table, share), told))
    return plans


def _plan(
    base: Base, draft: Draft | GridDraft, plants: tuple[pd.DataFrame, Mapping[str, float]], key: str
) -> NetworkPlan:
    own = draft.copy()
    table, share = plants
    if isinstance(own, GridDraft):
        connect_plants_to_grid(own, table, share, str(base.design["country"]))
    else:
        connect_plants(own, table, at_tap(sizing_of(base.design)), share)
    return own.plan(base.design, base.site.crs, key=key, notes=[_how(base)])


def _how(base: Base) -> Note:
    """Say where a network comes from."""
    design, entry = base.design, str(base.design["entry_origin"])
    values: dict[str, Value] = {"carrier": base.carrier}
    if "design_kw" not in design:
        return Note("imported", values=values)
    values |= {"kw": float(design["design_kw"]), "entry": entry if entry in {"mapped", "imported"} else "assumed"}
    followed = float(design.get("followed_m", 0.0))
    if not followed:
        return Note("laid", values=values)
    values |= {"metres": followed, "ways": len(design.get("followed_ways", ())), "origin": str(design["followed"])}
    return Note("laid_along", values=values)
