"""Trigeneration (CCHP): an engine or a turbine whose heat drives an absorption chiller, or goes to the network."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from assets.carriers import REJECTED
from assets.conversions.absorption_chiller import absorption_line, absorption_of_site
from assets.conversions.boiler import CONDENSED
from assets.conversions.catalogue import check_size, model_of
from assets.conversions.chp import back_pressure_efficiencies
from assets.conversions.conversion_year import ConversionYear, run
from assets.conversions.site import ConversionSite
from assets.sources.heat_source import HeatSource
from assets.technology import Technology
from assets.time_grid import TimeGrid

Array = npt.NDArray[np.float64]
ENGINE_WATER_C = 90.0
"""Hot water from the plant to the chiller [°C]: usual of jacket water and exhaust gas, assumed."""


def trigeneration_technology(
    plant: str,
    chiller: str,
    size_kw: float,
    site: ConversionSite,
    water: HeatSource | None = None,
    *,
    least_share: float = 0.0,
) -> Technology:
    """Make a plant with an absorption chiller a technology of cold: all of its heat drives the chiller.

    Parameters
    ----------
    plant : str
        Of `conversions_chp.csv`, at back pressure.
    chiller : str
        Of `conversions_absorption.csv`.
    size_kw : float
        Nominal cold [kW]; the plant is sized for it.
    site : ConversionSite
        Supply of the cold network and outdoor air.
    water : HeatSource, optional
        Sea or lake that cools the chiller; by default a cooling tower does.
    least_share : float
        Least load by the hour's capacity.

    Returns
    -------
    Technology
        The chiller's own electricity is taken of the plant's.
    """
    check_size(plant, size_kw)
    share, heat = absorption_of_site(chiller, site, ENGINE_WATER_C, water)
    year = _energies(plant, chiller, water, cold_kwh=np.ones_like(share), drive_kwh=heat, heat_kwh=np.zeros_like(share))
    return Technology(
        "cold",
        size_kw * share,
        {name: values for name, values in year.taken_kwh.items() if values.any()},
        {name: values for name, values in year.given_kwh.items() if name != "cold" and values.any()},
        least_share=least_share,
    )


def trigeneration_year(
    plant: str,
    chiller: str,
    site: ConversionSite,
    water: HeatSource | None = None,
    *,
    time: TimeGrid,
    plant_heat_kw: npt.ArrayLike,
    chiller_kw: npt.ArrayLike,
    heat_wanted_kwh: npt.ArrayLike,
    cold_wanted_kwh: npt.ArrayLike,
    least_share: npt.ArrayLike = 0.0,
    ramp_per_h: npt.ArrayLike = np.inf,
    before_kwh: npt.ArrayLike = 0.0,
) -> ConversionYear:
    """Energies of plants that give heat and, by their chillers, cold; cold comes first.

    Parameters
    ----------
    plant, chiller : str
        Of `conversions_chp.csv` and `conversions_absorption.csv`.
    time : TimeGrid
        T steps.
    site, water
        As for `trigeneration_technology`.
    plant_heat_kw, chiller_kw : array_like, shape (m,)
        Heating powers of the plants and nominal cold of the chillers [kW].
    heat_wanted_kwh, cold_wanted_kwh : array_like, shape (m, T)
        Wanted of each [kWh].
    least_share, ramp_per_h, before_kwh
        Of the plants' heat, as for `conversion_year.run`.

    Returns
    -------
    ConversionYear
        Of cold, with heat and electricity.
    """
    plant_kwh, chill_kwh = (
        time.kwh_of(np.asarray(values, dtype=np.float64))[:, None] for values in (plant_heat_kw, chiller_kw)
    )
    slope, at_rest = absorption_line(chiller)
    share, _ = absorption_of_site(chiller, site, ENGINE_WATER_C, water)
    rest = at_rest * chill_kwh
    most = np.minimum(chill_kwh * share[None], np.maximum(plant_kwh - rest, 0.0) / slope)
    cold = run(cold_wanted_kwh, most, time)
    drive = np.where(cold > 0.0, rest + slope * cold, 0.0)
    heat = np.minimum(np.asarray(heat_wanted_kwh, dtype=np.float64), plant_kwh - drive)
    whole = run(drive + heat, plant_kwh, time, least_share=least_share, ramp_per_h=ramp_per_h, before_kwh=before_kwh)
    # Where the plant gives less than was asked for, the network goes short first, then the cold.
    cold = np.where(whole >= drive, cold, np.maximum(whole - rest, 0.0) / slope)
    drive = np.where(cold > 0.0, rest + slope * cold, 0.0)
    # A plant that cannot even start its chiller gives all it has to the network.
    drive = np.minimum(drive, whole)
    return _energies(plant, chiller, water, cold_kwh=cold, drive_kwh=drive, heat_kwh=whole - drive)


def _energies(
    plant: str, chiller: str, water: HeatSource | None, *, cold_kwh: Array, drive_kwh: Array, heat_kwh: Array
) -> ConversionYear:
    row = model_of("chp", plant)
    electric, efficiency = back_pressure_efficiencies(plant, ENGINE_WATER_C)
    fuel = (drive_kwh + heat_kwh) / efficiency
    own = float(model_of("absorption", chiller)["electricity_share"]) * cold_kwh
    return ConversionYear(
        "cold",
        {"cold": cold_kwh, "heat": heat_kwh, "electricity": fuel * electric - own, REJECTED: drive_kwh + own},
        {
            str(row["fuel"]): fuel,
            CONDENSED: float(row["condensed_share"]) * fuel,
            water.kind if water else "air": cold_kwh,
        },
    )
