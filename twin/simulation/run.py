"""From a district and a scenario to the results of a year, stage by stage."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from assets.balance import CARRIERS, check_balance
from assets.ev import charge_sessions
from assets.solar import SiteSun, site_sun
from twin._cache.memo import Memo, content_key
from twin._cache.rows import Index, Rows, in_threads, remembered, row_keys
from twin.model.twin import Twin, make_twin
from twin.results.results import Results
from twin.simulation.dataset import Year, flows_of, make_dataset
from twin.simulation.device_sizing import Devices, devices_of, station_sessions
from twin.simulation.investments import investments_of
from twin.simulation.stages import Meter, demand_rows, meter_rows, supply_rows
from twin.simulation.sunlight import Light, light_key, light_of

if TYPE_CHECKING:
    from gis_data.district import District
    from twin.scenario import Scenario

Progress = Callable[[float, str], None]

MEMO = Memo()
"""What runs of this process remember of each other's stages."""

_DEMAND_COLUMNS = ["floor_area_m2", "footprint_m2", "height_m", "levels"]
_TANK_COLUMNS = ["heating_system", "tank_days", "tank_control", "use", "construction_year", "cooling_system"]
_METER_COLUMNS = ["pv_share", "charging", "ev_share", "use", "floor_area_m2"]


def run(
    district: District,
    scenario: Scenario | None = None,
    *,
    seed: int = 0,
    progress: Progress | None = None,
    memo: Memo | None = None,
) -> Results:
    """Compute a year of a district under a scenario, hour by hour.

    Every stage is remembered building by building: what an edit does not touch is not computed again. An edit of prices
    computes nothing, one of PV only what goes through the meters, one of a building's heating only its supply; new and
    lost buildings cast their shade anew on what lies within reach.

    Parameters
    ----------
    district : District
        As `load_district` gives it.
    scenario : Scenario, optional
        Without it, the district as it is.
    seed : int
        Seed of everything drawn. The same inputs and seed give the same results.
    progress : callable, optional
        Takes the share done, 0 to 1, and a few words on what is going on.
    memo : Memo, optional
        Where stages are remembered; this process's own by default.

    Returns
    -------
    Results

    Raises
    ------
    ScenarioError
        Where the scenario does not fit the district.
    BalanceError
        Where energy would be lost or made from nothing; it never should.
    """
    report = progress or (lambda _share, _what: None)
    report(0.0, "joining district and scenario")
    memo = MEMO if memo is None else memo
    twin = make_twin(district, scenario, seed=seed, memo=memo)
    stages = Stages(twin, memo, report)
    meter = stages.meter
    dataset = make_dataset(
        twin,
        Year(
            demand=stages.demand.arrays,
            supply=stages.supply.arrays,
            meter=meter.arrays,
            light=stages.light,
            stations_kwh=stages.stations_kwh,
            battery_kwh=stages.devices.battery_kwh,
            charge_points=np.bincount(stages.devices.points["building"], minlength=len(twin.buildings)),
            investments=investments_of(twin, stages.light.building_kwp, stages.supply.arrays, stages.devices),
        ),
    )
    report(0.92, "holding the balance")
    _hold_the_balance(dataset, memo, content_key(stages.supply.keys), content_key(meter.keys))
    report(1.0, "done")
    return Results(dataset)


def _hold_the_balance(dataset: xr.Dataset, memo: Memo, supply: str, meter: str) -> None:
    """Check every carrier, building and hour; what is the very same as in an earlier run was checked there."""
    flows, ids = flows_of(dataset), [str(i) for i in dataset["building"].to_numpy()]
    heat = {name: CARRIERS[name] for name in ("heat", "cold")}
    power = {name: CARRIERS[name] for name in ("electricity", "battery")}
    memo.get("balance of heat", supply, lambda: check_balance(flows, ids, carriers=heat))
    memo.get("balance of electricity", meter, lambda: check_balance(flows, ids, carriers=power))


