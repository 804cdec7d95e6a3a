"""The table of devices of a twin: everything that takes, gives, stores or measures energy, each with an id.

Meters, dispatch and trades point at these ids. They are made of the id of the owner and what the device is
(`w12/battery`, `w12/charger/1`), so that a device keeps its id whatever else a scenario changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets.building_systems.battery import battery_models
from assets.building_systems.supply import cooling_systems, heating_systems
from assets.catalogue import table
from assets.ev import charge_points, station_points
from twin.model.plants import plant_kinds, plant_table

if TYPE_CHECKING:
    import xarray as xr

    from twin.model.twin import Twin

COLUMNS = ("owner", "owner_kind", "kind", "model", "carrier", "size", "unit", "origin", "source")
HOUSES = frozenset({"detached_house", "row_house"})
"""Uses whose battery and tank are those of a house."""
_SIZED_BY: Mapping[str, str] = {"pv": "pv_kwp", "battery": "battery_kwh", "tank": "tank_l", "heat_pump": "pump_kw"}
"""Variables of a year's results that tell how large a device is."""
_HEATED_BY: Mapping[str, str] = {
    "district_heat": "heat_exchanger",
    "gas": "boiler",
    "oil": "boiler",
    "wood": "boiler",
    "electricity": "electric_heating",
}
_METERED: Mapping[str, tuple[str, str]] = {"district_heat": ("heat_meter", "heat"), "gas": ("gas_meter", "gas")}

Mask = npt.NDArray[np.bool_]
Frames = Iterator[pd.DataFrame]


def device_table(twin: Twin) -> pd.DataFrame:
    """List the devices of a twin under its scenario.

    Parameters
    ----------
    twin : Twin

    Returns
    -------
    pandas.DataFrame
        Index `device`, its id: the owner's id, a slash and what it is, numbered where an owner has several; plants and
        stores of the district have their own. Columns: `owner` (id of a building, a charging station, or "district"),
        `owner_kind` ("building", "station", "district"), `kind` ("electricity_meter", "heat_pump", "battery",
        "charger", ..., of plants their kind), `model` (of the catalogue; empty without one), `carrier` (what it gives,
        stores or measures), `size` with its `unit` (NaN where only a year's results tell it, see `sized_devices`, or
        nothing limits it), `origin` ("assumed", "mapped", "edited" by the scenario, or where the heating comes from)
        and `source` (of the model's figures).
    """
    frames = [*_of_buildings(twin), *_of_stations(twin), _of_district(twin)]
    found = pd.concat(frames, verify_integrity=True).rename_axis("device")
    return found[list(COLUMNS)]


def sized_devices(devices: pd.DataFrame, dataset: xr.Dataset) -> pd.DataFrame:
    """Fill in the sizes that a year's results tell: modules, batteries, tanks and heat pumps of buildings.

    Parameters
    ----------
    devices : pandas.DataFrame
        Of `device_table`.
    dataset : xarray.Dataset
        Results of the same twin's year.

    Returns
    -------
    pandas.DataFrame
        A new one, in the same form.
    """
    found = devices.copy()
    for kind, name in _SIZED_BY.items():
        if name in dataset:
            sizes = dataset[name].to_series()
            rows = (found["kind"] == kind) & (found["owner_kind"] == "building")
            found.loc[rows, "size"] = sizes.reindex(found.loc[rows, "owner"]).to_numpy(dtype=np.float64)
    return found


def _frame(owners: Any, what: str, **columns: Any) -> pd.DataFrame:
    """Rows of one device each of some owners."""
    ids = [str(owner) for owner in owners]
    base: dict[str, Any] = {
        "owner": ids,
        "owner_kind": "building",
        "kind": what,
        "model": "",
        "size": np.nan,
        "unit": "",
        "origin": "assumed",
        "source": "",
    }
    index = pd.Index([f"{owner}/{what}" for owner in ids], dtype=object)
    return pd.DataFrame(base | columns, index=index)


def _of_buildings(twin: Twin) -> Frames:
    buildings = twin.buildings
    ids = buildings.index.to_numpy(dtype=object)
    yield _frame(ids, "electricity_meter", carrier="electricity")
    yield from _heating(twin)
    yield from _cooling(twin)
    share = buildings["pv_share"].to_numpy(dtype=np.float64) > 0.0
    yield _frame(ids[share], "pv", carrier="electricity", unit="kWp", origin="edited")
    asked = buildings[["battery_kwh", "battery_kwh_kwp"]].to_numpy(dtype=np.float64)
    with_battery = share & (asked > 0.0).any(axis=1)
    models = np.where(buildings["use"].isin(HOUSES), "home", "block")[with_battery]
    fixed = np.where(asked[:, 1] > 0.0, np.nan, asked[:, 0])[with_battery]
    sources = battery_models()["source"][models].to_numpy()
    yield _frame(
        ids[with_battery], "battery", model=models, carrier="electricity", size=fixed, unit="kWh", origin="edited",
        source=sources,
    )  # fmt: skip
    parked = buildings["ev_share"].to_numpy(dtype=np.float64)
    points = charge_points(ids.tolist(), buildings["use"].tolist(), buildings["floor_area_m2"], share=parked,
                           seed=twin.seed)  # fmt: skip
    yield _chargers(ids, points["building"].to_numpy(), points, owner_kind="building", origin="edited")


