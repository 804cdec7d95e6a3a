"""A year of any number of buildings, some at a time: hours go to the disk as they come, sums stay."""

from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from assets.balance import check_balance
from assets.building_systems.supply import cooling_systems
from assets.threads import at_most
from twin._cache.memo import Memo
from twin.model.twin import Twin
from twin.results.schema import as_declared
from twin.results.totals import Hours, add_hours, block_totals
from twin.simulation.dataset import Year, hourly_variables, of_hours, provenance
from twin.simulation.investments import MEASURES, Investments
from twin.simulation.year import Progress, Scene, year_of

Array = npt.NDArray[np.float64]
Each = Callable[[slice, Mapping[str, Any]], None]
"""Takes the rows of some buildings and their hourly variables: dimensions, array, attributes by name."""

_OF_ROOFS = ("irradiation_kwh_m2", "potential_kwh", "potential_kwp")
_OF_BUILDINGS = ("heated_area_m2", "tank_l", "pump_kw", "battery_kwh", "charge_points", "building_kwp")


@dataclass(frozen=True)
class Blocks:
    """How a district is computed some buildings at a time.

    Attributes
    ----------
    size : int
        Buildings that a thread computes at once, a multiple of `twin.results.totals.GROUP`.
    workers : int
        Threads; there is one more block than threads in memory.
    """

    size: int
    workers: int


@dataclass(frozen=True, eq=False)
class Sums:
    """What is kept of buildings whose hours are not.

    Attributes
    ----------
    year : Year
        Without hours.
    annual : mapping
        Sums and peaks of each building and sums of each hour, as xarray takes them.
    """

    year: Year
    annual: Mapping[str, Any]


def stream(twin: Twin, blocks: Blocks, *, each: Each | None = None, report: Progress) -> Sums:
    """Compute a year, some buildings at a time in every thread.

    Parameters
    ----------
    twin : Twin
        All buildings.
    blocks : Blocks
        How many buildings at a time.
    each : callable, optional
        Takes every block's hours, in the order of the buildings.
    report : callable
        Takes the share done, 0 to 1, and a few words.

    Returns
    -------
    Sums
    """
    scene = Scene(twin, Memo(0), report)
    found = _Sums(twin)
    n = len(twin.buildings)
    for block in _in_order(scene, blocks, each is not None):
        if each is not None:
            each(block.rows, block.hourly)
        found.add(block)
        report(0.1 + 0.88 * block.rows.stop / n, f"building {block.rows.stop} of {n}")
    return found.kept()


