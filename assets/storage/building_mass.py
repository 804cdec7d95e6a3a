"""What buildings' own mass can hold: rooms a kelvin warmer before the peak, a kelvin colder during it.

All figures are deviations from what the zone model does without the shift: the zone is linear while it is heated, so
that the difference of two runs obeys its equations without sun, gains and weather.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from assets._errors import InputError
from assets.demand.zone import Zones
from assets.storage.store import Store, StoreYear, wishes
from assets.time_grid import TimeGrid

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class BuildingMass:
    """Thermal mass of m buildings: one step of the zone, in deviations.

    Attributes
    ----------
    keep : ndarray, shape (m,)
        Share of the mass's warmth that a step leaves [1].
    mass_k_kwh : ndarray, shape (m,)
        Warming of the mass by a kWh of heat in the step [K/kWh].
    air_per_mass : ndarray, shape (m,)
        Warming of the air in the step by a kelvin that the mass has had before [K/K].
    air_k_kwh : ndarray, shape (m,)
        Warming of the air in the step by a kWh of heat [K/kWh].
    band_k : ndarray, shape (m,)
        How far the air may be warmer or colder than without the shift [K].
    step_h : float
        Length of the step [h].
    """

    keep: Array
    mass_k_kwh: Array
    air_per_mass: Array
    air_k_kwh: Array
    band_k: Array
    step_h: float

    def __post_init__(self) -> None:
        given = [np.atleast_1d(np.asarray(getattr(self, f.name), dtype=np.float64)) for f in fields(self)[:-1]]
        m = max(len(values) for values in given)
        for f, values in zip(fields(self)[:-1], given, strict=True):
            object.__setattr__(self, f.name, np.array(np.broadcast_to(values, (m,))))
        possible = (self.keep >= 0) & (self.keep < 1) & (self.band_k >= 0)
        possible &= (self.mass_k_kwh > 0) & (self.air_per_mass >= 0) & (self.air_k_kwh > 0)
        wrong = np.flatnonzero(~possible)
        if len(wrong):
            raise InputError(
                [f"building {i}: its mass holds no heat from step to step, or its band is below 0" for i in wrong]
            )

    def __len__(self) -> int:
        return len(self.keep)

    @property
    def time_constant_h(self) -> Array:
        """Hours in which warmth falls to 1/e, shape (m,) [h]."""
        return np.asarray(-self.step_h / np.log(self.keep))

    @property
    def half_capacity_kwh(self) -> Array:
        """Heat saved later by air held warmer by the band for good, shape (m,) [kWh]."""
        steady = self.air_per_mass + self.air_k_kwh * (1.0 - self.keep) / self.mass_k_kwh
        return np.asarray(self.band_k / steady / self.mass_k_kwh)

    def equivalent(self) -> Store:
        """Return the same in the common form, half full at rest: energy above saves heat, energy below costs it.

        The power is what moves the air by the band from rest within a step; a mass already warm takes less.
        """
        half = self.half_capacity_kwh
        power = self.band_k / self.air_k_kwh / self.step_h
        loss = 1.0 - self.keep ** (1.0 / self.step_h)
        return Store("heat", 2.0 * half, power, power, loss_per_h=loss, start_kwh=half, rest_kwh=half)


@dataclass(frozen=True)
class MassYear(StoreYear):
    """What buildings' mass did; the level is that of the common form, half the capacity at rest.

    Attributes
    ----------
    air_k, mass_k : ndarray, shape (m, T)
        Deviation of the air's mean and of the mass at the end of the step [K].
    """

    air_k: Array
    mass_k: Array


def mass_of_zones(
    zones: Zones, band_k: npt.ArrayLike, time: TimeGrid, *, ventilation_w_k: npt.ArrayLike | None = None
) -> BuildingMass:
    """Thermal mass of zones of the demand model.

    Parameters
    ----------
    zones : Zones
        m zones, all with a floor.
    band_k : array_like, broadcast to (m,)
        How far the air may deviate [K].
    time : TimeGrid
        Steps that it is to be run in.
    ventilation_w_k : array_like, broadcast to (m,), optional
        Conductance of all ventilation, heat recovery taken off [W/K]; by default leakage and the mean of in and out of
        operating hours.

    Raises
    ------
    InputError
        A zone has no floor or no mass.

    Notes
    -----
    ISO 13790:2008, C.2 to C.4 (Crank and Nicolson's step of the 5R1C zone), in deviations.
    """
    empty = np.flatnonzero(~((zones.h_tr_is_w_k > 0) & (zones.c_m_j_k > 0)))
    if len(empty):
        raise InputError([f"building {i} has no heated zone: leave it out of thermal mass" for i in empty])
    usual = zones.h_infiltration_w_k + 0.5 * (zones.h_ve_on_w_k + zones.h_ve_off_w_k) * (1.0 - zones.heat_recovery)
    air = np.broadcast_to(usual if ventilation_w_k is None else np.asarray(ventilation_w_k, np.float64), usual.shape)
    h_is, h_ms = zones.h_tr_is_w_k, zones.h_tr_ms_w_k
    h_em = zones.h_tr_em_w_k + zones.h_ground_w_k
    capacity = zones.c_m_j_k / time.step_s
    per_kwh = 1000.0 / time.step_h
    to_air = 1.0 / (h_is + air)
    through = h_is * to_air
    h2 = air * through + zones.h_tr_w_w_k
    to_surface = 1.0 / (h_ms + h2)
    h3 = h2 * h_ms * to_surface
    to_mass = 1.0 / (capacity + 0.5 * (h3 + h_em))
    keep = (capacity - 0.5 * (h3 + h_em)) * to_mass
    mass_per_w = h_ms * to_surface * through * to_mass
    return BuildingMass(
        keep,
        per_kwh * mass_per_w,
        through * to_surface * 0.5 * h_ms * (1.0 + keep),
        per_kwh * (through * (0.5 * h_ms * mass_per_w + through) * to_surface + to_air),
        np.asarray(band_k, dtype=np.float64),
        time.step_h,
    )


def mass_of_buildings(
    heat_w_k: npt.ArrayLike, mass_wh_k: npt.ArrayLike, band_k: npt.ArrayLike, time: TimeGrid
) -> BuildingMass:
    """Thermal mass of buildings of one resistance and one capacity: air and mass are one.

    Parameters
    ----------
    heat_w_k : array_like, shape (m,)
        Heat loss coefficient [W/K].
    mass_wh_k : array_like, shape (m,)
        Effective heat capacity [Wh/K].
    band_k : array_like, broadcast to (m,)
        How far the temperature may deviate [K].
    time : TimeGrid
        Steps that it is to be run in.

    Raises
    ------
    InputError
        A loss or a capacity is not above 0.
    """
    h, c = (np.atleast_1d(np.asarray(x, dtype=np.float64)) for x in (heat_w_k, mass_wh_k))
    wrong = np.flatnonzero(~((h > 0) & (c > 0)))
    if len(wrong):
        raise InputError(
            [f"building {i}: heat loss {h[i]:g} W/K and capacity {c[i]:g} Wh/K; both are above 0" for i in wrong]
        )
    keep = np.exp(-h / c * time.step_h)
    # Exact for heat spread evenly over the step.
    per_kwh = 1000.0 * (1.0 - keep) / h / time.step_h
    return BuildingMass(keep, per_kwh, keep, per_kwh, np.asarray(band_k, np.float64), time.step_h)


def mass_year(
    mass: BuildingMass,
    wanted_kwh: npt.ArrayLike,
    time: TimeGrid,
    *,
    charge_limit_kwh: npt.ArrayLike | None = None,
    discharge_limit_kwh: npt.ArrayLike | None = None,
    start_k: npt.ArrayLike = 0.0,
) -> MassYear:
    """Heat more (positive) or less (negative) than without the shift, as long as the air stays within its band.

    Parameters
    ----------
    mass : BuildingMass
        m buildings.
    wanted_kwh : array_like, shape (m, T)
        Heat beside what the zone would take by itself, by the step [kWh].
    time : TimeGrid
        T steps, as long as those of the mass.
    charge_limit_kwh, discharge_limit_kwh : array_like, broadcast to (m, T), optional
        What the heating can give beside, and what there is to be saved: the heating of the step without the shift.
    start_k : array_like, broadcast to (m,)
        Deviation of the mass at the start, the last of `MassYear.mass_k` of the time before; none by default [K].

    Returns
    -------
    MassYear
        Its balance: heat beside, less heat saved, less what the deviation loses, is what the level gains.

    Raises
    ------
    InputError
        Shapes do not fit or values are missing.

    Notes
    -----
    The band comes before the wish: where the mass drifts out of it by itself, heat is saved or added to hold it,
    within the limits of the step.
    """
    wanted = wishes(wanted_kwh, len(mass), "building")
    limits, findings = [], []
    if wanted.shape[1] != time.n or time.step_h != mass.step_h:
        findings.append(
            f"wanted_kwh has shape {wanted.shape} and the mass steps of {mass.step_h:g} h, the time "
            f"grid {time.n} steps of {time.step_h:g} h: make the mass for this grid, and give one number a step"
        )
    for name, limit in (("charge_limit_kwh", charge_limit_kwh), ("discharge_limit_kwh", discharge_limit_kwh)):
        values = np.asarray(np.inf if limit is None else limit, dtype=np.float64)
        try:
            limits.append(np.broadcast_to(values, wanted.shape))
        except ValueError:
            findings.append(f"{name} has shape {values.shape}, wanted_kwh {wanted.shape}: give one value a step")
    if findings:
        raise InputError(findings)
    figures = np.column_stack([mass.keep, mass.mass_k_kwh, mass.air_per_mass, mass.air_k_kwh, mass.band_k])
    charge, discharge, air, warm = (np.empty(wanted.shape) for _ in range(4))
    start = np.array(np.broadcast_to(np.asarray(start_k, dtype=np.float64), (len(mass),)))
    _run(figures, wanted, *limits, start, charge, discharge, air, warm)
    half = mass.half_capacity_kwh
    level = half[:, None] + warm / mass.mass_k_kwh[:, None]
    refused = wanted - charge + discharge
    held = half + start / mass.mass_k_kwh
    return MassYear(charge, discharge, level, refused, held, np.zeros_like(wanted), air, warm)


@njit(cache=True, error_model="numpy", nogil=True)
def _run(  # noqa: PLR0917  compiled code takes plain arrays by position
    figures: Any,
    wanted: Any,
    charge_limit: Any,
    discharge_limit: Any,
    start: Any,
    charge: Any,
    discharge: Any,
    air: Any,
    warm: Any,
) -> None:
    for i in range(wanted.shape[0]):
        keep, per_kwh, of_mass, of_heat, band = figures[i]
        mass = start[i]
        for t in range(wanted.shape[1]):
            own = of_mass * mass
            most, least = (band - own) / of_heat, (-band - own) / of_heat
            heat = min(max(wanted[i, t], least), most)
            heat = min(max(heat, -discharge_limit[i, t]), charge_limit[i, t])
            mass = keep * mass + per_kwh * heat
            charge[i, t], discharge[i, t] = max(heat, 0.0), max(-heat, 0.0)
            air[i, t], warm[i, t] = own + of_heat * heat, mass
