"""Demand of every building of a district, hour by hour: the one call that a twin needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets._errors import InputError
from assets.demand.daytypes import LocalTime, local_time
from assets.demand.diversity import UNIT_M2, seeds_of, spread
from assets.demand.envelope import SECTORS, heated_area, zones_of
from assets.demand.profiles import Profiles, profiles
from assets.demand.zone import simulate_zones
from assets.time_grid import TimeGrid

Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]
Progress = Callable[[float, str], None]

CHUNK = 256
"""Buildings computed at once: the gains of a chunk are the only temporary of n × T."""
RECOVERED_LOSS = 0.5
"""Share of the hot water circulation's loss that heats the rooms (ympäristöministeriö 2018, ch. 5)."""
GROUND_ABOVE_AIR_K = 5.0
GROUND_BY_MONTH_K = (0.0, -1.0, -2.0, -3.0, -3.0, -2.0, 0.0, 1.0, 2.0, 3.0, 3.0, 2.0)
"""Ground under a floor against the year's mean air (RakMk D5 2012, ch. 3.2; ympäristöministeriö 2018, ch. 3.2)."""
_SERIES = ("space_heat_kw", "hot_water_kw", "cooling_kw", "appliances_kw", "lighting_kw", "indoor_temp_c")


@dataclass(frozen=True)
class Demand:
    """Hourly demand of n buildings over T hours, float32.

    Attributes
    ----------
    building_id : Index (n,)
        Rows of the arrays.
    space_heat_kw, hot_water_kw, cooling_kw : ndarray (n, T)
        Heat that the building's heat distribution takes in for its rooms (what the rooms get over the distribution's
        efficiency), heat into hot water with its circulation loss, and heat taken out of the rooms, kW.
    appliances_kw, lighting_kw : ndarray (n, T)
        Electricity, kW; appliances include lifts, fans and pumps.
    indoor_temp_c : ndarray (n, T)
        Air, °C.
    heated_area_m2 : ndarray (n,)
        Heated net floor area that the demand per m² refers to, m².
    occupancy_profiles : ndarray (U, T)
        Share of the people who are in.
    profile_of : ndarray of int32 (n,)
        Row of `occupancy_profiles` of each building.
    """

    building_id: pd.Index
    space_heat_kw: Float32
    hot_water_kw: Float32
    cooling_kw: Float32
    appliances_kw: Float32
    lighting_kw: Float32
    indoor_temp_c: Float32
    heated_area_m2: Float64
    occupancy_profiles: Float32
    profile_of: npt.NDArray[np.int32]

    @property
    def occupancy(self) -> Float32:
        """Share of the people who are in, 0–1 (n, T): laid out when it is asked for."""
        return self.occupancy_profiles[self.profile_of]


def building_demand(
    buildings: pd.DataFrame,
    walls: pd.DataFrame,
    parameters: pd.DataFrame,
    weather: pd.DataFrame,
    *,
    latitude: float,
    longitude: float,
    timezone: str,
    country: str,
    wall_irradiance: tuple[Float32, npt.NDArray[np.int32]],
    catalogue: str | None = None,
    seed: int = 0,
    parallel: bool = False,
    progress: Progress | None = None,
) -> Demand:
    """Compute heating, cooling, hot water, electricity and temperature of every building.

    Parameters
    ----------
    buildings : DataFrame (n rows)
        Index building_id; columns floor_area_m2 (gross), footprint_m2, height_m, levels.
    walls : DataFrame
        Columns building_id, azimuth_deg, area_m2 (exposed, windows included).
    parameters : DataFrame (n rows)
        As `archetypes` gives it, same index; a scenario may overwrite any column.
    weather : DataFrame (T rows)
        UTC index, label = start of the step, equally spaced; column air_temp_c.
    latitude, longitude : float
        Degrees; of the district.
    timezone : str
        IANA name of the clock people live by.
    country : str
        ISO 3166 alpha-2, for public holidays.
    wall_irradiance : tuple of ndarray of float32 (P, T) and ndarray of int (n, 9)
        Irradiance of planes, W/m², and the plane that each building's wall sectors (0 north, clockwise by 45°) and
        roof take; -1 for no light. Shared planes and planes of one building alone can be mixed.
    catalogue : str, optional
        Country whose profiles are used; `country` by default.
    seed : int
        Of the buildings' diversity. A building's own hours hang on the seed and its id alone.
    parallel : bool
        Use all of numba's threads.
    progress : callable, optional
        Called with the share done and what is going on.

    Returns
    -------
    Demand
        Arrays in the order of `buildings`.

    Raises
    ------
    InputError
        Columns are missing, ids do not match, or numbers are not finite; all findings are listed.
    """
    planes, plane_of = wall_irradiance
    _check(
        buildings, walls, parameters, weather, planes=planes, plane_of=plane_of, latitude=latitude, longitude=longitude
    )
    parameters = parameters.loc[buildings.index]
    grid = TimeGrid.of_index(pd.DatetimeIndex(weather.index), timezone)
    time, shapes = _habits(grid, country, catalogue or country)
    profile_of = shapes.row_of(parameters["profile"])
    zones = zones_of(buildings, walls, parameters, plane_of=np.asarray(plane_of), operating_of=profile_of)
    n, hours = len(buildings), len(weather)
    out = {name: np.empty((n, hours), dtype=np.float32) for name in _SERIES}
    area = heated_area(buildings, parameters)
    efficiency = parameters["heat_distribution_efficiency"].to_numpy(dtype=np.float32)
    air = weather["air_temp_c"].to_numpy(dtype=float)
    ground = ground_temperature(air, time)
    for start in range(0, n, CHUNK):
        rows = slice(start, min(start + CHUNK, n))
        part = {name: array[rows] for name, array in out.items()}
        gains = _uses(
            parameters.iloc[rows], area[rows], shapes, profile_of=profile_of[rows], time=time, seed=seed, out=part
        )
        simulate_zones(
            zones.take(rows),
            grid,
            air_temp_c=air,
            ground_temp_c=ground,
            planes_w_m2=planes,
            internal_gains_w=gains,
            operating=shapes.operating,
            parallel=parallel,
            out=(part["space_heat_kw"], part["cooling_kw"], part["indoor_temp_c"]),
        )
        part["space_heat_kw"] /= efficiency[rows, None]
        if progress is not None:
            progress(rows.stop / n, "demand of buildings")
    return Demand(
        building_id=buildings.index,
        heated_area_m2=area,
        occupancy_profiles=shapes.occupancy,
        profile_of=profile_of,
        **out,
    )


