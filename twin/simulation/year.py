"""A year of any rows of a twin's buildings, stage by stage: what every run is made of."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from assets.solar import SiteSun, site_sun
from twin._cache.memo import Memo, content_key
from twin._cache.rows import Index, Rows, in_threads, remembered, row_keys
from twin.model.geometry import rows_of
from twin.model.twin import Twin
from twin.simulation.dataset import Year
from twin.simulation.device_sizing import Devices, devices_of
from twin.simulation.investments import investments_of
from twin.simulation.stages import Meter, demand_rows, meter_rows, supply_rows
from twin.simulation.sunlight import Horizons, Light, Planes, horizons_of, light_key, light_of

Progress = Callable[[float, str], None]

_DEMAND_COLUMNS = ["floor_area_m2", "footprint_m2", "height_m", "levels"]
_TANK_COLUMNS = ["heating_system", "tank_days", "tank_control", "use", "construction_year", "cooling_system"]
_METER_COLUMNS = ["pv_share", "charging", "ev_share", "use", "floor_area_m2"]


def year_of(twin: Twin, rows: Index | None = None, *, scene: Scene | None = None, memo: Memo | None = None) -> Year:
    """Compute a year of some buildings of a twin; it is the same whichever others are computed with them.

    Parameters
    ----------
    twin : Twin
        All buildings: those that are not computed cast their shade.
    rows : ndarray of int, optional
        Rows of the buildings, rising; all by default.
    scene : Scene, optional
        What runs of several rows of this twin share; made here where it is not given.
    memo : Memo, optional
        Where stages are remembered, building by building; nowhere by default.

    Returns
    -------
    Year
        Its first axes are the rows; roofs and walls are those of `scene.part(rows)`.
    """
    memo = Memo(0) if memo is None else memo
    scene = Scene(twin, memo) if scene is None else scene
    return Stages(scene if rows is None else scene.part(rows), memo).year


class Scene:
    """A twin with the sun of its site and what stands in the sun's way of it: each is found once, when asked for.

    Parameters
    ----------
    twin : Twin
    memo : Memo
        Where it is remembered for other runs.
    report : callable, optional
        Takes the share done, 0 to 1, and a few words.
    """

    def __init__(self, twin: Twin, memo: Memo, report: Progress | None = None) -> None:
        self.twin, self.memo = twin, memo
        self.report = report or (lambda _share, _what: None)
        self.place = (twin.weather.latitude, twin.weather.longitude, twin.weather.altitude_m)

    @cached_property
    def year(self) -> str:
        """Key of the weather and the place."""
        return content_key(self.twin.weather.table, self.place)

    @cached_property
    def sun(self) -> SiteSun:
        """Sun of the site, all year."""
        return self.memo.get("sun", self.year, lambda: site_sun(self.twin.weather.table, *self.place))

    @cached_property
    def horizons(self) -> Horizons:
        """What stands in the sun's way of every roof and wall."""
        self.report(0.05, "what stands in the sun's way")
        return horizons_of(self.twin, self.memo)

    @cached_property
    def _grouped(self) -> tuple[_Grouped, _Grouped]:
        twin = self.twin
        owners = (rows_of(table["building_id"], twin.buildings.index) for table in (twin.roofs, twin.walls))
        roofs, walls = (_Grouped.of(owner, len(twin.buildings)) for owner in owners)
        return roofs, walls

    @cached_property
    def _lit_row(self) -> Index:
        """Row of each of the twin's walls among those that are lit; -1 for the others."""
        lit = self.horizons.planes.wall_rows
        row = np.full(len(self.twin.walls), -1)
        row[lit] = np.arange(len(lit))
        return row

    def planes_of(self, rows: Index) -> tuple[Index, Index]:
        """Rows of the roof planes and of the walls of some buildings, in the twin's tables."""
        roofs, walls = self._grouped
        return roofs.rows(rows), walls.rows(rows)

    def part(self, rows: Index) -> Scene:
        """Take some of the buildings alone, in the shade of all."""
        roofs, walls = self.planes_of(rows)
        twin = dataclasses.replace(
            self.twin,
            buildings=self.twin.buildings.iloc[rows],
            parameters=self.twin.parameters.iloc[rows],
            roofs=self.twin.roofs.iloc[roofs],
            walls=self.twin.walls.iloc[walls],
            chargers=None,
        )
        part = Scene(twin, self.memo)
        part.year, part.sun, part.horizons = self.year, self.sun, self._seen(rows, roofs, walls)
        return part

    def _seen(self, rows: Index, roofs: Index, walls: Index) -> Horizons:
        """Horizons of some buildings' planes, which count their buildings anew."""
        whole = self.horizons
        planes = whole.planes
        place = np.full(len(self.twin.buildings), -1)
        place[rows] = np.arange(len(rows))
        found = self._lit_row[walls] >= 0
        lit = self._lit_row[walls[found]]
        return Horizons(
            Planes(
                roofs=planes.roofs.iloc[roofs],
                walls=planes.walls.iloc[lit],
                roof_points=planes.roof_points[roofs],
                wall_points=planes.wall_points[lit],
                roof_owner=place[planes.roof_owner[roofs]],
                wall_owner=place[planes.wall_owner[lit]],
                wall_rows=np.flatnonzero(found),
                heated=planes.heated[rows],
            ),
            whole.roofs[roofs],
            whole.walls[lit],
        )


