"""Combined heat and power: engines and turbines at back pressure, and steam extraction with its iron diagram."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets._errors import InputError
from assets.conversions.boiler import CONDENSED
from assets.conversions.catalogue import check_size, column, model_of, models_of
from assets.conversions.conversion_year import ConversionYear, run
from assets.conversions.site import ConversionSite
from assets.technology import Technology
from assets.time_grid import TimeGrid

Array = npt.NDArray[np.float64]
_SURROUNDINGS_K = 288.15
_COLDEST_C, _HOTTEST_C = 40.0, 130.0
"""Range of condensing temperatures that the power of steam is told for [°C]."""


def power_of_steam(supply_temp_c: npt.ArrayLike, power_per_exergy: npt.ArrayLike) -> Array:
    """Power that heat taken from a steam turbine at a temperature would have made [kWh/kWh].

    Parameters
    ----------
    supply_temp_c : array_like
        Supply of the heat network, about which the steam condenses [°C]; broadcast.
    power_per_exergy : array_like
        Power that the last stages make of the heat's exergy [-].

    Notes
    -----
    Lowe, Combined heat and power considered as a virtual steam cycle heat pump, Energy Policy 39, 2011: the exergy of
    the heat towards surroundings of 15 °C, times what the turbine makes of it.
    """
    hot = np.clip(supply_temp_c, _COLDEST_C, _HOTTEST_C) + 273.15
    return np.asarray(np.asarray(power_per_exergy) * (1.0 - _SURROUNDINGS_K / hot))


def back_pressure_efficiencies(model: str, supply_temp_c: npt.ArrayLike) -> tuple[Array, Array]:
    """Power and heat by fuel of a plant at back pressure.

    Parameters
    ----------
    model : str
        Of `conversions_chp.csv`, of the form `back_pressure`.
    supply_temp_c : array_like
        Supply of the heat network [°C].

    Returns
    -------
    electric, heat : ndarray
        [-]; lower heating value, what condenses of the flue gas in it.
    """
    rows = _of_form([model], "back_pressure")
    electric, heat = _back_pressure(rows, np.atleast_2d(supply_temp_c))
    shape = np.shape(supply_temp_c)
    return electric.reshape(shape), heat.reshape(shape)


def chp_technology(model: str, size_kw: float, site: ConversionSite, *, least_share: float = 0.0) -> Technology:
    """Make a plant a technology of heat, with the power that comes with it.

    A plant with steam extraction is on its back-pressure line, where it makes the most heat.

    Parameters
    ----------
    model : str
        Of `conversions_chp.csv`.
    size_kw : float
        Heating power [kW], at the reference supply temperature.
    site : ConversionSite
        Supply of the heat network.
    least_share : float
        Least load.

    Returns
    -------
    Technology
    """
    check_size(model, size_kw)
    row = model_of("chp", model)
    supply = site.supply_temp_c
    if row["form"] == "extraction":
        loss = _power_loss(row, supply)
        power_to_heat = np.full_like(supply, float(row["power_to_heat"]))
        fuel = (power_to_heat + loss) / float(row["electric_efficiency"])
        capacity = size_kw * (row["power_to_heat"] + row["power_loss"]) / (power_to_heat + loss)
        rejected = fuel * (1.0 - float(row["loss_share"])) - 1.0 - power_to_heat
        return Technology(
            "heat",
            np.asarray(capacity),
            {str(row["fuel"]): fuel},
            {"electricity": power_to_heat, "rejected_heat": rejected},
            least_share=least_share,
        )
    electric, heat = back_pressure_efficiencies(model, supply)
    inputs = {str(row["fuel"]): 1.0 / heat}
    if row["condensed_share"] > 0.0:
        inputs[CONDENSED] = float(row["condensed_share"]) / heat
    capacity = size_kw * heat / float(row["heat_efficiency"])
    return Technology("heat", capacity, inputs, {"electricity": electric / heat}, least_share=least_share)


def back_pressure_year(
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
    """Energies of plants at back pressure that follow the heat.

    Parameters
    ----------
    model : sequence of str, length m
        Of `conversions_chp.csv`, of the form `back_pressure`.
    size_kw : array_like, shape (m,)
        Heating powers at the reference supply temperatures [kW].
    wanted_kwh : array_like, shape (m, T)
        Heat wanted of each [kWh].
    time : TimeGrid
        T steps.
    site : ConversionSite
        Supply of the heat network.
    least_share, ramp_per_h, before_kwh
        As for `conversion_year.run`.

    Returns
    -------
    ConversionYear
    """
    rows = _of_form(model, "back_pressure")
    electric, heat_efficiency = _back_pressure(rows, site.supply_temp_c[None])
    capacity = (
        time.kwh_of(np.asarray(size_kw, dtype=np.float64))[:, None] * heat_efficiency / column(rows, "heat_efficiency")
    )
    heat = run(wanted_kwh, capacity, time, least_share=least_share, ramp_per_h=ramp_per_h, before_kwh=before_kwh)
    fuel = heat / heat_efficiency
    taken = _by_fuel(rows, fuel) | {CONDENSED: fuel * column(rows, "condensed_share")}
    return ConversionYear("heat", {"heat": heat, "electricity": fuel * electric}, taken)


def extraction_limits(model: str, supply_temp_c: npt.ArrayLike) -> tuple[float, Array]:
    """Coefficients of the iron diagram.

    Parameters
    ----------
    model : str
        Of `conversions_chp.csv`, of the form `extraction`.
    supply_temp_c : array_like
        Supply of the heat network [°C].

    Returns
    -------
    power_to_heat : float
        Least power by heat, Cb: the back-pressure line.
    power_loss : ndarray
        Power lost by heat at the same fuel, Cv.
    """
    row = _of_form([model], "extraction").iloc[0]
    return float(row["power_to_heat"]), _power_loss(row, np.asarray(supply_temp_c, dtype=np.float64))


def extraction_year(
    model: Sequence[str],
    size_kw: npt.ArrayLike,
    heat_wanted_kwh: npt.ArrayLike,
    electricity_wanted_kwh: npt.ArrayLike,
    site: ConversionSite,
    *,
    time: TimeGrid,
    least_share: npt.ArrayLike = 0.0,
    ramp_per_h: npt.ArrayLike = np.inf,
    before_kwh: npt.ArrayLike = 0.0,
) -> ConversionYear:
    """Energies of plants with steam extraction that follow heat and power.

    Heat comes first: of the power that is wanted, a plant gives what its iron diagram allows beside the heat, and
    never less than the back-pressure line asks for. Least load and ramp are of the fuel.

    Parameters
    ----------
    model : sequence of str, length m
        Of `conversions_chp.csv`, of the form `extraction`.
    size_kw : array_like, shape (m,)
        Power in condensing mode [kW].
    heat_wanted_kwh, electricity_wanted_kwh : array_like, shape (m, T)
        Wanted of each [kWh].
    time : TimeGrid
        T steps.
    site : ConversionSite
        Supply of the heat network.
    least_share, ramp_per_h, before_kwh
        As for `conversion_year.run`; of the power in condensing mode, electricity + Cv heat.

    Returns
    -------
    ConversionYear

    Notes
    -----
    Fuel = (power + Cv heat) / efficiency in condensing mode; power >= Cb heat; power + Cv heat <= size. Danish Energy
    Agency, Technology Data for Generation of Electricity and District Heating, definitions of Cb and Cv.
    """
    rows = _of_form(model, "extraction")
    size = time.kwh_of(np.asarray(size_kw, dtype=np.float64))[:, None]
    wanted = [np.asarray(values, dtype=np.float64) for values in (heat_wanted_kwh, electricity_wanted_kwh)]
    if wanted[0].shape != wanted[1].shape or not all((values >= 0.0).all() for values in wanted):
        raise InputError(["heat and electricity wanted need one shape (m, T) and no negative or missing hour"])
    cb, cv = column(rows, "power_to_heat"), _power_loss_of(rows, site.supply_temp_c[None])
    heat = np.minimum(wanted[0], size / (cb + cv))
    power = np.clip(wanted[1], cb * heat, np.maximum(size - cv * heat, cb * heat))
    # Power that it would make of the same steam in condensing mode: what fuel, least load and ramp go by.
    whole = run(power + cv * heat, size, time, least_share=least_share, ramp_per_h=ramp_per_h, before_kwh=before_kwh)
    heat = np.minimum(heat, whole / (cb + cv))
    power = whole - cv * heat
    fuel = whole / column(rows, "electric_efficiency")
    rejected = np.maximum(fuel * (1.0 - column(rows, "loss_share")) - power - heat, 0.0)
    given = {"heat": heat, "electricity": power, "rejected_heat": rejected}
    return ConversionYear("heat", given, _by_fuel(rows, fuel))


def _of_form(model: Sequence[str], form: str) -> pd.DataFrame:
    rows = models_of("chp", model)
    others = sorted(set(rows.index[rows["form"] != form]))
    if others:
        raise InputError([f"{', '.join(others)}: not a plant of {form.replace('_', ' ')}; take another model"])
    return rows


def _back_pressure(rows: pd.DataFrame, supply_temp_c: Array) -> tuple[Array, Array]:
    exergy = column(rows, "power_per_exergy")
    heat = column(rows, "heat_efficiency")
    # Hotter steam to the network is power that the turbine does not make: it comes as heat.
    moved = heat * (power_of_steam(supply_temp_c, exergy) - power_of_steam(column(rows, "reference_supply_c"), exergy))
    return column(rows, "electric_efficiency") - moved, heat + moved


def _power_loss_of(rows: pd.DataFrame, supply_temp_c: Array) -> Array:
    reference = power_of_steam(column(rows, "reference_supply_c"), 1.0)
    return np.asarray(column(rows, "power_loss") * power_of_steam(supply_temp_c, 1.0) / reference)


def _power_loss(row: pd.Series[Any], supply_temp_c: Array) -> Array:
    return np.asarray(_power_loss_of(row.to_frame().T, np.atleast_2d(supply_temp_c)).reshape(supply_temp_c.shape))


def _by_fuel(rows: pd.DataFrame, fuel_kwh: Array) -> dict[str, Array]:
    kinds = rows["fuel"].to_numpy()[:, None]
    return {str(name): np.where(kinds == name, fuel_kwh, 0.0) for name in dict.fromkeys(rows["fuel"])}
