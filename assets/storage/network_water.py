"""The heat network's own water as a store: a warmer supply fills the pipes before the peak."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from assets._errors import InputError
from assets.fluids.water import MEAN_KJ_KG_K, heat_capacity_kwh_m3_k
from assets.storage.store import Store, StoreYear, store_year, wishes
from assets.time_grid import TimeGrid

Array = npt.NDArray[np.float64]
STEEL_KWH_M3_K = 7850.0 * 0.49 / 3600.0
"""Heat that a cubic metre of steel takes up [kWh/K]: 7 850 kg/m³, 0.49 kJ/(kg K) (EN 1993-1-2 at 80 °C)."""


@dataclass(frozen=True)
class NetworkWater:
    """Supply lines of m networks.

    Attributes
    ----------
    volume_m3 : ndarray, shape (m,)
        Water of the supply lines that a change of the plant's temperature reaches [m³].
    steel_m3 : ndarray, shape (m,)
        Steel of these pipes [m³].
    ua_kw_k : ndarray, shape (m,)
        Heat loss of these pipes per kelvin [kW/K].
    supply_c : ndarray, shape (m,)
        Supply temperature without a lift [°C].
    lift_k : ndarray, shape (m,)
        How much warmer the supply may be [K].
    """

    volume_m3: Array
    steel_m3: Array
    ua_kw_k: Array
    supply_c: Array
    lift_k: Array

    def __post_init__(self) -> None:
        given = [np.atleast_1d(np.asarray(getattr(self, f.name), dtype=np.float64)) for f in fields(self)]
        m = max(len(values) for values in given)
        findings = []
        for f, values in zip(fields(self), given, strict=True):
            if values.shape not in {(m,), (1,)}:
                findings.append(f"{f.name} has {values.shape} values for {m} networks: give one each, or one for all")
                continue
            object.__setattr__(self, f.name, np.array(np.broadcast_to(values, (m,))))
            kept = getattr(self, f.name)
            findings += [f"network {i}: {f.name} is {kept[i]:g}" for i in np.flatnonzero(~(kept >= 0.0))]
        if findings:
            raise InputError(findings)

    def __len__(self) -> int:
        return len(self.volume_m3)

    @property
    def water_kwh_k(self) -> Array:
        """Heat of the water per kelvin, shape (m,) [kWh/K]."""
        return np.asarray(self.volume_m3 * heat_capacity_kwh_m3_k(self.supply_c + 0.5 * self.lift_k))

    @property
    def heat_kwh_k(self) -> Array:
        """Heat of water and pipes per kelvin, shape (m,) [kWh/K]."""
        return np.asarray(self.water_kwh_k + self.steel_m3 * STEEL_KWH_M3_K)

    def equivalent(self, flow_kg_s: npt.ArrayLike | None = None) -> Store:
        """Return the store in the common form; its powers are those of a usual flow, shape (m,) [kg/s], if given."""
        power = np.asarray(np.inf if flow_kg_s is None else flow_kg_s, dtype=np.float64)
        power = power * MEAN_KJ_KG_K * np.maximum(self.lift_k, 1e-9)
        capacity = self.heat_kwh_k * self.lift_k
        loss = np.divide(self.ua_kw_k, self.heat_kwh_k, out=np.zeros(len(self)), where=self.heat_kwh_k > 0)
        return Store("heat", capacity, power, power, loss_per_h=1.0 - np.exp(-loss))


def water_of_pipes(
    length_m: npt.ArrayLike,
    inner_diameter_m: npt.ArrayLike,
    *,
    wall_m: npt.ArrayLike = 0.0,
    loss_w_m_k: npt.ArrayLike = 0.0,
    network: npt.ArrayLike = 0,
    networks: int = 1,
    supply_c: npt.ArrayLike = 75.0,
    lift_k: npt.ArrayLike = 10.0,
) -> NetworkWater:
    """Add up the supply pipes of networks.

    Parameters
    ----------
    length_m, inner_diameter_m : array_like, shape (p,)
        Pipes of the supply line [m].
    wall_m : array_like, broadcast to (p,)
        Thickness of steel walls [m].
    loss_w_m_k : array_like, broadcast to (p,)
        Heat loss of a metre of the supply line per kelvin [W/(m K)].
    network : array_like of int, broadcast to (p,)
        Row of the network that each pipe belongs to.
    networks : int
        Number m of networks.
    supply_c, lift_k : array_like, broadcast to (m,)
        As in `NetworkWater`.
    """
    length, inner = np.broadcast_arrays(np.asarray(length_m, np.float64), np.asarray(inner_diameter_m, np.float64))
    wall, loss = (np.broadcast_to(np.asarray(x, np.float64), length.shape) for x in (wall_m, loss_w_m_k))
    of = np.broadcast_to(np.asarray(network, dtype=np.int64), length.shape)

    def total(values: Array) -> Array:
        return np.bincount(of.ravel(), weights=values.ravel(), minlength=networks).astype(np.float64)

    return NetworkWater(
        total(np.pi / 4.0 * inner**2 * length),
        total(np.pi * (inner + wall) * wall * length),
        total(loss * length) / 1000.0,
        np.broadcast_to(np.asarray(supply_c, np.float64), (networks,)),
        np.broadcast_to(np.asarray(lift_k, np.float64), (networks,)),
    )


def network_water_year(
    water: NetworkWater, wanted_kwh: npt.ArrayLike, flow_kg_s: npt.ArrayLike, time: TimeGrid
) -> StoreYear:
    """Store heat in the networks' water by a warmer supply, and take it out again by a colder one.

    Parameters
    ----------
    water : NetworkWater
        m networks.
    wanted_kwh : array_like, shape (m, T)
        Heat the plant gives beside (positive) or less than (negative) what the consumers take [kWh].
    flow_kg_s : array_like, broadcast to (m, T)
        Flow of the step: it carries the lift in, and the warm water out to the consumers [kg/s].
    time : TimeGrid
        T steps.

    Returns
    -------
    StoreYear
        The level is the heat in water and pipes above the supply temperature without a lift.

    Raises
    ------
    InputError
        Shapes do not fit or values are missing.

    Notes
    -----
    In a step the plant can add, and the consumers can take, no more than the flow times the lift. Consumers are
    thought to keep their heat, with less flow of warmer water, and to cool it to the same return.
    """
    wanted = wishes(wanted_kwh, len(water), "network")
    flow = np.asarray(flow_kg_s, dtype=np.float64)
    limit = flow * MEAN_KJ_KG_K * (water.lift_k[:, None] if flow.ndim < 2 or len(water) > 1 else water.lift_k[0])
    limit = time.kwh_of(np.asarray(limit))
    return store_year(water.equivalent(), wanted, time, charge_limit_kwh=limit, discharge_limit_kwh=limit)