@dataclass(frozen=True)
class _Grouped:
    """Rows of a table by the building that they are of."""

    order: Index
    begin: Index

    @classmethod
    def of(cls, owner: Index, n: int) -> _Grouped:
        order = np.argsort(owner, kind="stable")
        return cls(order, np.searchsorted(owner[order], np.arange(n + 1)))

    def rows(self, buildings: Index) -> Index:
        """Rows of some buildings, in the order of the table."""
        parts = [self.order[self.begin[b] : self.begin[b + 1]] for b in buildings.tolist()]
        return np.sort(np.concatenate(parts)) if parts else np.zeros(0, dtype=np.int64)


class Stages:
    """The stages of a year of all buildings of a scene, each remembered by the content of what its rows take."""

    def __init__(self, scene: Scene, memo: Memo) -> None:
        self.scene, self.twin, self.memo = scene, scene.twin, memo
        self.n = len(scene.twin.buildings)

    @property
    def year(self) -> Year:
        """All stages together."""
        return Year(
            demand=self.demand.arrays,
            supply=self.supply.arrays,
            meter=self.meter.arrays,
            light=self.light,
            battery_kwh=self.devices.battery_kwh,
            charge_points=np.bincount(self.devices.points["building"], minlength=self.n),
            investments=investments_of(self.twin, self.light.building_kwp, self.supply.arrays, self.devices),
        )

    @cached_property
    def light(self) -> Light:
        """Sun on roofs and walls."""
        scene = self.scene

        def compute() -> Light:
            scene.report(0.05, "sun on roofs and walls")
            return light_of(self.twin, scene.horizons, lambda: scene.sun, self.memo, scene.year)

        if self.memo.forgets:
            return compute()
        return self.memo.get("light", content_key(*light_key(self.twin, scene.year)), compute)

    @cached_property
    def devices(self) -> Devices:
        """Charge points and batteries."""
        return devices_of(self.twin, self.light.building_kwp, self.memo)

    @cached_property
    def demand(self) -> Rows:
        """Demand of every building."""
        twin, light = self.twin, self.light

        def keys() -> Any:
            numbers = [name for name in twin.parameters if not str(name).endswith("source")]
            common = content_key(
                self.scene.year,
                (twin.latitude, twin.longitude, twin.timezone, twin.country, twin.catalogue, twin.seed),
            )
            return row_keys(
                self.n,
                common,
                twin.buildings.index.to_numpy(dtype=object),
                twin.buildings[_DEMAND_COLUMNS],
                twin.parameters[numbers],
                light.wall_keys.astype(object),
                _wall_sizes(twin),
            )

        def compute(rows: Index) -> dict[str, Any]:
            told = lambda share, what: self.scene.report(0.40 + 0.40 * share, what)  # noqa: E731  a name for one line
            return demand_rows(twin, rows, (light.planes, light.plane_of[rows]), told)

        return remembered(self.memo, "demand", self.n, keys, in_threads(compute))

    @cached_property
    def supply(self) -> Rows:
        """What heating and cooling systems take."""
        twin, demand, room = self.twin, self.demand, self.devices.room_kwh

        def compute(rows: Index) -> dict[str, Any]:
            self.scene.report(0.82, "heating and cooling systems")
            mine = {name: _taken(array, rows) for name, array in demand.arrays.items()}
            return supply_rows(twin, rows, mine, room[rows])

        def keys() -> Any:
            return row_keys(self.n, "supply", demand.keys, twin.buildings[_TANK_COLUMNS], room)

        return remembered(self.memo, "supply", self.n, keys, in_threads(compute))

    @cached_property
    def meter(self) -> Rows:
        """What goes through the meters."""
        twin, supply, devices, light = self.twin, self.supply, self.devices, self.light
        share = twin.buildings["pv_share"].to_numpy(dtype=np.float64)

        def keys() -> Any:
            return row_keys(
                self.n,
                f"meter {twin.seed}",
                supply.keys,
                np.where(share > 0.0, light.roof_keys, np.bytes_(b"")).astype(light.roof_keys.dtype),
                twin.buildings[_METER_COLUMNS],
                devices.battery_kwh,
            )

        def compute(rows: Index) -> dict[str, Any]:
            self.scene.report(0.88, "exchange with the grid")
            mine = {name: _taken(supply[name], rows) for name in ("load_kwh", "grid_kwh")}
            return meter_rows(twin, rows, mine, Meter(_taken(light.building_kw, rows), share[rows]), devices)

        return remembered(self.memo, "meter", self.n, keys, in_threads(compute))


def _wall_sizes(twin: Twin) -> Any:
    from assets.demand.envelope import wall_areas  # noqa: PLC0415  what the demand takes of the table of walls

    return wall_areas(twin.buildings.index, twin.walls)


def _taken(array: Any, rows: Index) -> Any:
    """Rows of an array; the array itself, uncopied, where they are all of them."""
    return array if len(rows) == len(array) else array[rows]
