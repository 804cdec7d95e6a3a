"""Plants, stores and connections of a twin in the form that their operation takes: what each can do, at what price."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets.carriers import BOUGHT, BY_LORRY, carriers
from assets.conversions import conversion_cost, technology_of
from assets.operation import Outside, Unit
from assets.sources import fuel_kinds
from assets.sources.plants import source_cost, source_technology
from assets.storage.registry import store_kinds, store_of
from assets.storage.store import Store
from assets.technology import Technology
from twin._cache.memo import Memo, content_key
from twin._errors import ScenarioError
from twin.model.plants import plant_table
from twin.model.prices import EXPORT
from twin.networks.layout.temperatures import Temperatures
from twin.networks.operation.gas_network import hydrogen_room
from twin.networks.operation.site_conditions import conversion_site, source_site
from twin.texts import Note

if TYPE_CHECKING:
    from twin.model.twin import Twin
    from twin.networks.layout.plan import NetworkPlan

Array = npt.NDArray[np.float64]

INJECTION = "hydrogen-into-gas"
"""Id of the station that puts the district's own hydrogen into its gas network."""


@dataclass(frozen=True, eq=False)
class Fleet:
    """What can be run.

    Attributes
    ----------
    table : pandas.DataFrame
        Of `plant_table`, and a row for the injection of hydrogen where there is one.
    units, stores : dict of str to Unit, Store
        By plant.
    outside : dict of str to Outside
        By carrier; electricity at what an hour's kWh is worth to the district, see `fleet_of`.
    buy_eur_kwh, sell_eur_kwh : dict of str to ndarray, shape (T,)
        What is paid and got at the border, by carrier.
    notes : tuple of Note
        What was assumed.
    """

    table: pd.DataFrame
    units: dict[str, Unit]
    stores: dict[str, Store]
    outside: dict[str, Outside]
    buy_eur_kwh: dict[str, Array]
    sell_eur_kwh: dict[str, Array]
    notes: tuple[Note, ...]


def fleet_of(
    twin: Twin,
    plans: Mapping[str, NetworkPlan],
    heat: Temperatures,
    cold: Temperatures,
    *,
    net_load_kw: Array,
    gas_kw: Array,
    memo: Memo,
) -> Fleet:
    """Make plants ready to be run.

    Electricity that a plant takes in an hour in which the buildings together give more than they take is valued at what
    it would be sold for, in others at what it is bought for.

    Parameters
    ----------
    twin : Twin
    plans : mapping of str to NetworkPlan
    heat, cold : Temperatures
        Of the networks.
    net_load_kw : ndarray, shape (T,)
        Electricity that buildings and charging stations take together; negative where they give [kW].
    gas_kw : ndarray, shape (T,)
        Gas that buildings draw [kW].
    memo : Memo

    Returns
    -------
    Fleet

    Raises
    ------
    ScenarioError
        A plant feeds a network that is not there.
    """
    table = plant_table(twin)
    _check(table, plans)
    units: dict[str, Unit] = {}
    notes: list[Note] = []
    for name, row in table[table["family"].isin(["source", "conversion"])].iterrows():
        units[str(name)], note = _unit(twin, row, heat, cold, memo)
        if note is not None:
            notes.append(replace(note, ids=(str(name),)))
    stores = {str(name): _store(row) for name, row in table[table["family"] == "store"].iterrows()}
    buy, sell = prices_of_hours(twin)
    outside = _outside(table, plans, buy, sell, net_load_kw)
    if "gas" in outside and "gas" not in plans and any("gas" in unit.technology.inputs for unit in units.values()):
        notes.append(Note("gas_brought"))
    table = _with_injection(table, plans, units, outside, gas_kw)
    notes += _starving(units, outside)
    return Fleet(table, units, stores, outside, buy, sell, tuple(notes))


def _check(table: pd.DataFrame, plans: Mapping[str, NetworkPlan]) -> None:
    own = table[table["family"] != "outside"]
    told = [
        f"plant {name} ({row['kind']}) gives {row['carrier']}, and there is no {row['carrier']} network here: "
        + _REMEDY[row["carrier"]]
        for name, row in own.iterrows()
        if row["carrier"] in _REMEDY and row["carrier"] not in plans
    ]
    if told:
        raise ScenarioError(told)


_REMEDY = {
    "heat": "heat some buildings by it (`what: heating`, `system: district_heating`) or remove the plant",
    "cold": "cool some buildings by it (`what: cooling`, `system: district_cooling`) or remove the plant",
}


