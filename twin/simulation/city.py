"""A whole city: the same year as `run` computes, some hundred buildings at a time, of which sums are kept."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from assets.balance import check_balance
from assets.building_systems.supply import cooling_systems
from assets.solar import SiteSun, site_sun
from twin._cache.memo import Memo
from twin._cache.rows import Index
from twin.model.twin import Twin, make_twin
from twin.results.results import Results
from twin.results.schema import as_declared
from twin.results.totals import ANNUAL, KEEP, Hours, block_totals
from twin.simulation.dataset import Year, hourly_variables, make_dataset, of_hours, provenance
from twin.simulation.device_sizing import devices_of
from twin.simulation.investments import MEASURES, Investments, investments_of
from twin.simulation.run import stations_kwh
from twin.simulation.stages import Meter, demand_rows, meter_rows, supply_rows
from twin.simulation.sun_models import (
    flat_light,
    plane_rows,
    roof_horizon,
    roof_power,
    roof_yield,
    wall_horizon,
    wall_light,
)
from twin.simulation.sunlight import Planes, kwp_of_buildings, planes_of, wall_year

if TYPE_CHECKING:
    from gis_data.district import District
    from twin.scenario import Scenario

Progress = Callable[[float, str], None]
CHUNK = 512
"""Buildings computed at once: less than 1 GB, whatever the city's size."""


def run_city(
    district: District,
    scenario: Scenario | None = None,
    *,
    seed: int = 0,
    progress: Progress | None = None,
    chunk: int = CHUNK,
) -> Results:
    """Compute a year of a district too large to keep every building's hours of.

    The models, the hours and the figures are those of `run`; nothing is remembered for the next run.

    Parameters
    ----------
    district, scenario, seed, progress
        As of `run`.
    chunk : int
        Buildings that are computed at once.

    Returns
    -------
    Results
        Without hours of buildings: `total_<name>` over `building` holds their sums and peaks, `district_<name>` over
        `time` the hourly sum of all. KPIs, comparisons and tables work as with those of `run`.

    Raises
    ------
    ScenarioError
        Where the scenario does not fit the district.
    BalanceError
        Where energy would be lost or made from nothing; it never should.
    """
    report = progress or (lambda _share, _what: None)
    report(0.0, "joining district and scenario")
    twin = make_twin(district, scenario, seed=seed, memo=Memo(0))
    weather = twin.weather
    sun = site_sun(weather.table, weather.latitude, weather.longitude, weather.altitude_m)
    planes = planes_of(twin)
    report(0.05, "what stands in the sun's way")
    horizons = (
        roof_horizon(planes.roof_points, planes.roof_owner, planes.edges),
        wall_horizon(planes.wall_points, planes.wall_owner, planes.edges),
    )
    year = _Sums(twin, planes)
    starts = range(0, len(twin.buildings), chunk)
    for done, start in enumerate(starts):
        report(0.1 + 0.88 * done / len(starts), f"building {start + 1} of {len(twin.buildings)}")
        year.add(np.arange(start, min(start + chunk, len(twin.buildings))), sun, horizons)
    results = year.results()
    report(1.0, "done")
    return results


