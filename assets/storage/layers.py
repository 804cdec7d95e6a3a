"""Water in layers, the warm above the cold: what tanks and pits have in common, hot or cold."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from assets._errors import InputError
from assets.fluids.water import heat_capacity_kwh_m3_k
from assets.storage._layers_kernel import run
from assets.storage.store import Store, StoreYear, wishes
from assets.time_grid import TimeGrid

Array = npt.NDArray[np.float64]
_PER_LAYER = ("layer_volume_m3", "layer_area_m2", "ua_kw_k", "ground_ua_kw_k", "ground_kwh_k")
_FROM_ZERO = ("ua_kw_k", "ground_ua_kw_k", "ground_kwh_k", "charge_kw", "discharge_kw", "conductivity_w_m_k")


@dataclass(frozen=True)
class Layered:
    """m stores of water, described by L layers of depth, the topmost first.

    Attributes
    ----------
    carrier : str
        "heat" or "cold".
    layer_volume_m3, layer_area_m2 : ndarray, shape (m, L)
        Volume and cross-section of each layer [m³, m²].
    ua_kw_k : ndarray, shape (m, L)
        Conductance from each layer to what is around it; the top's cover and the bottom's base counted in [kW/K].
    ground_ua_kw_k, ground_kwh_k : ndarray, shape (m, L)
        Ground around each layer: conductance to the undisturbed ground [kW/K] and heat capacity [kWh/K]; a layer with
        no heat capacity faces `outside_c` directly, the topmost always does.
    soil_c : ndarray, shape (m,)
        Undisturbed ground [°C].
    supply_c, return_c : ndarray, shape (m,)
        Water of a full and of an empty store [°C].
    least_c : ndarray, shape (m,)
        Water that is of no more use: no warmer (of cold stores: no colder) than this is drawn [°C].
    charge_kw, discharge_kw : ndarray, shape (m,)
        Highest powers [kW].
    conductivity_w_m_k : ndarray, shape (m,)
        Effective vertical conductivity, water and walls [W/(m K)].
    """

    carrier: Literal["heat", "cold"]
    layer_volume_m3: Array
    layer_area_m2: Array
    ua_kw_k: Array
    ground_ua_kw_k: Array
    ground_kwh_k: Array
    soil_c: Array
    supply_c: Array
    return_c: Array
    least_c: Array
    charge_kw: Array
    discharge_kw: Array
    conductivity_w_m_k: Array

    def __post_init__(self) -> None:
        for f in fields(self):
            if f.name != "carrier":
                object.__setattr__(self, f.name, np.ascontiguousarray(getattr(self, f.name), dtype=np.float64))
        m = len(self.layer_volume_m3)
        findings = [
            f"{f.name} has shape {getattr(self, f.name).shape}: give {m} stores a row each, of as many layers"
            for f in fields(self)
            if f.name != "carrier"
            and getattr(self, f.name).shape != (self.layer_volume_m3.shape if f.name in _PER_LAYER else (m,))
        ]
        if findings:
            raise InputError(findings)
        sign = self.sign
        checks = {name: getattr(self, name) >= 0 for name in _FROM_ZERO}
        checks |= {name: getattr(self, name) > 0 for name in ("layer_volume_m3", "layer_area_m2")}
        possible = np.all([checks[name].all(axis=1) if checks[name].ndim == 2 else checks[name] for name in checks], 0)
        findings += [
            f"store {i}: volumes and areas are above 0, conductances, powers and heat capacities 0 or more"
            for i in np.flatnonzero(~possible)
        ]
        ordered = (sign * self.supply_c > sign * self.return_c) & (sign * self.least_c <= sign * self.supply_c)
        findings += [
            f"store {i}: supply_c {self.supply_c[i]:g}, return_c {self.return_c[i]:g}, least_c {self.least_c[i]:g}; "
            f"{self.carrier} is supplied {'warmer' if sign > 0 else 'colder'} than it returns, and used up to there"
            for i in np.flatnonzero(~ordered)
        ]
        if (self.carrier == "cold") and (np.minimum(self.supply_c, self.return_c) < 4.0).any():
            findings.append("cold water below 4 °C rises: stores of layers are for 4 °C and more; take ice below")
        if self.carrier == "cold" and (self.ground_kwh_k > 0).any():
            findings.append("cold stores stand in a room or in rock of one temperature: give ground_kwh_k of 0")
        if findings:
            raise InputError(findings)

    def __len__(self) -> int:
        return len(self.layer_volume_m3)

    @property
    def sign(self) -> float:
        """1 for heat, −1 for cold."""
        return 1.0 if self.carrier == "heat" else -1.0

    @property
    def volume_m3(self) -> Array:
        """Volume, shape (m,) [m³]."""
        return np.asarray(self.layer_volume_m3.sum(axis=1))

    @property
    def per_m3_k(self) -> Array:
        """Heat of a cubic metre per kelvin at the mean of supply and return, shape (m,) [kWh/(m³ K)]."""
        return heat_capacity_kwh_m3_k(0.5 * (self.supply_c + self.return_c))

    @property
    def capacity_kwh(self) -> Array:
        """Energy of the whole volume between return and supply, shape (m,) [kWh]."""
        return np.asarray(self.volume_m3 * self.per_m3_k * np.abs(self.supply_c - self.return_c))

    def standing_loss_kw(self, outside_c: npt.ArrayLike) -> Array:
        """Loss of a full store, its ground in a steady state, shape (m,) [kW]."""
        outside = np.broadcast_to(np.asarray(outside_c, dtype=np.float64), (len(self),))[:, None]
        buried = self.ground_kwh_k > 0
        buried[:, 0] = False
        both = self.ua_kw_k + self.ground_ua_kw_k
        series = np.divide(self.ua_kw_k * self.ground_ua_kw_k, both, out=np.zeros_like(both), where=both > 0)
        ua = np.where(buried, series, self.ua_kw_k)
        around = np.where(buried, self.soil_c[:, None], outside)
        return np.asarray((ua * (self.supply_c[:, None] - around) * self.sign).sum(axis=1))

    def equivalent(self, outside_c: npt.ArrayLike = 20.0, *, start_share: float = 0.0) -> Store:
        """Return the same stores in the common form, their loss that of a full one in its share of the capacity."""
        loss = np.clip(self.standing_loss_kw(outside_c) / self.capacity_kwh, 0.0, 1.0)
        return Store(
            self.carrier,
            self.capacity_kwh,
            self.charge_kw,
            self.discharge_kw,
            loss_per_h=loss,
            start_kwh=start_share * self.capacity_kwh,
        )


@dataclass(frozen=True)
class LayeredYear(StoreYear):
    """What stores of layers did: a `StoreYear` whose level is the energy above the return's temperature.

    Attributes
    ----------
    top_c, bottom_c : ndarray, shape (m, T)
        Temperatures at both ends at the end of the step [°C].
    to_surroundings_kwh : ndarray, shape (m, T)
        What has passed through the walls, reckoned wall by wall [kWh]; the balance's `loss_kwh` must equal it.
    layers_c : ndarray, shape (m, L)
        Mean temperatures of the layers at the end [°C], to go on from.
    ground_c : ndarray, shape (m, L)
        Ground around the layers at the end [°C], to go on from.
    """

    top_c: Array
    bottom_c: Array
    to_surroundings_kwh: Array
    layers_c: Array
    ground_c: Array


def layered_year(
    stores: Layered,
    wanted_kwh: npt.ArrayLike,
    time: TimeGrid,
    *,
    outside_c: npt.ArrayLike = 20.0,
    start_c: npt.ArrayLike | None = None,
    ground_c: npt.ArrayLike | None = None,
    supply_c: npt.ArrayLike | None = None,
    return_c: npt.ArrayLike | None = None,
    flow_limit_m3: npt.ArrayLike | None = None,
) -> LayeredYear:
    """Charge and discharge stores of layered water.

    Parameters
    ----------
    stores : Layered
        m stores of L layers.
    wanted_kwh : array_like, shape (m, T)
        Energy to charge (positive) or discharge (negative) in each step [kWh].
    time : TimeGrid
        T steps.
    outside_c : array_like, broadcast to (m, T)
        What the store stands in: a room, the air above a pit [°C].
    start_c, ground_c : array_like, broadcast to (m, L), optional
        Water and ground at the start [°C]; by default the return's temperature and the undisturbed ground.
    supply_c, return_c : array_like, broadcast to (m, T), optional
        Temperatures that change with the hour, water charged and water that comes back [°C].
    flow_limit_m3 : array_like, broadcast to (m, T), optional
        Most water through the store in a step [m³].

    Returns
    -------
    LayeredYear

    Raises
    ------
    InputError
        Shapes do not fit or values are missing; all findings at once.

    Notes
    -----
    Plug flow with buoyancy: Kleinbach, Beckman and Klein, Solar Energy 50 (1993); Duffie and Beckman, Solar
    Engineering of Thermal Processes, 4th ed. (2013), 8.4. A store is full where its coldest water is within a kelvin
    of the supply.
    """
    wanted = wishes(wanted_kwh, len(stores))
    time.check(wanted_kwh=wanted)
    m, layers = stores.layer_volume_m3.shape
    given: dict[str, tuple[npt.ArrayLike, tuple[int, ...]]] = {
        "outside_c": (outside_c, wanted.shape),
        "supply_c": (stores.supply_c[:, None] if supply_c is None else supply_c, wanted.shape),
        "return_c": (stores.return_c[:, None] if return_c is None else return_c, wanted.shape),
        "flow_limit_m3": (np.inf if flow_limit_m3 is None else flow_limit_m3, wanted.shape),
        "start_c": (stores.return_c[:, None] if start_c is None else start_c, (m, layers)),
        "ground_c": (stores.soil_c[:, None] if ground_c is None else ground_c, (m, layers)),
    }
    found = _fitted(given)
    s = stores.sign
    figures = np.column_stack(
        [
            stores.per_m3_k,
            s * stores.least_c,
            s * stores.return_c,
            stores.conductivity_w_m_k / 1000.0,
            stores.charge_kw,
            stores.discharge_kw,
            np.ones(m),
        ]
    )
    out = (*(np.empty(wanted.shape) for _ in range(6)), np.empty(m))
    state = s * np.array(found["start_c"] if s > 0 else found["start_c"][:, ::-1])
    ground = s * np.array(found["ground_c"] if s > 0 else found["ground_c"][:, ::-1])
    turned = stores if s > 0 else _turned(stores)
    run(
        figures, turned.layer_volume_m3, turned.layer_area_m2, turned.ua_kw_k, turned.ground_ua_kw_k,
        turned.ground_kwh_k, s * found["supply_c"], s * found["return_c"], s * found["outside_c"], s * stores.soil_c,
        wanted, found["flow_limit_m3"], time.step_h, ground, out, state,
    )  # fmt: skip
    charge, discharge, level, lost, first, last, start = out
    top, bottom = (first, last) if s > 0 else (-last, -first)
    order = slice(None) if s > 0 else slice(None, None, -1)
    return LayeredYear(
        charge, discharge, level, wanted - charge + discharge, start, np.zeros_like(wanted), top, bottom, lost,
        s * state[:, order], s * ground[:, order],
    )  # fmt: skip


def _fitted(given: dict[str, tuple[npt.ArrayLike, tuple[int, ...]]]) -> dict[str, Array]:
    """Broadcast each value to its shape; what does not fit or has gaps is told at once."""
    found, findings = {}, []
    for name, (values, shape) in given.items():
        array = np.asarray(values, dtype=np.float64)
        try:
            found[name] = np.broadcast_to(array, shape)
        except ValueError:
            findings.append(f"{name} has shape {array.shape}: give one that fits {shape}")
            continue
        if np.isnan(array).any():
            findings.append(f"{name} has gaps: fill them first")
    if findings:
        raise InputError(findings)
    return found


def _turned(stores: Layered) -> Layered:
    """Layers from the bottom up: the kernel's first is the one that is drawn from."""
    return replace(stores, **{name: getattr(stores, name)[:, ::-1] for name in _PER_LAYER})
