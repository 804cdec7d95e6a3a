"""From a district and a scenario to the results of a year, stage by stage."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from assets.balance import CARRIERS, check_balance
from assets.demand import Demand, building_demand
from assets.solar import SiteSun, horizon_angles, site_sun
from assets.supply import Supply, heat_supply
from twin.dataset import flows_of, make_dataset
from twin.exchange import grid_exchange
from twin.geometry import Edges, building_edges, roof_points, rows_of
from twin.memo import Memo, content_key
from twin.model import Twin, make_twin
from twin.results import Results
from twin.sunlight import RoofSun, WallSun, roof_sun, wall_sun

if TYPE_CHECKING:
    from gis_data.district import District
    from twin.scenario import Scenario

Progress = Callable[[float, str], None]
Hourly = npt.NDArray[np.float32]

MEMO = Memo()
"""What runs of this process remember of each other's stages."""

_SHAPE = ["geometry", "height_m"]
_DEMAND_COLUMNS = ["floor_area_m2", "footprint_m2", "height_m", "levels"]
_WALL_COLUMNS = ["building_id", "azimuth_deg", "area_m2", "x_m", "y_m", "height_m"]
_ROOF_COLUMNS = ["building_id", "geometry", "tilt_deg", "azimuth_deg", "usable_m2", "height_m"]


def run(
    district: District,
    scenario: Scenario | None = None,
    *,
    seed: int = 0,
    progress: Progress | None = None,
    memo: Memo | None = None,
) -> Results:
    """Compute a year of a district under a scenario, hour by hour.

    A stage whose inputs have the same content as in an earlier run of this process is not computed again: an edit of
    prices computes nothing, one of PV only what is fed into the grid, one of a heating system the supply.

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
    stages = _Stages(twin, memo, report)
    roofs, demand, supply = stages.roofs, stages.demand, stages.supply
    report(0.88, "exchange with the grid")
    exchange = grid_exchange(twin, supply, roofs)
    dataset = make_dataset(twin, demand=demand, supply=supply, roofs=roofs, walls=stages.walls, exchange=exchange)
    report(0.92, "holding the balance")
    _hold_the_balance(dataset, memo, stages.supply_key)
    report(1.0, "done")
    return Results(dataset)


def _hold_the_balance(dataset: xr.Dataset, memo: Memo, supply_key: str) -> None:
    """Check every carrier, those of the supply only once for each supply."""
    flows, ids = flows_of(dataset), [str(i) for i in dataset["building"].to_numpy()]
    behind = {name: carrier for name, carrier in CARRIERS.items() if name != "electricity"}
    memo.get("balance", supply_key, lambda: check_balance(flows, ids, carriers=behind))
    check_balance(flows, ids, carriers={"electricity": CARRIERS["electricity"]})


class _Stages:
    """The stages of one run, each remembered by the content of what it takes."""

    def __init__(self, twin: Twin, memo: Memo, report: Progress) -> None:
        self.twin, self.memo, self.report = twin, memo, report
        place = (twin.weather.latitude, twin.weather.longitude, twin.weather.altitude_m)
        self.place = place
        self.year = content_key(twin.weather.table, place)
        self.shape = content_key(twin.buildings[_SHAPE])
        self.roofs_key = content_key(self.year, self.shape, twin.roofs[_ROOF_COLUMNS], twin.latitude)
        self.walls_key = content_key(self.year, self.shape, twin.walls[_WALL_COLUMNS])
        self.demand_key = content_key(
            self.walls_key,
            twin.buildings[_DEMAND_COLUMNS],
            twin.parameters[[name for name in twin.parameters if not name.endswith("source")]],
            (twin.latitude, twin.longitude, twin.timezone, twin.country, twin.catalogue, twin.seed),
        )
        systems = twin.buildings["heating_system"].tolist()
        self.supply_key = content_key(self.demand_key, self.roofs_key, systems)

    @cached_property
    def sun(self) -> SiteSun:
        return self.memo.get("sun", self.year, lambda: site_sun(self.twin.weather.table, *self.place))

    @cached_property
    def edges(self) -> Edges:
        buildings = self.twin.buildings
        return self.memo.get(
            "edges", self.shape, lambda: building_edges(buildings.geometry, buildings["height_m"].to_numpy())
        )

    @cached_property
    def roofs(self) -> RoofSun:
        return self.memo.get("roofs", self.roofs_key, self._roofs)

    def _roofs(self) -> RoofSun:
        self.report(0.05, "sun on the roofs")
        twin, edges = self.twin, self.edges
        roofs = pd.DataFrame(twin.roofs.drop(columns="geometry"))
        owner = rows_of(roofs["building_id"], twin.buildings.index)
        horizon = horizon_angles(
            roof_points(twin.roofs), edges.xy_m, edges.height_m, edge_owner=edges.owner, point_owner=owner
        )
        return roof_sun(
            self.sun,
            twin.weather.table,
            roofs,
            owner=owner,
            n_buildings=len(twin.buildings),
            horizon=horizon,
            latitude=twin.latitude,
        )

    @cached_property
    def walls(self) -> WallSun:
        return self.memo.get("walls", self.walls_key, self._walls)

    def _walls(self) -> WallSun:
        self.report(0.25, "sun on the walls")
        return wall_sun(self.sun, self.twin.walls, self.twin.buildings.index, self.edges)

    @cached_property
    def demand(self) -> Demand:
        return self.memo.get("demand", self.demand_key, self._demand)

    def _demand(self) -> Demand:
        twin = self.twin
        return building_demand(
            pd.DataFrame(twin.buildings.drop(columns="geometry")),
            twin.walls,
            twin.parameters,
            twin.weather.table,
            latitude=twin.latitude,
            longitude=twin.longitude,
            timezone=twin.timezone,
            country=twin.country,
            catalogue=twin.catalogue,
            wall_irradiance=(self.walls.planes_w_m2, self.walls.plane_of),
            seed=twin.seed,
            progress=lambda share, what: self.report(0.40 + 0.40 * share, what),
        )

    @cached_property
    def supply(self) -> Supply:
        demand, roofs = self.demand, self.roofs
        return self.memo.get("supply", self.supply_key, lambda: self._supply(demand, roofs))

    def _supply(self, demand: Demand, roofs: RoofSun) -> Supply:
        self.report(0.82, "heating and cooling systems")
        return heat_supply(
            self.twin.buildings["heating_system"].tolist(),
            space_heat_kw=demand.space_heat_kw,
            hot_water_kw=demand.hot_water_kw,
            cooling_kw=demand.cooling_kw,
            appliances_kw=demand.appliances_kw,
            lighting_kw=demand.lighting_kw,
            pv_peak_kw=roofs.building_kw.max(axis=1, initial=0.0).astype(np.float64),
        )
