"""Absorption chillers by their characteristic equation: cold and driving heat by the temperatures outside."""

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
_TOWER_APPROACH_K = 5.0
"""Cooling water of a tower above the outdoor air [K]: assumed."""


def absorption_point(
    model: str, driving_c: npt.ArrayLike, cooling_c: npt.ArrayLike, chilled_c: npt.ArrayLike
) -> tuple[Array, Array]:
    """Cold and driving heat of a machine of the catalogue [kW].

    Parameters
    ----------
    model : str
        Of `conversions_absorption.csv`.
    driving_c, cooling_c, chilled_c : array_like
        Mean temperatures of the water that drives it, of the cooling water and of the chilled water [°C]; broadcast.

    Returns
    -------
    cold_kw, heat_kw : ndarray
        Of a machine of the catalogue's size; 0 where the equation gives no cold.

    Notes
    -----
    Kühn and Ziegler, Operational results of a 10 kW absorption chiller and adaptation of the characteristic equation,
    2005: both are linear in t_driving - a t_cooling + e t_chilled.
    """
    rows = models_of("absorption", [model])
    shape = np.broadcast_shapes(np.shape(driving_c), np.shape(cooling_c), np.shape(chilled_c))
    cold, heat = _point(rows, *(np.atleast_2d(values) for values in (driving_c, cooling_c, chilled_c)))
    return np.asarray(np.broadcast_to(cold, heat.shape).reshape(shape)), np.asarray(heat.reshape(shape))


def absorption_technology(
    model: str, size_kw: float, site: ConversionSite, water: HeatSource | None = None, *, least_share: float = 0.0
) -> Technology:
    """Make an absorption chiller on the heat network a technology of cold.

    Parameters
    ----------
    model : str
        Of `conversions_absorption.csv`.
    size_kw : float
        Nominal cold [kW].
    site : ConversionSite
        Supply of the heat network, which drives it, supply of the cold one, and outdoor air.
    water : HeatSource, optional
        Sea or lake that cools it; by default a cooling tower does.
    least_share : float
        Least load by the hour's capacity.

    Returns
    -------
    Technology
    """
    check_size(model, size_kw)
    rows = models_of("absorption", [model])
    share, heat = _of_site(rows, site, site.supply_temp_c, water)
    drive = {"heat": heat[0], "electricity": np.full_like(heat[0], float(rows["electricity_share"].iloc[0]))}
    return cold_technology(size_kw * share[0], drive, water.kind if water else "air", least_share=least_share)


def absorption_year(
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
    """Energies of absorption chillers, part load held by less driving heat.

    Parameters
    ----------
    model : sequence of str, length m
        Of `conversions_absorption.csv`.
    size_kw : array_like, shape (m,)
        Nominal cold [kW].
    wanted_kwh : array_like, shape (m, T)
        Cold wanted of each [kWh].
    time : TimeGrid
        T steps.
    site, water
        As for `absorption_technology`.
    least_share, ramp_per_h, before_kwh
        As for `conversion_year.run`.

    Returns
    -------
    ConversionYear

    Notes
    -----
    Part load: the driving water is mixed colder until the characteristic equation gives the cold that is wanted, so
    that the heat follows the cold along the equation's own line (Albers, Int. J. Refrigeration 45, 2014).
    """
    rows = models_of("absorption", model)
    share = _of_site(rows, site, site.supply_temp_c, water)[0]
    size = time.kwh_of(np.asarray(size_kw, dtype=np.float64))[:, None]
    cold = run(wanted_kwh, size * share, time, least_share=least_share, ramp_per_h=ramp_per_h, before_kwh=before_kwh)
    slope, at_rest = _line(rows)
    heat = np.where(cold > 0.0, size * at_rest + slope * cold, 0.0)
    return cold_year(
        cold,
        {"heat": heat, "electricity": column(rows, "electricity_share") * cold},
        water.kind if water else "air",
    )


def absorption_of_site(
    model: str, site: ConversionSite, driving_supply_c: npt.ArrayLike, water: HeatSource | None = None
) -> tuple[Array, Array]:
    """Cold by the nominal and driving heat by the cold, at full load, shapes (T,).

    Parameters
    ----------
    model : str
        Of `conversions_absorption.csv`.
    site : ConversionSite
        Supply of the cold network and outdoor air.
    driving_supply_c : array_like, shape (T,)
        Supply of the water that drives it [°C].
    water : HeatSource, optional
        Sea or lake that cools it.
    """
    driving = np.broadcast_to(np.asarray(driving_supply_c, dtype=np.float64), site.air_temp_c.shape)
    share, heat = _of_site(models_of("absorption", [model]), site, driving, water)
    return share[0], heat[0]


def absorption_line(model: str) -> tuple[float, float]:
    """Driving heat by cold as a line: its slope, and what it starts from by the nominal cold [kW/kW].

    Parameters
    ----------
    model : str
        Of `conversions_absorption.csv`.
    """
    slope, at_rest = _line(models_of("absorption", [model]))
    return float(slope[0, 0]), float(at_rest[0, 0])


def _of_site(
    rows: pd.DataFrame, site: ConversionSite, driving_supply_c: Array, water: HeatSource | None
) -> tuple[Array, Array]:
    cooling = site.air_temp_c + _TOWER_APPROACH_K if water is None else water.temp_c
    warm_enough = driving_supply_c[None] >= column(rows, "driving_min_c")
    cold, _ = _point(
        rows,
        driving_supply_c[None] - column(rows, "driving_spread_k") / 2.0,
        # Colder cooling water is held back, lest the salt crystallises.
        np.maximum(cooling[None], column(rows, "cooling_min_c")) + column(rows, "cooling_spread_k") / 2.0,
        site.cold_supply_temp_c[None] + column(rows, "chilled_spread_k") / 2.0,
    )
    nominal = column(rows, "nominal_kw")
    share = np.where(warm_enough, np.minimum(cold / nominal, column(rows, "most_share")), 0.0)
    slope, at_rest = _line(rows)
    return share, slope + np.divide(at_rest, share, out=np.zeros_like(share), where=share > 0.0)


def _line(rows: pd.DataFrame) -> tuple[Array, Array]:
    """Driving heat by cold as a line: its slope, and what it starts from by the nominal cold."""
    slope = column(rows, "driving_slope_kw_k") / column(rows, "cooling_slope_kw_k")
    at_rest = column(rows, "driving_offset_kw") - slope * column(rows, "cooling_offset_kw")
    return slope, at_rest / column(rows, "nominal_kw")


def _point(rows: pd.DataFrame, driving_c: Array, cooling_c: Array, chilled_c: Array) -> tuple[Array, Array]:
    lift = driving_c - column(rows, "a") * cooling_c + column(rows, "e") * chilled_c
    cold = np.maximum(column(rows, "cooling_slope_kw_k") * lift + column(rows, "cooling_offset_kw"), 0.0)
    heat = column(rows, "driving_slope_kw_k") * lift + column(rows, "driving_offset_kw")
    return cold, np.where(cold > 0.0, heat, 0.0)
