"""Boilers on gas, wood chips, oil and electricity, with what condenses of the flue gas by the network's return.

Fuels are counted by their lower heating value, which leaves out the heat of condensation: where it is won, it is an
input of its own, `waste_heat`, so that the energies add up.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets.conversions.catalogue import check_size, column, models_of
from assets.conversions.conversion_year import ConversionYear, run
from assets.conversions.site import ConversionSite
from assets.technology import Technology
from assets.time_grid import TimeGrid

Array = npt.NDArray[np.float64]
CONDENSED = "waste_heat"
"""Carrier that the heat of condensation, which the lower heating value leaves out, is counted as."""
_AIR_KPA = 101.325
_REFERENCE_C = 25.0
"""Temperature that heating values are told at [°C]."""


def saturation_kpa(temp_c: npt.ArrayLike) -> Array:
    """Pressure of saturated steam over water [kPa].

    Parameters
    ----------
    temp_c : array_like
        0 to 100 [°C].

    Notes
    -----
    Magnus formula with the coefficients of Alduchov and Eskridge, J. Applied Meteorology 35, 1996; within 1.5 % up to
    80 °C.
    """
    temp = np.asarray(temp_c, dtype=np.float64)
    return np.asarray(0.61094 * np.exp(17.625 * temp / (243.04 + temp)))


def condensed_share(flue_temp_c: npt.ArrayLike, dew_point_c: npt.ArrayLike) -> Array:
    """Share of a flue gas's water that condenses [0 to 1].

    Parameters
    ----------
    flue_temp_c : array_like
        As it leaves the condenser, saturated below its dew point [°C]; broadcast.
    dew_point_c : array_like
        [°C]; 0 for a gas without water.
    """
    dew = np.asarray(dew_point_c, dtype=np.float64)
    held = saturation_kpa(np.minimum(flue_temp_c, dew))
    whole = saturation_kpa(dew)
    return np.asarray(1.0 - held / (_AIR_KPA - held) * (_AIR_KPA - whole) / whole)


def boiler_efficiency(model: str, return_temp_c: npt.ArrayLike, load_share: npt.ArrayLike = 1.0) -> Array:
    """Heat by fuel, lower heating value [-].

    Parameters
    ----------
    model : str
        Of `conversions_boilers.csv`.
    return_temp_c : array_like
        Return of the network, as it comes to the boiler [°C]; broadcast.
    load_share : array_like
        Load by its power: the flue gas comes the nearer to the return the less of it there is.

    Notes
    -----
    Losses of the stack (DIN EN 12952-15, indirect method): 1 less what the surface loses, less the sensible heat of
    the flue gas above 25 °C, plus the heat of what condenses.
    """
    rows = models_of("boilers", [model])
    sensible, latent = _stack(rows, np.atleast_2d(return_temp_c), np.atleast_2d(load_share))
    found = 1.0 - column(rows, "surface_share") - sensible + latent
    return np.asarray(found.reshape(np.broadcast_shapes(np.shape(return_temp_c), np.shape(load_share))))


def boiler_technology(model: str, size_kw: float, site: ConversionSite, *, least_share: float = 0.0) -> Technology:
    """Make a boiler a technology of heat, as it is at full load.

    Parameters
    ----------
    model : str
        Of `conversions_boilers.csv`.
    size_kw : float
        Heating power [kW].
    site : ConversionSite
        Temperatures of the network.
    least_share : float
        Least load.

    Returns
    -------
    Technology
    """
    check_size(model, size_kw)
    ones = np.ones((1, len(site.return_temp_c)))
    inputs = _inputs(models_of("boilers", [model]), ones, site.return_temp_c[None], ones)
    return Technology(
        "heat",
        np.full(len(site.return_temp_c), float(size_kw)),
        {name: ratio[0] for name, ratio in inputs.items() if ratio.any()},
        least_share=least_share,
    )


def boiler_year(
    model: Sequence[str],
    size_kw: npt.ArrayLike,
    wanted_kwh: npt.ArrayLike,
    site: ConversionSite,
    *,
    time: TimeGrid,
    least_share: npt.ArrayLike = 0.0,
    ramp_per_h: npt.ArrayLike = np.inf,
    before_kwh: npt.ArrayLike = 0.0,
) -> ConversionYear:
    """Energies of boilers, with what part load wins.

    Parameters
    ----------
    model : sequence of str, length m
        Of `conversions_boilers.csv`.
    size_kw : array_like, shape (m,)
        Heating powers [kW].
    wanted_kwh : array_like, shape (m, T)
        Heat wanted of each [kWh].
    time : TimeGrid
        T steps.
    site : ConversionSite
        Temperatures of the network.
    least_share, ramp_per_h, before_kwh
        As for `conversion_year.run`.

    Returns
    -------
    ConversionYear
    """
    rows = models_of("boilers", model)
    sizes = time.kwh_of(np.asarray(size_kw, dtype=np.float64))[:, None]
    heat = run(wanted_kwh, sizes, time, least_share=least_share, ramp_per_h=ramp_per_h, before_kwh=before_kwh)
    load = np.divide(heat, sizes, out=np.zeros_like(heat), where=sizes > 0.0)
    return ConversionYear("heat", {"heat": heat}, _inputs(rows, heat, site.return_temp_c[None], load))


def _stack(rows: pd.DataFrame, return_temp_c: Array, load_share: Array) -> tuple[Array, Array]:
    """Sensible heat that leaves by the stack and heat of condensation that is won, by the fuel's."""
    flue = np.maximum(return_temp_c + column(rows, "approach_k") * load_share, column(rows, "least_flue_c"))
    condensed = column(rows, "latent_share") * condensed_share(flue, column(rows, "dew_point_c"))
    sensible = column(rows, "sensible_per_k") * np.maximum(flue - _REFERENCE_C, 0.0)
    return sensible, condensed


def _inputs(rows: pd.DataFrame, heat_kwh: Array, return_temp_c: Array, load_share: Array) -> dict[str, Array]:
    sensible, latent = _stack(rows, return_temp_c, load_share)
    fuel = heat_kwh / (1.0 - column(rows, "surface_share") - sensible + latent)
    kinds = rows["fuel"].to_numpy()[:, None]
    taken = {str(name): np.where(kinds == name, fuel, 0.0) for name in dict.fromkeys(rows["fuel"])}
    auxiliary = column(rows, "electricity_share") * heat_kwh
    taken["electricity"] = taken.get("electricity", 0.0) + auxiliary
    return taken | {CONDENSED: fuel * latent}