class _Sums:
    """What is kept of the buildings that were computed."""

    def __init__(self, twin: Twin, planes: Planes) -> None:
        self.twin, self.planes = twin, planes
        n, p = len(twin.buildings), len(planes.roof_owner)
        self.hours = _hours_of(twin)
        self.totals: dict[str, npt.NDArray[np.float64]] = {}
        self.of_hour: dict[str, npt.NDArray[np.float64]] = {}
        self.walls = np.full(len(twin.walls), np.nan)
        self.roofs = {name: np.zeros(p) for name in ("irradiation_kwh_m2", "potential_kwh", "potential_kwp")}
        self.static = {
            name: np.zeros(n) for name in ("heated_area_m2", "tank_l", "pump_kw", "battery_kwh", "charge_points", "kwp")
        }
        self.investments = Investments(np.zeros((len(MEASURES), n)), np.zeros(n), {})

    def add(self, rows: Index, sun: SiteSun, horizons: tuple[Any, Any]) -> None:
        """Compute some buildings and keep their sums."""
        part, light, here = self._light(rows, sun, horizons)
        everything = np.arange(len(rows))
        devices = devices_of(part, light.building_kwp, Memo(0))
        demand = demand_rows(part, everything, (light.planes, light.plane_of))
        supply = supply_rows(part, everything, demand, devices.room_kw)
        share = part.buildings["pv_share"].to_numpy(dtype=np.float64)
        meter = meter_rows(part, everything, supply, Meter(light.building_kw, share), devices)
        points = np.bincount(devices.points["building"], minlength=len(rows))
        priced = investments_of(part, light.building_kwp, supply, devices)
        year = Year(demand, supply, meter, light, None, devices.battery_kwh, points, priced)
        arrays = {name: array for name, (_dims, array, _attrs) in hourly_variables(part, year).items()}
        _hold_the_balance(part, arrays)
        for name, values in block_totals(arrays.get, len(rows), self.hours, self.of_hour).items():
            self.totals.setdefault(name, np.zeros(len(self.twin.buildings)))[rows] = values
        for name, values in self.roofs.items():
            values[here] = getattr(light, name)
        told = {"heated_area_m2": demand["heated_area_m2"], "tank_l": supply["tank_l"], "pump_kw": supply["pump_kw"]}
        told |= {"battery_kwh": devices.battery_kwh, "charge_points": points, "kwp": light.building_kwp}
        for name, values in told.items():
            self.static[name][rows] = values
        self.investments.eur[:, rows] = priced.eur
        self.investments.annuity_eur[rows] = priced.annuity_eur
        self.investments = dataclasses.replace(self.investments, sources={**self.investments.sources, **priced.sources})

    def _light(self, rows: Index, sun: SiteSun, horizons: tuple[Any, Any]) -> tuple[Twin, _Roofs, Any]:
        """Twin of some buildings alone, the sun on them, and which roof planes are theirs."""
        twin, planes = self.twin, self.planes
        first, last = int(rows[0]), int(rows[-1])
        here = (planes.roof_owner >= first) & (planes.roof_owner <= last)
        walls = (planes.wall_owner >= first) & (planes.wall_owner <= last)
        buildings = twin.buildings.iloc[rows]
        part = dataclasses.replace(
            twin, buildings=buildings, parameters=twin.parameters.iloc[rows], walls=planes.walls[walls]
        )
        owner = planes.roof_owner[here] - first
        given = (sun, twin.weather.table, planes.roofs[here], horizons[0][here])
        made = roof_yield(*given, latitude=twin.latitude)
        azimuth = planes.walls["azimuth_deg"].to_numpy(dtype=np.float64)[walls]
        lit = wall_light(sun, azimuth, horizons[1][walls])
        lit_rows = planes.wall_rows[walls]
        self.walls[lit_rows] = wall_year(len(self.walls), lit_rows, lit)[lit_rows]
        return (
            part,
            _Roofs(
                **made,
                building_kwp=kwp_of_buildings(len(rows), owner, made["potential_kwp"]),
                building_kw=roof_power(*given, owner=owner, n_owner=len(rows), latitude=twin.latitude),
                planes=np.concatenate([flat_light(sun), lit]),
                plane_of=plane_rows(len(rows), planes.wall_owner[walls] - first, azimuth, planes.heated[rows]),
            ),
            here,
        )

    def results(self) -> Results:
        """Put the sums together."""
        static = self.static
        year = Year(
            demand={"heated_area_m2": static["heated_area_m2"]},
            supply={"tank_l": static["tank_l"], "pump_kw": static["pump_kw"]},
            meter={},
            light=_Roofs(**self.roofs, wall_kwh_m2=self.walls, building_kwp=static["kwp"]),
            stations_kwh=stations_kwh(self.twin),
            battery_kwh=static["battery_kwh"],
            charge_points=static["charge_points"],
            investments=self.investments,
        )
        dataset = make_dataset(self.twin, year, self._variables())
        return Results(dataset.assign_attrs({KEEP: ANNUAL}))

    def _variables(self) -> dict[str, Any]:
        of_hour = {f"district_{name}": values.astype(np.float64) for name, values in self.of_hour.items()}
        return as_declared({f"total_{name}": values for name, values in self.totals.items()} | of_hour)


@dataclasses.dataclass(frozen=True, eq=False)
class _Roofs:
    """Sun on some buildings, as `twin.simulation.sunlight.Light` without its keys."""

    irradiation_kwh_m2: Any
    potential_kwh: Any
    potential_kwp: Any
    building_kwp: Any
    wall_kwh_m2: Any = None
    building_kw: Any = None
    planes: Any = None
    plane_of: Any = None


def _hours_of(twin: Twin) -> Hours:
    """Prices and factors of the hours, in the form that the KPIs read them in."""
    time = twin.weather.table.index.tz_convert("UTC").tz_localize(None).to_numpy()
    return Hours.of(xr.Dataset(of_hours(twin), coords={"time": ("time", time)}, attrs=provenance(twin)))


def _hold_the_balance(part: Twin, arrays: dict[str, Any]) -> None:
    seer = cooling_systems()["seer"][part.buildings["cooling_system"]].to_numpy(dtype=np.float64)
    flows = arrays | {"chiller_seer": seer}
    check_balance(flows, [str(i) for i in part.buildings.index])
