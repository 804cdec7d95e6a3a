"""Sources as plants of a district: of a kind and a size, what they can give hour by hour, and what they cost."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets._errors import InputError
from assets.catalogue import table
from assets.solar import SiteSun, pv_power
from assets.sources.deep_geothermal import Doublet, deep_source, deep_wells
from assets.sources.heat_source import direct_heat_technology
from assets.sources.photovoltaics import pv_technology
from assets.sources.solar_thermal import solar_collectors, solar_heat, solar_thermal_technology
from assets.sources.waste_heat import waste_heat_source
from assets.sources.wind import roughness_length, wind_power, wind_technology, wind_turbines
from assets.technology import Technology

Array = npt.NDArray[np.float64]

TILT_DEG = 40.0
"""Of collectors and of modules in rows on the ground at 60° north: usual, assumed."""
SOUTH_DEG, NORTH_DEG = 180.0, 0.0
EXCHANGER_K = 5.0
"""How much warmer than the network's water collectors run, for the heat exchanger between: assumed."""
MOST_FLOW_KG_S = 60.0
"""Water of a pair of deep wells: half of what Unterhaching's give (deep_wells.csv), assumed."""
_ROUNDS = 30


@dataclass(frozen=True)
class SourceSite:
    """Hourly conditions at the place of plants that take what nature and other people's processes give.

    Attributes
    ----------
    weather : DataFrame, T rows
        tz-aware index; `air_temp_c` [°C], `wind_speed_m_s` [m/s], `pressure_pa` [Pa].
    timezone : str
        Of the people whose day waste heat follows.
    latitude : float
        [°]; collectors and modules face the equator.
    sun : callable
        Gives the `SiteSun` of these hours; asked for only where the sun counts.
    supply_temp_c, return_temp_c : ndarray, shape (T,)
        Of the heat network [°C].
    terrain : str
        Around wind turbines: of `roughness_lengths.csv`.
    """

    weather: pd.DataFrame
    timezone: str
    latitude: float
    sun: Callable[[], SiteSun]
    supply_temp_c: Array
    return_temp_c: Array
    terrain: str = "city"

    @property
    def air_temp_c(self) -> Array:
        """Outdoor air, shape (T,) [°C]."""
        return np.asarray(self.weather["air_temp_c"].to_numpy(dtype=np.float64))


def source_plants() -> pd.DataFrame:
    """Catalogue of plants that give a source's energy, index `source_plant`: family, model, carrier, costs by kW."""
    return table("source_plants").set_index("source_plant")


def source_technology(kind: str, size_kw: float, site: SourceSite) -> Technology:
    """Tell what a plant of the catalogue can give at a site, hour by hour.

    Parameters
    ----------
    kind : str
        Of `source_plants.csv`.
    size_kw : float
        Rated power of turbines and modules, of collectors 0.7 kW a m², else the most that it gives [kW].
    site : SourceSite

    Returns
    -------
    Technology

    Raises
    ------
    InputError
        There is no such kind, or the size is negative.
    """
    known = source_plants()
    if kind not in known.index:
        raise InputError([f"no source {kind} in the catalogue; take one of {', '.join(known.index)}"])
    if not (np.isfinite(size_kw) and size_kw >= 0.0):
        raise InputError([f"{kind}: a size is 0 kW or more, not {size_kw:g}"])
    row = known.loc[kind]
    return _FAMILIES[str(row["family"])](row, float(size_kw), site)


def source_cost(kind: str, size_kw: float) -> tuple[float, float, float, float]:
    """Investment [EUR], lifetime [a], yearly operation [EUR/a] and what comes on top [EUR/MWh] of a source's plant."""
    row = source_plants().loc[kind]
    return (
        float(row["investment_eur_kw"]) * size_kw,
        float(row["lifetime_years"]),
        float(row["fixed_om_eur_kw_a"]) * size_kw,
        float(row["variable_om_eur_mwh"]),
    )


def _azimuth(site: SourceSite) -> float:
    return SOUTH_DEG if site.latitude >= 0.0 else NORTH_DEG


def _wind(row: pd.Series[Any], size_kw: float, site: SourceSite) -> Technology:
    model = str(row["model"])
    power = wind_power(
        [model],
        wind_speed_m_s=site.weather["wind_speed_m_s"],
        air_temp_c=site.air_temp_c,
        pressure_pa=site.weather["pressure_pa"],
        roughness_m=roughness_length([site.terrain]),
        count=size_kw / float(wind_turbines().loc[model, "rated_kw"]),
    )
    return wind_technology(power[0])


def _pv(row: pd.Series[Any], size_kw: float, site: SourceSite) -> Technology:
    power = pv_power(
        site.sun(), site.weather, [TILT_DEG], [_azimuth(site)], [size_kw], module=str(row["model"]), mounting="rack"
    )
    return pv_technology(power[0])


def _solar_thermal(row: pd.Series[Any], size_kw: float, site: SourceSite) -> Technology:
    model = str(row["model"])
    made = solar_heat(
        [model],
        site.sun(),
        air_temp_c=site.air_temp_c,
        fluid_temp_c=(site.supply_temp_c + site.return_temp_c) / 2.0 + EXCHANGER_K,
        tilt_deg=[TILT_DEG],
        azimuth_deg=[_azimuth(site)],
        gross_area_m2=[size_kw * float(row["per_kw"])],
    )
    return solar_thermal_technology(made.heat_kw[0], float(solar_collectors().loc[model, "pump_share"]))


def _deep(row: pd.Series[Any], size_kw: float, site: SourceSite) -> Technology:
    """As many equal pairs of wells as it takes, each with the flow that its share of the heat asks for."""
    well = deep_wells().loc[str(row["model"])]
    surface = 0.71 * float(site.air_temp_c.mean()) + 2.93  # as in shallow_ground
    depth = float(well["depth_m"])
    gradient = (float(well["rock_temp_c"]) - surface) / depth
    hours = len(site.weather)

    def heat_of(flow: float) -> tuple[Any, float]:
        pair = Doublet(depth, flow, float(well["reinjection_c"]), gradient, surface_c=surface)
        source = deep_source(pair, hours)
        return source, float(source.available_kw[0])

    each = heat_of(MOST_FLOW_KG_S)[1]
    pairs = max(math.ceil(size_kw / each), 1)
    low, high = 0.0, MOST_FLOW_KG_S
    for _ in range(_ROUNDS):
        middle = (low + high) / 2.0
        low, high = (middle, high) if heat_of(middle)[1] < size_kw / pairs else (low, middle)
    source, heat = heat_of(high)
    one = direct_heat_technology(source, site.supply_temp_c, site.return_temp_c)
    scale = size_kw / heat if heat > 0.0 else 0.0
    return Technology("heat", one.capacity_kw * scale, one.inputs, one.outputs)


def _waste_heat(row: pd.Series[Any], size_kw: float, site: SourceSite) -> Technology:
    given = {"index": site.weather.index, "timezone": site.timezone, "air_temp_c": site.air_temp_c}
    one = waste_heat_source(str(row["model"]), 1.0, **given)
    most = float(one.available_kw.max(initial=0.0))
    source = waste_heat_source(str(row["model"]), size_kw / most if most > 0.0 else 0.0, **given)
    return direct_heat_technology(source, site.supply_temp_c, site.return_temp_c)


_FAMILIES: Mapping[str, Callable[[Any, float, SourceSite], Technology]] = {
    "wind": _wind,
    "pv": _pv,
    "solar_thermal": _solar_thermal,
    "deep_geothermal": _deep,
    "waste_heat": _waste_heat,
}
