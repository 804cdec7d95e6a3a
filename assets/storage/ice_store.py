"""Ice in a tank: the cold of the night for the day, in a fifth of the room that cold water takes."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from numba import njit

from assets._errors import InputError
from assets.catalogue import table
from assets.fluids.water import COLD_WATER_KWH_KG_K, FUSION_KWH_KG
from assets.storage.store import Store, StoreYear, wishes
from assets.time_grid import TimeGrid

Array = npt.NDArray[np.float64]
_FIGURES = (
    "water_kg", "most_ice", "freeze_kw_k", "ice_resistance", "melt_kw_k", "brine_c", "return_c", "warmest_c",
    "gain_kw_k", "charge_kw", "discharge_kw",
)  # fmt: skip


@dataclass(frozen=True)
class IceStores:
    """m tanks of ice and water.

    Attributes
    ----------
    water_kg : ndarray, shape (m,)
        Water and ice [kg].
    most_ice : ndarray, shape (m,)
        Share of it that may be ice [0 to 1].
    freeze_kw_k : ndarray, shape (m,)
        Conductance from brine to bare water [kW/K].
    ice_resistance : ndarray, shape (m,)
        How much more resistance the fullest ice adds, as a multiple of that of the bare coil [1].
    melt_kw_k : ndarray, shape (m,)
        Conductance from what is cooled to the water in the tank [kW/K].
    brine_c, return_c : ndarray, shape (m,)
        Brine that freezes, and the mean of what is cooled [°C].
    warmest_c : ndarray, shape (m,)
        Warmest water of use: an empty store [°C].
    gain_kw_k : ndarray, shape (m,)
        Conductance of the walls [kW/K].
    charge_kw, discharge_kw : ndarray, shape (m,)
        Highest powers [kW].
    """

    water_kg: Array
    most_ice: Array
    freeze_kw_k: Array
    ice_resistance: Array
    melt_kw_k: Array
    brine_c: Array
    return_c: Array
    warmest_c: Array
    gain_kw_k: Array
    charge_kw: Array
    discharge_kw: Array

    def __post_init__(self) -> None:
        given = {f.name: np.atleast_1d(np.asarray(getattr(self, f.name), dtype=np.float64)) for f in fields(self)}
        m = max(len(values) for values in given.values())
        findings = [
            f"{name} has {values.shape} values for {m} tanks: give one each, or one for all"
            for name, values in given.items()
            if values.shape not in {(m,), (1,)}
        ]
        if not findings:
            for name, values in given.items():
                object.__setattr__(self, name, np.array(np.broadcast_to(values, (m,))))
            possible = np.all([getattr(self, name) >= 0 for name in given if name != "brine_c"], axis=0)
            possible &= (self.water_kg > 0) & (self.most_ice <= 1) & (self.brine_c < 0) & (self.warmest_c > 0)
            possible &= self.return_c >= self.warmest_c
            findings = [
                f"tank {i}: brine below 0 °C, water from above 0 °C to the return, ice from 0 to 1, all else 0 or more"
                for i in np.flatnonzero(~possible)
            ]
        if findings:
            raise InputError(findings)

    def __len__(self) -> int:
        return len(self.water_kg)

    @property
    def latent_kwh(self) -> Array:
        """Cold of the ice of a full tank, shape (m,) [kWh]."""
        return np.asarray(self.water_kg * self.most_ice * FUSION_KWH_KG)

    @property
    def capacity_kwh(self) -> Array:
        """Cold of a full tank below its warmest water, shape (m,) [kWh]."""
        return np.asarray(self.latent_kwh + self.water_kg * COLD_WATER_KWH_KG_K * self.warmest_c)

    def equivalent(self, outside_c: npt.ArrayLike = 20.0, *, start_share: float = 0.0) -> Store:
        """Return the tanks in the common form: powers of a tank half full of ice, loss of one at 0 °C."""
        freeze = -self.brine_c * self.freeze_kw_k / (1.0 + 0.5 * self.ice_resistance)
        melt = self.melt_kw_k * self.return_c
        return Store(
            "cold",
            self.capacity_kwh,
            np.minimum(self.charge_kw, freeze),
            np.minimum(self.discharge_kw, melt),
            loss_per_h=np.clip(self.gain_kw_k * np.asarray(outside_c) / self.capacity_kwh, 0.0, 1.0),
            start_kwh=start_share * self.capacity_kwh,
        )


@dataclass(frozen=True)
class IceYear(StoreYear):
    """What ice stores did; the level is the cold below the warmest water, `loss_kwh` the heat that came in.

    Attributes
    ----------
    ice_share : ndarray, shape (m, T)
        Ice in all water at the end of the step [1].
    water_c : ndarray, shape (m, T)
        Temperature of the water at the end of the step [°C].
    gain_kwh : ndarray, shape (m, T)
        Heat through the walls, reckoned from temperatures [kWh]; the balance's `loss_kwh` must equal it.
    """

    ice_share: Array
    water_c: Array
    gain_kwh: Array


def ice_models() -> pd.DataFrame:
    """Catalogue of ice stores, index `model`."""
    return table("ice_stores").set_index("model")


def ice_stores(model: str, capacity_kwh: npt.ArrayLike | None = None) -> IceStores:
    """Ice stores of the catalogue, as many of them as a capacity takes: all that grows with size grows with it.

    Raises
    ------
    InputError
        The model is not in the catalogue.
    """
    known = ice_models()
    if model not in known.index:
        raise InputError([f"no ice store {model} in the catalogue; take one of {', '.join(known.index)}"])
    row = known.loc[model]
    one = IceStores(*(float(row[name]) for name in _FIGURES))  # type: ignore[arg-type]
    if capacity_kwh is None:
        return one
    scale = np.atleast_1d(np.asarray(capacity_kwh, dtype=np.float64)) / one.capacity_kwh
    wrong = np.flatnonzero(~(scale > 0))
    if len(wrong):
        raise InputError([f"ice store {i}: a capacity of {scale[i] * one.capacity_kwh[0]:g} kWh" for i in wrong])
    grows = {"water_kg", "freeze_kw_k", "melt_kw_k", "charge_kw", "discharge_kw"}
    # Walls grow with the square of what volume grows with the cube.
    by = {name: scale if name in grows else scale ** (2.0 / 3.0) if name == "gain_kw_k" else 1.0 for name in _FIGURES}
    return IceStores(*(getattr(one, name) * by[name] for name in _FIGURES))


def ice_year(
    stores: IceStores,
    wanted_kwh: npt.ArrayLike,
    time: TimeGrid,
    *,
    outside_c: npt.ArrayLike = 20.0,
    start_share: npt.ArrayLike = 0.0,
) -> IceYear:
    """Freeze and melt.

    Parameters
    ----------
    stores : IceStores
        m tanks.
    wanted_kwh : array_like, shape (m, T)
        Cold to charge (positive) or discharge (negative) in each step [kWh].
    time : TimeGrid
        T steps.
    outside_c : array_like, broadcast to (m, T)
        What the tanks stand in [°C].
    start_share : array_like, broadcast to (m,)
        Cold at the start by the capacity.

    Returns
    -------
    IceYear

    Raises
    ------
    InputError
        Shapes do not fit or values are missing.

    Notes
    -----
    By enthalpy: water cools to 0 °C, then freezes there. The coil's power is its conductance, less the more ice is on
    it, times the difference to the brine; that of melting the conductance to the water times its difference to what
    is cooled; both at the step's beginning.
    """
    wanted = wishes(wanted_kwh, len(stores), "tank")
    time.check(wanted_kwh=wanted)
    outside = np.broadcast_to(np.asarray(outside_c, dtype=np.float64), wanted.shape)
    share = np.broadcast_to(np.asarray(start_share, dtype=np.float64), (len(stores),))
    if not ((share >= 0) & (share <= 1)).all() or np.isnan(outside).any():
        raise InputError(["start_share goes from 0 to 1, and outside_c has no gaps"])
    start = share * stores.capacity_kwh
    figures = np.column_stack([getattr(stores, name) for name in _FIGURES] + [stores.capacity_kwh])
    charge, discharge, level, ice, water, gain = (np.empty(wanted.shape) for _ in range(6))
    _run(figures, wanted, outside, start, time.step_h, (charge, discharge, level, ice, water, gain))
    zero = np.zeros_like(wanted)
    return IceYear(charge, discharge, level, wanted - charge + discharge, start, zero, ice, water, gain)


@njit(cache=True, error_model="numpy", nogil=True)
def _state(held: Any, water_kg: Any, warmest: Any) -> Any:
    """Temperature of the water [°C] and ice [kg] of a store that holds so much cold."""
    of_water = water_kg * COLD_WATER_KWH_KG_K
    if held > of_water * warmest:
        return 0.0, (held - of_water * warmest) / FUSION_KWH_KG
    return warmest - held / of_water, 0.0


@njit(cache=True, error_model="numpy", nogil=True)
def _run(  # noqa: PLR0917  compiled code takes plain arrays by position
    figures: Any, wanted: Any, outside: Any, start: Any, step_h: Any, out: Any
) -> None:
    charge, discharge, level, ice, water, gain = out
    for i in range(wanted.shape[0]):
        kg, most_ice, freeze, thick, melt, brine, back, warmest, wall, in_kw, out_kw, capacity = figures[i]
        held = start[i]
        for t in range(wanted.shape[1]):
            temp, frozen = _state(held, kg, warmest)
            heat = wall * (outside[i, t] - temp) * step_h
            held -= heat
            temp, frozen = _state(held, kg, warmest)
            taken, given = 0.0, 0.0
            if wanted[i, t] > 0.0:
                fullness = frozen / (kg * most_ice) if most_ice > 0.0 else 0.0
                power = min(in_kw, max(temp - brine, 0.0) * freeze / (1.0 + thick * fullness))
                taken = max(min(wanted[i, t], power * step_h, capacity - held), 0.0)
            elif wanted[i, t] < 0.0:
                power = min(out_kw, max(back - temp, 0.0) * melt)
                given = max(min(-wanted[i, t], power * step_h, held), 0.0)
            held += taken - given
            temp, frozen = _state(held, kg, warmest)
            charge[i, t], discharge[i, t], level[i, t] = taken, given, held
            ice[i, t], water[i, t], gain[i, t] = frozen / kg, temp, heat
