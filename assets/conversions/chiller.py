"""Compression chillers by the curves of DOE-2 and EnergyPlus: capacity and power by temperatures and part load."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets.conversions.catalogue import check_size, column, models_of
from assets.conversions.cold import cold_technology, cold_year
from assets.conversions.conversion_year import ConversionYear, run
from assets.conversions.site import ConversionSite
from assets.sources.heat_source import HeatSource
from assets.technology import Technology
from assets.time_grid import TimeGrid

Array = npt.NDArray[np.float64]


def chiller_capacity(model: str, chilled_temp_c: npt.ArrayLike, condenser_temp_c: npt.ArrayLike) -> Array:
    """Cold that a chiller can give by that at its reference temperatures [-].

    Parameters
    ----------
    model : str
        Of `conversions_chillers.csv`.
    chilled_temp_c : array_like
        Water as it leaves [°C]; broadcast.
    condenser_temp_c : array_like
        Water or air as it comes to the condenser [°C].

    Notes
    -----
    EnergyPlus Engineering Reference, Chiller:Electric:EIR: a biquadratic curve; temperatures are held within the range
    of the points that it was fitted to.
    """
    rows = models_of("chillers", [model])
    found = _of_temperatures(rows, "capacity", np.atleast_2d(chilled_temp_c), np.atleast_2d(condenser_temp_c))
    return np.asarray(found.reshape(np.broadcast_shapes(np.shape(chilled_temp_c), np.shape(condenser_temp_c))))


def chiller_cop(
    model: str, chilled_temp_c: npt.ArrayLike, condenser_temp_c: npt.ArrayLike, load_share: npt.ArrayLike = 1.0
) -> Array:
    """Cold by the compressor's electricity [-].

    Parameters
    ----------
    model : str
        Of `conversions_chillers.csv`.
    chilled_temp_c, condenser_temp_c : array_like
        As for `chiller_capacity`.
    load_share : array_like
        Load by the hour's capacity, above 0.

    Notes
    -----
    EnergyPlus Engineering Reference, Chiller:Electric:EIR: power = capacity / COP_ref * EIRFT * EIRFPLR.
    """
    rows = models_of("chillers", [model])
    share = np.asarray(load_share, dtype=np.float64)
    ratio = _of_temperatures(rows, "eir", np.atleast_2d(chilled_temp_c), np.atleast_2d(condenser_temp_c))
    found = column(rows, "reference_cop") * np.atleast_2d(share) / (ratio * _of_load(rows, np.atleast_2d(share)))
    shape = np.broadcast_shapes(np.shape(chilled_temp_c), np.shape(condenser_temp_c), share.shape)
    return np.asarray(found.reshape(shape))


def condenser_temp(model: str, site: ConversionSite, water: HeatSource | None = None) -> Array:
    """Temperature of what comes to the condenser, shape (T,) [°C].

    Parameters
    ----------
    model : str
        Of `conversions_chillers.csv`.
    site : ConversionSite
        With the outdoor air.
    water : HeatSource, optional
        Sea or lake that cools the condenser; by default a cooling tower does, some kelvin above the air, and nothing
        stands between an air-cooled condenser and the air.
    """
    rows = models_of("chillers", [model])
    return np.asarray(_condenser(rows, site, water)[0])


def chiller_technology(
    model: str, size_kw: float, site: ConversionSite, water: HeatSource | None = None, *, least_share: float = 0.0
) -> Technology:
    """Make a compression chiller a technology of cold, as it is at full load.

    Parameters
    ----------
    model : str
        Of `conversions_chillers.csv`.
    size_kw : float
        Cold at the reference temperatures [kW].
    site : ConversionSite
        Outdoor air and supply of the cold network.
    water : HeatSource, optional
        As for `condenser_temp`.
    least_share : float
        Least load by the hour's capacity.

    Returns
    -------
    Technology
    """
    check_size(model, size_kw)
    rows = models_of("chillers", [model])
    capacity, full = _full_load(rows, site, water)
    power = full * _of_load(rows, np.ones((1, 1)))
    power += column(rows, "rejection_electricity") * (1.0 + power)
    return cold_technology(
        size_kw * capacity[0], {"electricity": power[0]}, _media(rows, water)[0], least_share=least_share
    )


def chiller_year(
    model: Sequence[str],
    size_kw: npt.ArrayLike,
    wanted_kwh: npt.ArrayLike,
    site: ConversionSite,
    water: HeatSource | None = None,
    *,
    time: TimeGrid,
    least_share: npt.ArrayLike = 0.0,
    ramp_per_h: npt.ArrayLike = np.inf,
    before_kwh: npt.ArrayLike = 0.0,
) -> ConversionYear:
    """Energies of chillers, with what part load costs.

    Parameters
    ----------
    model : sequence of str, length m
        Of `conversions_chillers.csv`.
    size_kw : array_like, shape (m,)
        Cold at the reference temperatures [kW].
    wanted_kwh : array_like, shape (m, T)
        Cold wanted of each [kWh].
    time : TimeGrid
        T steps.
    site, water
        As for `chiller_technology`.
    least_share, ramp_per_h, before_kwh
        As for `conversion_year.run`.

    Returns
    -------
    ConversionYear
    """
    rows = models_of("chillers", model)
    share_of_size, full = _full_load(rows, site, water)
    capacity = time.kwh_of(np.asarray(size_kw, dtype=np.float64))[:, None] * share_of_size
    cold = run(wanted_kwh, capacity, time, least_share=least_share, ramp_per_h=ramp_per_h, before_kwh=before_kwh)
    share = np.divide(cold, capacity, out=np.zeros_like(cold), where=cold > 0.0)
    power = np.where(cold > 0.0, capacity * full * _of_load(rows, share), 0.0)
    power += column(rows, "rejection_electricity") * (cold + power)
    return cold_year(cold, {"electricity": power}, _media(rows, water))


def _condenser(rows: pd.DataFrame, site: ConversionSite, water: HeatSource | None) -> Array:
    tower = site.air_temp_c[None] + column(rows, "tower_approach_k")
    if water is None:
        return np.asarray(tower)
    by_water = (rows["condenser"] == "water").to_numpy()[:, None]
    return np.where(by_water, water.temp_c[None], tower)


def _media(rows: pd.DataFrame, water: HeatSource | None) -> list[str]:
    return [water.kind if water is not None and condenser == "water" else "air" for condenser in rows["condenser"]]


def _full_load(rows: pd.DataFrame, site: ConversionSite, water: HeatSource | None) -> tuple[Array, Array]:
    """Capacity by the size, and electricity by cold at full load, shapes (m, T)."""
    chilled, condenser = site.cold_supply_temp_c[None], _condenser(rows, site, water)
    capacity = np.maximum(_of_temperatures(rows, "capacity", chilled, condenser), 0.0)
    return capacity, _of_temperatures(rows, "eir", chilled, condenser) / column(rows, "reference_cop")


def _of_temperatures(rows: pd.DataFrame, curve: str, chilled_temp_c: Array, condenser_temp_c: Array) -> Array:
    x = np.clip(chilled_temp_c, column(rows, "chilled_min_c"), column(rows, "chilled_max_c"))
    y = np.clip(condenser_temp_c, column(rows, "condenser_min_c"), column(rows, "condenser_max_c"))
    c = [column(rows, f"{curve}_{i}") for i in range(1, 7)]
    return np.asarray(c[0] + c[1] * x + c[2] * x**2 + c[3] * y + c[4] * y**2 + c[5] * x * y)


def _of_load(rows: pd.DataFrame, share: Array) -> Array:
    c = [column(rows, f"part_load_{i}") for i in range(1, 4)]
    return np.asarray(c[0] + c[1] * share + c[2] * share**2)