def _heating(twin: Twin) -> Frames:
    buildings = twin.buildings
    ids = buildings.index.to_numpy(dtype=object)
    systems = heating_systems().loc[buildings["heating_system"]]
    carrier = systems["carrier"].fillna("").to_numpy(dtype=str)
    pump = systems["heat_pump"].fillna("").to_numpy(dtype=str)
    names, sources = systems.index.to_numpy(dtype=object), systems["source"].to_numpy(dtype=object)
    origin = buildings["heating_system_source"].to_numpy(dtype=object)
    for taken, (meter, measured) in _METERED.items():
        yield _frame(ids[carrier == taken], meter, carrier=measured)
    rows = pump != ""
    yield _frame(
        ids[rows], "heat_pump", model=pump[rows], carrier="heat", unit="kW", origin=origin[rows],
        source=table("heat_pumps").set_index("model")["source"][pump[rows]].to_numpy(),
    )  # fmt: skip
    for what in dict.fromkeys(_HEATED_BY.values()):
        rows = (pump == "") & np.isin(carrier, [name for name, device in _HEATED_BY.items() if device == what])
        yield _frame(ids[rows], what, model=names[rows], carrier="heat", origin=origin[rows], source=sources[rows])
    tank = (buildings["tank_days"].to_numpy(dtype=np.float64) > 0.0) & (carrier == "electricity")
    yield _frame(ids[tank], "tank", carrier="heat", unit="l", origin="edited")


def _cooling(twin: Twin) -> Frames:
    buildings = twin.buildings
    ids = buildings.index.to_numpy(dtype=object)
    cooled = buildings["cooled"].to_numpy(dtype=bool)
    systems = cooling_systems().loc[buildings["cooling_system"]]
    bought = (systems["carrier"] != "electricity").to_numpy()
    names, sources = systems.index.to_numpy(dtype=object), systems["source"].to_numpy(dtype=object)
    for what, rows in (("chiller", cooled & ~bought), ("cold_exchanger", cooled & bought)):
        yield _frame(ids[rows], what, model=names[rows], carrier="cold", source=sources[rows])
    yield _frame(ids[cooled & bought], "cold_meter", carrier="cold")


def _chargers(ids: Any, row: Any, points: pd.DataFrame, **columns: Any) -> pd.DataFrame:
    """List charge points, those of each owner numbered from 1."""
    users = points["users"].to_numpy(dtype=object)
    kinds = table("ev_chargers").set_index("charger")
    found = _frame(
        ids[row], "charger", model=users, carrier="electricity", size=points["power_kw"].to_numpy(dtype=np.float64),
        unit="kW", source=kinds["source"].reindex(users).fillna("").to_numpy(), **columns,
    )  # fmt: skip
    number = found.groupby("owner", sort=False).cumcount().to_numpy() + 1
    return found.set_index(pd.Index([f"{name}/{n}" for name, n in zip(found.index, number, strict=True)], dtype=object))


def _of_stations(twin: Twin) -> Frames:
    chargers = twin.chargers
    if chargers is None or not len(chargers):
        return
    ids = chargers.index.to_numpy(dtype=object)
    capacity, power = (chargers[name].to_numpy(dtype=np.float64) for name in ("capacity", "output_kw"))
    points = station_points([str(i) for i in ids], capacity, power)
    yield _frame(ids, "electricity_meter", owner_kind="station", carrier="electricity")
    yield _chargers(ids, points["station"].to_numpy(), points, owner_kind="station", origin="mapped")


def _of_district(twin: Twin) -> pd.DataFrame:
    plants = plant_table(twin)
    stores = (plants["family"] == "store").to_numpy()
    size = np.where(stores, plants["capacity_kwh"], plants["size_kw"])
    return pd.DataFrame(
        {
            "owner": "district",
            "owner_kind": "district",
            "kind": plants["kind"],
            "model": plants["kind"],
            "carrier": plants["carrier"],
            "size": np.where(np.isfinite(size), size, np.nan),
            "unit": np.where(stores, "kWh", "kW"),
            "origin": plants["origin"],
            "source": plant_kinds()["source"][plants["kind"]].to_numpy(),
        },
        index=plants.index,
    )