def _in_order(scene: Scene, blocks: Blocks, hours: bool) -> Iterator[_Block]:
    """Compute blocks in threads and give them in their order, no more in memory than threads and one."""
    n, size, workers = len(scene.twin.buildings), blocks.size, blocks.workers
    prices = _prices(scene.twin)
    _ = scene.sun, scene.horizons, scene.planes_of(np.zeros(0, dtype=np.int64))  # by one thread, for all

    def compute(rows: slice) -> _Block:
        with at_most(1):
            return _block(scene, rows, prices, hours)

    waiting: deque[Future[_Block]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        try:
            for start in range(0, n, size):
                waiting.append(pool.submit(compute, slice(start, min(start + size, n))))
                if len(waiting) > workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


@dataclass(frozen=True, eq=False)
class _Block:
    """A year of some buildings, summed up."""

    rows: slice
    totals: Mapping[str, Array]
    of_hour: Mapping[str, Array]
    of_buildings: Mapping[str, Array]
    roofs: npt.NDArray[np.int64]
    of_roofs: Mapping[str, Array]
    walls: npt.NDArray[np.int64]
    wall_kwh_m2: Array
    investments: Investments
    hourly: Mapping[str, Any]


def _block(scene: Scene, rows: slice, prices: Hours, hours: bool) -> _Block:
    index = np.arange(rows.start, rows.stop)
    part = scene.part(index)
    year = year_of(part.twin, scene=part)
    hourly = hourly_variables(part.twin, year)
    arrays = {name: array for name, (_dims, array, _attrs) in hourly.items()}
    _hold_the_balance(part.twin, arrays)
    sums, of_hour = block_totals(arrays.get, len(index), prices)
    told = {"building_kwp": year.light.building_kwp, "battery_kwh": year.battery_kwh}
    told |= {"charge_points": year.charge_points, "heated_area_m2": year.demand["heated_area_m2"]}
    told |= {"tank_l": year.supply["tank_l"], "pump_kw": year.supply["pump_kw"]}
    roofs, walls = scene.planes_of(index)
    of_roofs = {name: getattr(year.light, name) for name in _OF_ROOFS}
    return _Block(
        rows, sums, of_hour, told, roofs, of_roofs, walls, year.light.wall_kwh_m2, year.investments,
        hourly if hours else {},
    )  # fmt: skip


class _Sums:
    """Sums of the blocks that came."""

    def __init__(self, twin: Twin) -> None:
        self.twin = twin
        n = len(twin.buildings)
        self.totals: dict[str, Array] = {}
        self.of_hour: dict[str, Array] = {}
        self.of_buildings = {name: np.zeros(n) for name in _OF_BUILDINGS}
        self.of_roofs = {name: np.zeros(len(twin.roofs)) for name in _OF_ROOFS}
        self.wall_kwh_m2 = np.full(len(twin.walls), np.nan)
        self.investments = Investments(np.zeros((len(MEASURES), n)), np.zeros(n), {})

    def add(self, block: _Block) -> None:
        """Keep the sums of the next buildings."""
        n, hours = len(self.twin.buildings), len(self.twin.weather.table)
        for name, values in block.totals.items():
            self.totals.setdefault(name, np.zeros(n))[block.rows] = values
        for name, groups in block.of_hour.items():
            add_hours(self.of_hour.setdefault(name, np.zeros(hours)), groups)
        for name, values in block.of_buildings.items():
            self.of_buildings[name][block.rows] = values
        for name, values in block.of_roofs.items():
            self.of_roofs[name][block.roofs] = values
        self.wall_kwh_m2[block.walls] = block.wall_kwh_m2
        made = block.investments
        self.investments.eur[:, block.rows] = made.eur
        self.investments.annuity_eur[block.rows] = made.annuity_eur
        self.investments = dataclasses.replace(self.investments, sources={**self.investments.sources, **made.sources})

    def kept(self) -> Sums:
        """Put the sums together."""
        of = self.of_buildings
        year = Year(
            demand={"heated_area_m2": of["heated_area_m2"]},
            supply={"tank_l": of["tank_l"], "pump_kw": of["pump_kw"]},
            meter={},
            light=_Light(**self.of_roofs, wall_kwh_m2=self.wall_kwh_m2, building_kwp=of["building_kwp"]),
            battery_kwh=of["battery_kwh"],
            charge_points=of["charge_points"],
            investments=self.investments,
        )
        of_hour = {f"district_{name}": values for name, values in self.of_hour.items()}
        return Sums(year, as_declared({f"total_{name}": values for name, values in self.totals.items()} | of_hour))


@dataclass(frozen=True, eq=False)
class _Light:
    """Sun of the year on roofs and walls, as `twin.simulation.sunlight.Light` without its hours."""

    irradiation_kwh_m2: Array
    potential_kwh: Array
    potential_kwp: Array
    building_kwp: Array
    wall_kwh_m2: Array


def _prices(twin: Twin) -> Hours:
    """Prices and factors of the hours, in the form that the KPIs read them in."""
    time = twin.weather.table.index.tz_convert("UTC").tz_localize(None).to_numpy()
    return Hours.of(xr.Dataset(of_hours(twin), coords={"time": ("time", time)}, attrs=provenance(twin)))


def _hold_the_balance(part: Twin, arrays: Mapping[str, Any]) -> None:
    seer = cooling_systems()["seer"][part.buildings["cooling_system"]].to_numpy(dtype=np.float64)
    check_balance({**arrays, "chiller_seer": seer}, [str(i) for i in part.buildings.index])