def _unit(
    twin: Twin, row: pd.Series[Any], heat: Temperatures, cold: Temperatures, memo: Memo
) -> tuple[Unit, Note | None]:
    kind, size = str(row["kind"]), float(row["size_kw"])
    key = content_key(kind, size, heat, cold, twin.weather.table, twin.timezone, (twin.latitude, twin.longitude))

    def make() -> tuple[Unit, Note | None]:
        if row["family"] == "source":
            made = source_technology(kind, size, source_site(twin, heat, memo))
            return Unit(made, source_cost(kind, size)[3] / 1000.0), _idle(made)
        site, note = conversion_site(twin, kind, size, heat=heat, cold=cold, memo=memo)
        return Unit(technology_of(kind, size, site), conversion_cost(kind, size)[3] / 1000.0), note

    return memo.get(f"plant {row.name}", key, make)


def _starving(units: Mapping[str, Unit], outside: Mapping[str, Outside]) -> list[Note]:
    """Name the plants that stand still because nothing gives what they take."""
    made = {c for unit in units.values() for c in (unit.technology.main, *unit.technology.outputs)}
    known = {*made, *outside, "electricity"}
    return [
        Note("starving", (name,), {"carrier": carrier})
        for name, unit in units.items()
        for carrier in unit.technology.inputs
        if carrier in BOUGHT and carrier not in known
    ]


def _idle(made: Technology) -> Note | None:
    return None if made.capacity_kw.any() else Note("never_warm")


def _store(row: pd.Series[Any]) -> Store:
    kind, size = str(row["kind"]), float(row["size_kw"])
    known = store_kinds().loc[kind]
    charge = size * float(known["charge_per_h"]) / float(known["discharge_per_h"])
    return store_of(kind, [float(row["capacity_kwh"])], charge_kw=[charge], discharge_kw=[size])


def prices_of_hours(twin: Twin) -> tuple[dict[str, Array], dict[str, Array]]:
    """Prices at the border by carrier and hour, bought and sold [EUR/kWh].

    Plants pay what the scenario's customers pay; chips and waste cost what the catalogue of fuels says.
    """
    index = twin.weather.table.index

    def price(name: str) -> Array:
        return np.asarray(twin.prices.of_hours(name, index, twin.timezone), dtype=np.float64)

    fuels = fuel_kinds()["price_eur_kwh"]
    buy = {}
    for name in BOUGHT:
        carrier = carriers()[name]
        if carrier.fuel:
            buy[name] = np.full(len(index), float(fuels[carrier.fuel]))
        elif carrier.retail:
            buy[name] = price(name)
    sell = {"electricity": price(EXPORT)}
    return buy, sell


def _outside(
    table: pd.DataFrame, plans: Mapping[str, NetworkPlan], buy: Mapping[str, Array], sell: Mapping[str, Array],
    net_load_kw: Array,
) -> dict[str, Outside]:  # fmt: skip
    found = {carrier: Outside(buy[carrier]) for carrier in BY_LORRY}
    for _name, row in table[table["family"] == "outside"].iterrows():
        carrier = str(row["carrier"])
        if carrier not in plans and carrier != "gas":
            continue
        worth = buy[carrier]
        if carrier == "electricity":
            worth = np.where(net_load_kw < 0.0, np.minimum(sell[carrier], worth), worth)
        before = found.get(carrier)
        most = float(row["size_kw"]) + (0.0 if before is None else before.most_kw)
        found[carrier] = Outside(worth, sell.get(carrier), most)
    return found


def _with_injection(
    table: pd.DataFrame, plans: Mapping[str, NetworkPlan], units: dict[str, Unit], outside: dict[str, Outside],
    gas_kw: Array,
) -> pd.DataFrame:  # fmt: skip
    """Add a station that puts hydrogen into the gas network where somebody makes or stores hydrogen."""
    makers = [unit for unit in units.values() if unit.technology.main == "hydrogen"]
    if not makers or "gas" not in plans:
        return table
    room = hydrogen_room(plans["gas"])
    if not room:
        return table
    units[INJECTION] = Unit(Technology("gas", room * gas_kw, {"hydrogen": np.ones_like(gas_kw)}))
    # What a kWh of it costs to make, so that gas is replaced only where that is cheaper; none is bought.
    outside["hydrogen"] = Outside(np.min([_cost_of(unit, outside) for unit in makers], axis=0), most_kw=0.0)
    first = next(name for name in table.index if table.loc[name, "carrier"] == "hydrogen")
    row = table.loc[first].copy()
    row["kind"], row["family"], row["carrier"] = "hydrogen_injection", "conversion", "gas"
    row["title"], row["size_kw"] = "Hydrogen put into the gas network", float((room * gas_kw).max(initial=0.0))
    row["capacity_kwh"], row["origin"] = 0.0, "assumed"
    return pd.concat(
        [table, row.to_frame().T.rename(index={first: INJECTION}).astype(table.dtypes.to_dict())]
    ).rename_axis("plant")


def _cost_of(unit: Unit, outside: Mapping[str, Outside]) -> Array:
    cost = np.full(len(unit.technology.capacity_kw), unit.variable_eur_kwh)
    for carrier, ratio in unit.technology.inputs.items():
        if carrier in outside:
            cost = cost + ratio * outside[carrier].buy_eur_kwh
    return np.asarray(cost)