class Stages:
    """The stages of one run, each remembered by the content of what its rows take."""

    def __init__(self, twin: Twin, memo: Memo, report: Progress) -> None:
        self.twin, self.memo, self.report = twin, memo, report
        self.n = len(twin.buildings)
        self.place = (twin.weather.latitude, twin.weather.longitude, twin.weather.altitude_m)
        self.year = content_key(twin.weather.table, self.place)

    def sun(self) -> SiteSun:
        """Sun of the site, all year."""
        return self.memo.get("sun", self.year, lambda: site_sun(self.twin.weather.table, *self.place))

    @cached_property
    def light(self) -> Light:
        """Sun on roofs and walls."""

        def compute() -> Light:
            self.report(0.05, "sun on roofs and walls")
            return light_of(self.twin, self.sun, self.memo, self.year)

        return self.memo.get("light", content_key(*light_key(self.twin, self.year)), compute)

    @cached_property
    def devices(self) -> Devices:
        """Charge points and batteries."""
        return devices_of(self.twin, self.light.building_kwp, self.memo)

    @cached_property
    def demand(self) -> Rows:
        """Demand of every building."""
        twin, light = self.twin, self.light
        numbers = [name for name in twin.parameters if not str(name).endswith("source")]
        common = content_key(
            self.year, (twin.latitude, twin.longitude, twin.timezone, twin.country, twin.catalogue, twin.seed)
        )
        ids = twin.buildings.index.to_numpy(dtype=object)
        walls = light.wall_keys.astype(object)
        sizes = _wall_sizes(twin)
        keys = row_keys(self.n, common, ids, twin.buildings[_DEMAND_COLUMNS], twin.parameters[numbers], walls, sizes)

        def compute(rows: Index) -> dict[str, Any]:
            told = lambda share, what: self.report(0.40 + 0.40 * share, what)  # noqa: E731  a name for one line
            return demand_rows(twin, rows, (light.planes, light.plane_of[rows]), told)

        return remembered(self.memo, "demand", keys, in_threads(compute))

    @cached_property
    def supply(self) -> Rows:
        """What heating and cooling systems take."""
        twin, demand, room = self.twin, self.demand, self.devices.room_kwh
        keys = row_keys(self.n, "supply", demand.keys, twin.buildings[_TANK_COLUMNS], room)

        def compute(rows: Index) -> dict[str, Any]:
            self.report(0.82, "heating and cooling systems")
            mine = {name: _taken(array, rows) for name, array in demand.arrays.items()}
            return supply_rows(twin, rows, mine, room[rows])

        return remembered(self.memo, "supply", keys, in_threads(compute))

    @cached_property
    def meter(self) -> Rows:
        """What goes through the meters."""
        twin, supply, devices, light = self.twin, self.supply, self.devices, self.light
        share = twin.buildings["pv_share"].to_numpy(dtype=np.float64)
        keys = row_keys(
            self.n,
            f"meter {twin.seed}",
            supply.keys,
            np.where(share > 0.0, light.roof_keys, np.bytes_(b"")).astype(light.roof_keys.dtype),
            twin.buildings[_METER_COLUMNS],
            devices.battery_kwh,
        )

        def compute(rows: Index) -> dict[str, Any]:
            self.report(0.88, "exchange with the grid")
            mine = {name: _taken(supply[name], rows) for name in ("load_kwh", "grid_kwh")}
            return meter_rows(twin, rows, mine, Meter(_taken(light.building_kw, rows), share[rows]), devices)

        return remembered(self.memo, "meter", keys, in_threads(compute))

    @cached_property
    def stations_kwh(self) -> Any:
        """Charging at the district's public stations, shape (stations, T); None where there are none."""
        twin = self.twin
        if twin.chargers is None or not len(twin.chargers):
            return None
        columns = twin.chargers[["capacity", "output_kw"]]
        key = content_key(columns, twin.weather.table.index, twin.timezone, twin.country, twin.seed)
        return self.memo.get("stations", key, lambda: stations_kwh(twin))


def stations_kwh(twin: Twin) -> Any:
    """Charging at public stations, as soon as cars are plugged in, shape (stations, T)."""
    found = station_sessions(twin)
    if found is None or twin.chargers is None:
        return None
    points, sessions = found
    return charge_sessions(
        sessions,
        twin.time,
        owner=points["station"].to_numpy(),
        n_owners=len(twin.chargers),
        charger_kw=points["power_kw"].to_numpy(),
    ).energy_kwh


def _wall_sizes(twin: Twin) -> Any:
    from assets.demand.envelope import wall_areas  # noqa: PLC0415  what the demand takes of the table of walls

    return wall_areas(twin.buildings.index, twin.walls)


def _taken(array: Any, rows: Index) -> Any:
    """Rows of an array; the array itself, uncopied, where they are all of them."""
    return array if len(rows) == len(array) else array[rows]