@lru_cache(maxsize=4)
def _habits(grid: TimeGrid, country: str, catalogue: str) -> tuple[LocalTime, Profiles]:
    """Read the calendar and lay the profiles out over it, once for all buildings of a year."""
    time = local_time(grid, country)
    return time, profiles(time, catalogue)


def ground_temperature(air_temp_c: Float64, time: LocalTime) -> Float64:
    """Return the temperature of the ground under a building.

    Parameters
    ----------
    air_temp_c : ndarray (T,)
        Outdoor air, °C.
    time : LocalTime
        T steps.

    Returns
    -------
    ndarray (T,)
        °C: the mean of the air plus 5 K plus a swing by the month (RakMk D5 2012, ch. 3.2).
    """
    swing = np.array(GROUND_BY_MONTH_K)
    ground: Float64 = air_temp_c.mean() + GROUND_ABOVE_AIR_K + swing[time.month - 1]
    return ground


def _uses(
    parameters: pd.DataFrame,
    area: Float64,
    shapes: Profiles,
    *,
    profile_of: npt.NDArray[np.int32],
    time: LocalTime,
    seed: int,
    out: dict[str, Float32],
) -> Float32:
    """Fill electricity and hot water of a chunk, and return the heat it leaves in the rooms, W."""
    p = {
        name: parameters[name].to_numpy(dtype=float) for name in parameters.columns if name.endswith(("_m2", "_share"))
    }
    units = area / UNIT_M2
    for quantity, table in (
        ("appliances", shapes.appliances),
        ("lighting", shapes.lighting),
        ("hot_water", shapes.hot_water),
    ):
        spread(
            p[f"{quantity}_kwh_m2"] * area,
            table,
            profile_of,
            units=units,
            seeds=seeds_of(parameters.index, quantity, seed),
            time=time,
            out=out[f"{quantity}_kw"],
        )
    loss_kw = (p["hot_water_loss_kwh_m2"] * area / 8760.0).astype(np.float32)[:, None]
    out["hot_water_kw"] += loss_kw
    gains = time.grid.kw_of(shapes.people[profile_of])
    gains *= (p["people_kwh_m2"] * area).astype(np.float32)[:, None]
    gains += out["appliances_kw"] * p["appliances_gain_share"].astype(np.float32)[:, None]
    gains += out["lighting_kw"]
    gains += np.float32(RECOVERED_LOSS) * loss_kw
    gains *= np.float32(1000.0)
    return gains


def _check(
    buildings: pd.DataFrame,
    walls: pd.DataFrame,
    parameters: pd.DataFrame,
    weather: pd.DataFrame,
    *,
    planes: Float32,
    plane_of: npt.NDArray[np.int32],
    latitude: float,
    longitude: float,
) -> None:
    found = []
    for name, frame, columns in (
        ("buildings", buildings, ("floor_area_m2", "footprint_m2", "levels")),
        ("walls", walls, ("building_id", "azimuth_deg", "area_m2")),
        ("weather", weather, ("air_temp_c",)),
    ):
        lacking = [column for column in columns if column not in frame.columns]
        if lacking:
            found.append(f"the table {name} lacks the column {', '.join(lacking)}: see gis_data's tables")
    missing = buildings.index.difference(parameters.index)
    if len(missing):
        found.append(f"no parameters for {', '.join(map(str, missing[:10]))}: call archetypes for every building")
    if not buildings.index.is_unique or not parameters.index.is_unique:
        found.append("building ids are not unique in buildings or parameters: drop the duplicates")
    if "air_temp_c" in weather.columns and not np.isfinite(weather["air_temp_c"].to_numpy(dtype=float)).all():
        found.append("weather has hours without air temperature: fill the gaps first")
    if np.shape(plane_of) != (len(buildings), SECTORS + 1):
        found.append(f"wall_irradiance's index is {np.shape(plane_of)}: give {len(buildings)} × {SECTORS + 1} planes")
    if np.asarray(planes).dtype != np.float32 or np.ndim(planes) != 2:
        found.append("wall_irradiance's planes must be float32 of planes × hours")
    if not (-90.0 <= latitude <= 90.0 and -180.0 <= longitude <= 180.0):
        found.append(f"latitude {latitude} and longitude {longitude} are not on the globe")
    if found:
        raise InputError(found)
