"""Heat pumps of district scale on air, ground, open water, wastewater and waste heat.

The buildings' own, with their heating curves and backups, are in `assets.building_systems.heat_pump`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets._errors import InputError
from assets.conversions.catalogue import check_size, column, model_of, models_of
from assets.conversions.conversion_year import ConversionYear, run
from assets.conversions.site import ConversionSite
from assets.sources.heat_source import HeatSource
from assets.technology import Technology
from assets.time_grid import TimeGrid

Array = npt.NDArray[np.float64]
KELVIN = 273.15
_LEAST_GAP_K = 5.0
"""Least difference of the two mean temperatures that efficiencies are told for [K]."""


def log_mean_k(one_c: npt.ArrayLike, other_c: npt.ArrayLike) -> Array:
    """Mean temperature at which a stream of constant heat capacity takes or gives heat between two [K].

    Parameters
    ----------
    one_c, other_c : array_like
        Temperatures at its ends [°C]; broadcast.
    """
    one, other = (np.asarray(values, dtype=np.float64) + KELVIN for values in (one_c, other_c))
    gap = one - other
    near = np.abs(gap) < 1e-3
    ratio = np.log(np.where(near, 2.0, one / other))
    return np.where(near, (one + other) / 2.0, gap / ratio)


def lorenz_cop(
    sink_out_c: npt.ArrayLike, sink_in_c: npt.ArrayLike, source_in_c: npt.ArrayLike, source_out_c: npt.ArrayLike
) -> Array:
    """COP of the ideal heat pump between two gliding streams.

    Parameters
    ----------
    sink_out_c, sink_in_c : array_like
        Water that is heated: as it leaves and as it comes [°C]; broadcast.
    source_in_c, source_out_c : array_like
        What is cooled: as it comes and as it leaves [°C].

    Notes
    -----
    Lorenz, 1894: T_sink / (T_sink - T_source), with the logarithmic means of both; their difference is held at 5 K at
    least.
    """
    sink, source = log_mean_k(sink_out_c, sink_in_c), log_mean_k(source_in_c, source_out_c)
    return np.asarray(sink / np.maximum(sink - source, _LEAST_GAP_K))


def jesper_cop(sink_out_c: npt.ArrayLike, source_in_c: npt.ArrayLike) -> Array:
    """COP of electric large-scale heat pumps of the market by the lift, for comparison.

    Parameters
    ----------
    sink_out_c : array_like
        Water as it leaves [°C], up to 100; broadcast.
    source_in_c : array_like
        What is cooled, as it comes [°C].

    Notes
    -----
    Jesper, Schlosser, Pag, Walmsley, Schmitt, Vajen, Renewable and Sustainable Energy Reviews 137, 110646, 2021:
    standard heat pumps, 1.448e12 (lift + 2 * 88.73 K)^-4.946, lifts of 10 to 78 K.
    """
    lift = np.subtract(sink_out_c, source_in_c)
    return np.asarray(1.4480e12 * (lift + 2 * 88.730) ** -4.9460, dtype=np.float64)


def large_heat_pump_cop(
    model: str,
    *,
    supply_temp_c: npt.ArrayLike,
    return_temp_c: npt.ArrayLike,
    source_temp_c: npt.ArrayLike,
    return_limit_c: float = -np.inf,
) -> Array:
    """COP of a large heat pump at full load.

    Parameters
    ----------
    model : str
        Of `conversions_heat_pumps.csv`.
    supply_temp_c, return_temp_c : array_like
        Of the heat network [°C]; above what the pump can make, it makes what it can. Broadcast.
    source_temp_c : array_like
        As it comes [°C].
    return_limit_c : float
        The coldest that the source may go back [°C].

    Returns
    -------
    ndarray
        COP [-], 1.01 at least.

    Notes
    -----
    A constant share of the Lorenz COP. Pieper et al., Energy 205, 2020: it deviates far from the design point.
    """
    return _cop(model_of("heat_pumps", model), supply_temp_c, return_temp_c, source_temp_c, return_limit_c)


def heat_pump_technology(
    model: str, size_kw: float, site: ConversionSite, source: HeatSource, *, least_share: float = 0.0
) -> Technology:
    """Make a heat pump a technology of heat.

    It stands still where the source is too cold or the network's return hotter than what it can make. In a network
    hotter than that it gives heat at its own hottest; what is hotter is others' to make.

    Parameters
    ----------
    model : str
        Of `conversions_heat_pumps.csv`.
    size_kw : float
        Heating power at the model's reference temperature of the source [kW].
    site : ConversionSite
        Temperatures of the network.
    source : HeatSource
        What it draws from, with the electricity that brings it here.
    least_share : float
        Least load by the hour's capacity.

    Returns
    -------
    Technology
    """
    check_size(model, size_kw)
    row = model_of("heat_pumps", model)
    if np.shape(source.temp_c) != np.shape(site.air_temp_c):
        raise InputError(
            [f"source {source.kind} has {np.shape(source.temp_c)} hours, the site {np.shape(site.air_temp_c)}"]
        )
    cop = _cop(row, site.supply_temp_c, site.return_temp_c, source.temp_c, source.return_limit_c)
    drawn = 1.0 - 1.0 / cop
    capacity = np.minimum(size_kw * _power(row, source.temp_c), _usable_kw(row, source) / drawn)
    can = (
        (source.temp_c >= row["min_source_c"])
        & (source.temp_c > source.return_limit_c)
        & (site.return_temp_c < row["max_supply_c"])
    )
    return Technology(
        "heat",
        np.where(can, capacity, 0.0),
        {"electricity": 1.0 / cop + source.pump_share * drawn, source.kind: drawn},
        least_share=least_share,
    )


def heat_pump_part_load(model: str, load_share: npt.ArrayLike) -> Array:
    """COP at part load by that at full load [-].

    Parameters
    ----------
    model : str
        Of `conversions_heat_pumps.csv`.
    load_share : array_like
        Load by the hour's capacity, above 0.

    Notes
    -----
    EN 14825: share / (Cc share + 1 - Cc).
    """
    cc = float(model_of("heat_pumps", model)["part_load_coefficient"])
    share = np.asarray(load_share, dtype=np.float64)
    return np.asarray(share / (cc * share + 1.0 - cc))


def large_heat_pump_year(
    model: Sequence[str],
    size_kw: npt.ArrayLike,
    wanted_kwh: npt.ArrayLike,
    site: ConversionSite,
    source: HeatSource,
    *,
    time: TimeGrid,
    least_share: npt.ArrayLike = 0.0,
    ramp_per_h: npt.ArrayLike = np.inf,
    before_kwh: npt.ArrayLike = 0.0,
) -> ConversionYear:
    """Energies of heat pumps at one source, with what part load costs.

    Parameters
    ----------
    model : sequence of str, length m
        Of `conversions_heat_pumps.csv`.
    size_kw : array_like, shape (m,)
        Heating powers [kW].
    wanted_kwh : array_like, shape (m, T)
        Heat wanted of each [kWh].
    time : TimeGrid
        T steps.
    site, source
        As for `heat_pump_technology`; what the source has is each pump's own.
    least_share, ramp_per_h, before_kwh
        As for `conversion_year.run`.

    Returns
    -------
    ConversionYear
    """
    rows = models_of("heat_pumps", model)
    sizes = np.asarray(size_kw, dtype=np.float64)
    full = [heat_pump_technology(name, float(size), site, source) for name, size in zip(model, sizes, strict=True)]
    capacity = time.kwh_of(np.stack([each.capacity_kw for each in full]))
    heat = run(wanted_kwh, capacity, time, least_share=least_share, ramp_per_h=ramp_per_h, before_kwh=before_kwh)
    drawn = np.stack([each.inputs[source.kind] for each in full])
    cc = column(rows, "part_load_coefficient")
    share = np.divide(heat, capacity, out=np.ones_like(heat), where=heat > 0.0)
    # What part load costs cannot exceed what heats without any source.
    compressor = heat * np.minimum((1.0 - drawn) * (cc * share + 1.0 - cc) / share, 1.0)
    taken = heat - compressor
    return ConversionYear(
        "heat", {"heat": heat}, {"electricity": compressor + source.pump_share * taken, source.kind: taken}
    )


def _cop(
    row: pd.Series[Any],
    supply_temp_c: npt.ArrayLike,
    return_temp_c: npt.ArrayLike,
    source_temp_c: npt.ArrayLike,
    return_limit_c: float,
) -> Array:
    hottest = float(row["max_supply_c"])
    out, back = np.minimum(supply_temp_c, hottest), np.minimum(return_temp_c, hottest)
    source = np.asarray(source_temp_c, dtype=np.float64)
    cooled = np.maximum(source - float(row["source_cooling_k"]), np.minimum(return_limit_c, source))
    return np.maximum(float(row["lorenz_efficiency"]) * lorenz_cop(out, back, source, cooled), 1.01)


def _power(row: pd.Series[Any], source_temp_c: Array) -> Array:
    slope, reference = float(row["capacity_per_k"]), float(row["capacity_reference_c"])
    return np.asarray(np.clip(1.0 + slope * (source_temp_c - reference), 0.0, 1.2))


def _usable_kw(row: pd.Series[Any], source: HeatSource) -> Array:
    """Of a flow that may go back colder than the pump cools it, the part above."""
    if not np.isfinite(source.return_limit_c):
        return source.available_kw
    whole = np.maximum(source.temp_c - source.return_limit_c, 1e-9)
    return np.asarray(source.available_kw * np.minimum(1.0, float(row["source_cooling_k"]) / whole))
