"""Vessels, pipes and caverns of hydrogen and natural gas, and the compressors that fill them."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from numba import njit

from assets._errors import InputError
from assets.catalogue import table
from assets.fluids.compressed_gas import KELVIN, bar_of, compression_kwh_kg, density_kg_m3, kg_m3, real_gas
from assets.storage.store import Store, StoreYear, wishes
from assets.time_grid import TimeGrid

Array = npt.NDArray[np.float64]
_POINTS = 21


@dataclass(frozen=True)
class GasStores:
    """m stores of one gas, each at its own constant temperature; energies by the lower heating value.

    Attributes
    ----------
    carrier : str
        "hydrogen" or "gas".
    volume_m3 : ndarray, shape (m,)
        Geometric volume [m³].
    least_bar, most_bar : ndarray, shape (m,)
        Absolute pressures of an empty store, its cushion of gas still in it, and of a full one [bar].
    temp_c : ndarray, shape (m,)
        Temperature of the gas in the store and between the compressor's stages [°C].
    inlet_bar : ndarray, shape (m,)
        Absolute pressure that the gas comes with [bar].
    stages : ndarray, shape (m,)
        Stages of the compressor.
    compressor_efficiency : ndarray, shape (m,)
        Isentropic work by electricity: compressor and drive [1].
    charge_kw, discharge_kw : ndarray, shape (m,)
        Highest powers of gas [kW].
    """

    carrier: Literal["hydrogen", "gas"]
    volume_m3: Array
    least_bar: Array
    most_bar: Array
    temp_c: Array
    inlet_bar: Array
    stages: Array
    compressor_efficiency: Array
    charge_kw: Array
    discharge_kw: Array

    def __post_init__(self) -> None:
        names = [f.name for f in fields(self) if f.name != "carrier"]
        given = {name: np.atleast_1d(np.asarray(getattr(self, name), dtype=np.float64)) for name in names}
        m = max(len(values) for values in given.values())
        findings = [
            f"{name} has {values.shape} values for {m} stores: give one each, or one for all"
            for name, values in given.items()
            if values.shape not in {(m,), (1,)}
        ]
        if self.carrier not in {"hydrogen", "gas"}:
            findings.append(f"no gas {self.carrier!r} to store; take hydrogen or gas")
        if not findings:
            for name, values in given.items():
                object.__setattr__(self, name, np.array(np.broadcast_to(values, (m,))))
            possible = (self.volume_m3 >= 0) & (self.least_bar > 0) & (self.most_bar > self.least_bar)
            possible &= (self.inlet_bar > 0) & (self.stages >= 1) & (self.charge_kw >= 0) & (self.discharge_kw >= 0)
            possible &= (self.compressor_efficiency > 0) & (self.compressor_efficiency <= 1)
            possible &= (self.temp_c >= -20) & (self.temp_c <= 80)
            findings = [
                f"store {i}: pressures rise from above 0 to least_bar to most_bar, −20 to 80 °C, a stage at least, "
                f"an efficiency in (0, 1], volume and powers 0 or more"
                for i in np.flatnonzero(~possible)
            ]
        if findings:
            raise InputError(findings)

    def __len__(self) -> int:
        return len(self.volume_m3)

    @property
    def kwh_m3(self) -> Array:
        """Energy between empty and full per volume, shape (m,) [kWh/m³]."""
        heating_value = real_gas(self.carrier)[2]
        full, empty = (density_kg_m3(self.carrier, bar, self.temp_c) for bar in (self.most_bar, self.least_bar))
        return np.asarray((full - empty) * heating_value)

    @property
    def capacity_kwh(self) -> Array:
        """Energy between empty and full, shape (m,) [kWh]."""
        return np.asarray(self.volume_m3 * self.kwh_m3)

    @property
    def cushion_kwh(self) -> Array:
        """Energy of the gas that stays in an empty store, shape (m,) [kWh]."""
        return np.asarray(
            self.volume_m3 * density_kg_m3(self.carrier, self.least_bar, self.temp_c) * real_gas(self.carrier)[2]
        )

    def electricity_per_kwh(self, pressure_bar: npt.ArrayLike) -> Array:
        """Electricity to compress a kWh into the store at a pressure, shape (m,) [kWh/kWh]."""
        terms, molar_mass, heating_value, exponent = real_gas(self.carrier)
        to = np.broadcast_to(np.asarray(pressure_bar, dtype=np.float64), (len(self),))
        return np.array(
            [
                compression_kwh_kg(
                    terms, molar_mass, exponent, self.temp_c[i] + KELVIN, self.inlet_bar[i], to[i],
                    int(self.stages[i]), self.compressor_efficiency[i],
                )
                / heating_value
                for i in range(len(self))
            ]
        )  # fmt: skip

    def equivalent(self, *, start_share: float = 0.0) -> Store:
        """Return the stores in the common form, with the mean electricity from empty to full."""
        shares = np.linspace(0.0, 1.0, _POINTS)
        pressures = self.least_bar[:, None] + shares * (self.most_bar - self.least_bar)[:, None]
        held = np.stack([density_kg_m3(self.carrier, p, self.temp_c) for p in pressures.T], axis=1)
        work = np.stack([self.electricity_per_kwh(p) for p in pressures.T], axis=1)
        mean = np.trapezoid(work, held, axis=1) / (held[:, -1] - held[:, 0])
        return Store(
            self.carrier,
            self.capacity_kwh,
            self.charge_kw,
            self.discharge_kw,
            electricity_per_charge=mean,
            start_kwh=start_share * self.capacity_kwh,
        )


@dataclass(frozen=True)
class GasYear(StoreYear):
    """What gas stores did; electricity is the compressors'.

    Attributes
    ----------
    pressure_bar : ndarray, shape (m, T)
        Absolute pressure at the end of the step [bar].
    """

    pressure_bar: Array


def gas_store_models() -> pd.DataFrame:
    """Catalogue of gas stores, index `model`."""
    return table("gas_stores").set_index("model")


def gas_stores(
    model: str,
    capacity_kwh: npt.ArrayLike | None = None,
    *,
    charge_kw: npt.ArrayLike | None = None,
    discharge_kw: npt.ArrayLike | None = None,
) -> GasStores:
    """Gas stores of the catalogue, or as large as a capacity takes; powers go with it where they are not given.

    Raises
    ------
    InputError
        The model is not in the catalogue, or a capacity is not possible.
    """
    known = gas_store_models()
    if model not in known.index:
        raise InputError([f"no gas store {model} in the catalogue; take one of {', '.join(known.index)}"])
    row = known.loc[model]
    names = [f.name for f in fields(GasStores) if f.name != "carrier"]
    one = GasStores(row["carrier"], *(np.array([float(row[name])]) for name in names))
    scale = np.ones(1) if capacity_kwh is None else np.atleast_1d(np.asarray(capacity_kwh, float)) / one.capacity_kwh

    def power(usual: Array, other: npt.ArrayLike | None) -> Array:
        return usual * scale if other is None else np.broadcast_to(np.asarray(other, np.float64), scale.shape)

    return replace(
        one,
        volume_m3=one.volume_m3 * scale,
        charge_kw=power(one.charge_kw, charge_kw),
        discharge_kw=power(one.discharge_kw, discharge_kw),
    )


def gas_year(
    stores: GasStores, wanted_kwh: npt.ArrayLike, time: TimeGrid, *, start_share: npt.ArrayLike = 0.0
) -> GasYear:
    """Fill and empty gas stores.

    Parameters
    ----------
    stores : GasStores
        m stores.
    wanted_kwh : array_like, shape (m, T)
        Gas to charge (positive) or discharge (negative) in each step, lower heating value [kWh].
    time : TimeGrid
        T steps.
    start_share : array_like, broadcast to (m,)
        Energy at the start by the capacity.

    Returns
    -------
    GasYear

    Raises
    ------
    InputError
        Shapes do not fit or values are missing.

    Notes
    -----
    Isothermal: the wall keeps the gas at its temperature. Compression is against the mean of the pressures at both
    ends of the step; gas that comes at a higher pressure flows in by itself. No gas is lost.
    """
    wanted = wishes(wanted_kwh, len(stores))
    time.check(wanted_kwh=wanted)
    share = np.broadcast_to(np.asarray(start_share, dtype=np.float64), (len(stores),))
    if not ((share >= 0) & (share <= 1)).all():
        raise InputError(["start_share goes from 0 to 1"])
    terms, molar_mass, heating_value, exponent = real_gas(stores.carrier)
    capacity = stores.capacity_kwh
    start = share * capacity
    figures = np.column_stack(
        [
            stores.volume_m3, stores.least_bar, stores.most_bar, stores.temp_c + KELVIN, stores.inlet_bar,
            stores.stages, stores.compressor_efficiency, stores.charge_kw, stores.discharge_kw, capacity,
        ]
    )  # fmt: skip
    charge, discharge, level, electricity, pressure = (np.empty(wanted.shape) for _ in range(5))
    _run(
        figures, terms, molar_mass, heating_value, exponent, wanted, start, time.step_h,
        (charge, discharge, level, electricity, pressure),
    )  # fmt: skip
    return GasYear(charge, discharge, level, wanted - charge + discharge, start, electricity, pressure)


@njit(cache=True, error_model="numpy", nogil=True)
def _run(  # noqa: PLR0917  compiled code takes plain arrays by position
    figures: Any, terms: Any, molar_mass: Any, lhv: Any, exponent: Any, wanted: Any, start: Any, step_h: Any, out: Any
) -> None:
    charge, discharge, level, electricity, pressure = out
    for i in range(wanted.shape[0]):
        volume, least, most, kelvin, inlet, stages, efficiency, in_kw, out_kw, capacity = figures[i]
        empty = kg_m3(terms, molar_mass, kelvin, least)
        held = start[i]
        per_volume = 1.0 / (volume * lhv) if volume > 0.0 else 0.0
        bar = bar_of(terms, molar_mass, kelvin, empty + held * per_volume, least, most)
        for t in range(wanted.shape[1]):
            taken = max(min(wanted[i, t], in_kw * step_h, capacity - held), 0.0)
            given = max(min(-wanted[i, t], out_kw * step_h, held), 0.0)
            held = min(max(held + taken - given, 0.0), capacity)
            before = bar
            if taken > 0.0 or given > 0.0:
                bar = bar_of(terms, molar_mass, kelvin, empty + held * per_volume, least, most)
            electricity[i, t] = 0.0
            if taken > 0.0:
                work = compression_kwh_kg(
                    terms, molar_mass, exponent, kelvin, inlet, 0.5 * (before + bar), int(stages), efficiency
                )
                electricity[i, t] = taken / lhv * work
            charge[i, t], discharge[i, t], level[i, t], pressure[i, t] = taken, given, held, bar
