"""Borehole fields that keep summer's heat in the ground."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import erf, i0e, i1e

from assets._errors import InputError
from assets.catalogue import table
from assets.storage._borehole_kernel import run
from assets.storage.store import Store, StoreYear, wishes
from assets.time_grid import TimeGrid

Array = npt.NDArray[np.float64]
CELLS_PER_LEVEL = 10
"""Cells of one width in the record of the past, before widths double: Claesson and Javed take 5; 10 halve the error."""
MOST_BOREHOLES = 5000
"""Of one field: distances are reckoned in pairs."""
_FINE = 3000
_SEASON_H = 4380.0


@dataclass(frozen=True)
class BoreholeStores:
    """m fields of equal vertical boreholes on a square grid that fills a circle.

    Attributes
    ----------
    boreholes : ndarray, shape (m,)
        How many.
    spacing_m, length_m, buried_m, radius_m : ndarray, shape (m,)
        Distance between neighbours, active length, depth of the active part's top (insulation counted as the ground
        that would insulate as much) and radius of a borehole [m].
    resistance_m_k_w : ndarray, shape (m,)
        Effective borehole resistance between the fluid's mean and the wall [m K/W].
    ground_w_m_k, ground_mj_m3_k : ndarray, shape (m,)
        Conductivity and volumetric heat capacity of the ground [W/(m K), MJ/(m³ K)].
    ground_c : ndarray, shape (m,)
        Undisturbed ground [°C].
    least_c, most_c : ndarray, shape (m,)
        Limits of the fluid's mean temperature [°C]: of what is of use, and of what the pipes bear.
    charge_kw, discharge_kw : ndarray, shape (m,)
        Highest powers [kW].
    """

    boreholes: Array
    spacing_m: Array
    length_m: Array
    buried_m: Array
    radius_m: Array
    resistance_m_k_w: Array
    ground_w_m_k: Array
    ground_mj_m3_k: Array
    ground_c: Array
    least_c: Array
    most_c: Array
    charge_kw: Array
    discharge_kw: Array

    def __post_init__(self) -> None:
        given = {f.name: np.atleast_1d(np.asarray(getattr(self, f.name), dtype=np.float64)) for f in fields(self)}
        m = max(len(v) for v in given.values())
        findings = []
        for name, values in given.items():
            if values.shape not in {(m,), (1,)}:
                findings.append(f"{name} has {values.shape} values for {m} fields: give one each, or one for all")
                continue
            values = np.array(np.broadcast_to(values, (m,)))  # noqa: PLW2901  the one that is kept
            object.__setattr__(self, name, values)
            signed = name in {"ground_c", "least_c", "most_c"}
            zero = signed or name in {"buried_m", "charge_kw", "discharge_kw"}
            possible = ~np.isnan(values) & (signed | (values > 0) | (zero & (values == 0)))
            findings += [f"field {i}: {name} is {values[i]:g}" for i in np.flatnonzero(~possible)]
        if not findings:
            cold = np.flatnonzero(~(self.most_c > self.least_c))
            findings = [f"field {i}: most_c must be above least_c ({self.least_c[i]:g})" for i in cold]
            many = np.flatnonzero(self.boreholes < 0.5)
            findings += [f"field {i}: {self.boreholes[i]:g} boreholes; give one at least" for i in many]
        if findings:
            raise InputError(findings)

    def __len__(self) -> int:
        return len(self.boreholes)

    @property
    def volume_m3(self) -> Array:
        """Ground that the boreholes take up, shape (m,) [m³]."""
        return np.asarray(self.boreholes * self.spacing_m**2 * self.length_m)

    @property
    def diffusivity_m2_s(self) -> Array:
        """Thermal diffusivity of the ground, shape (m,) [m²/s]."""
        return np.asarray(self.ground_w_m_k / (self.ground_mj_m3_k * 1e6))

    @property
    def capacity_kwh(self) -> Array:
        """Heat of that ground between the limits of temperature, shape (m,) [kWh]."""
        return np.asarray(self.volume_m3 * self.ground_mj_m3_k / 3.6 * (self.most_c - self.least_c))

    @property
    def standing_loss_per_h(self) -> Array:
        """Share that an hour loses, of a pulse that is left alone for half a year, shape (m,) [1/h]."""
        left = [kept_share(self, i, np.array([_SEASON_H * 3600.0]))[0] for i in range(len(self))]
        return 1.0 - np.array(left) ** (1.0 / _SEASON_H)

    def equivalent(self, *, start_share: float = 0.0) -> Store:
        """Return the same stores in the common form.

        The powers are those that half the temperature span drives for a day at most; the loss is what leaves the
        store in the half year after a pulse of heat, as a constant share an hour: that of a young store.
        """
        half = 0.5 * (self.most_c - self.least_c)
        power = np.empty(len(self))
        for i in range(len(self)):
            # In a day no borehole feels more than its neighbours.
            near = int(min(round(self.boreholes[i]), 25))
            g = _g_of(self, i, np.array([86400.0]), near)[0] / (2.0 * np.pi * self.ground_w_m_k[i])
            power[i] = half[i] / (g + self.resistance_m_k_w[i]) * self.length_m[i] * self.boreholes[i] / 1000.0
        return Store(
            "heat",
            self.capacity_kwh,
            np.minimum(self.charge_kw, power),
            np.minimum(self.discharge_kw, power),
            loss_per_h=self.standing_loss_per_h,
            start_kwh=start_share * self.capacity_kwh,
        )


@dataclass(frozen=True)
class BoreholeYear(StoreYear):
    """What borehole stores did; the level is what is left in their ground of all heat ever put in less taken out.

    Attributes
    ----------
    fluid_c : ndarray, shape (m, T)
        Mean temperature of the fluid at the end of the step [°C].
    past_kw : ndarray, shape (m, cells)
        Loads by their age, to go on from.
    """

    fluid_c: Array
    past_kw: Array


def borehole_models() -> pd.DataFrame:
    """Catalogue of borehole stores, index `model`."""
    return table("borehole_stores").set_index("model")


def borehole_stores(model: str, boreholes: npt.ArrayLike | None = None, **others: npt.ArrayLike) -> BoreholeStores:
    """Borehole stores of the catalogue, with as many boreholes as wanted; other figures of `BoreholeStores` by name.

    Raises
    ------
    InputError
        The model is not in the catalogue, or a figure is not possible.
    """
    known = borehole_models()
    if model not in known.index:
        raise InputError([f"no borehole store {model} in the catalogue; take one of {', '.join(known.index)}"])
    row = known.loc[model]
    names = [f.name for f in fields(BoreholeStores)]
    strange = sorted(set(others) - set(names))
    if strange:
        raise InputError([f"a borehole store has no {', '.join(strange)}; it has {', '.join(names)}"])
    usual = {name: np.asarray(float(row[name])) for name in names if name not in {"charge_kw", "discharge_kw"}}
    chosen = usual | {name: np.asarray(values, dtype=np.float64) for name, values in others.items()}
    if boreholes is not None:
        chosen["boreholes"] = np.asarray(boreholes, dtype=np.float64)
    scale = chosen["boreholes"] * chosen["length_m"] / (usual["boreholes"] * usual["length_m"])
    for name in ("charge_kw", "discharge_kw"):
        chosen.setdefault(name, float(row[name]) * scale)
    return BoreholeStores(**chosen)


def circular_field(boreholes: int, spacing_m: float) -> Array:
    """Places of boreholes: the points of a square grid nearest to its middle, shape (n, 2) [m]."""
    half = int(np.ceil(np.sqrt(boreholes / np.pi))) + 2
    grid = np.arange(-half, half) + 0.5
    x, y = (axis.ravel() for axis in np.meshgrid(grid, grid))
    nearest = np.lexsort((y, x, np.round(x**2 + y**2, 9)))[:boreholes]
    return np.column_stack([x[nearest], y[nearest]]) * spacing_m


def _line_source(along: Array, buried: Array) -> Array:
    """Mean over the length of a finite line source and its mirror image (Claesson and Javed 2011, eq. 20)."""

    def ierf(x: Array) -> Array:
        return np.asarray(x * erf(x) - (1.0 - np.exp(-(x**2))) / np.sqrt(np.pi))

    return 2.0 * ierf(along) + 2.0 * ierf(along + 2.0 * buried) - ierf(2.0 * (along + buried)) - ierf(2.0 * buried)


def g_function(
    places_m: Array,
    time_s: npt.ArrayLike,
    *,
    length_m: float,
    buried_m: float,
    radius_m: float,
    diffusivity_m2_s: float,
) -> Array:
    """Mean warming of the borehole walls of a field, all giving the same heat all along.

    Parameters
    ----------
    places_m : ndarray, shape (n, 2)
        Where the boreholes are [m].
    time_s : array_like, shape (k,)
        Times since the heat began [s].
    length_m, buried_m, radius_m : float
        Active length, depth of its top, radius [m].
    diffusivity_m2_s : float
        Of the ground [m²/s].

    Returns
    -------
    ndarray, shape (k,)
        Warming times 2 π conductivity per heat of a metre of borehole [1].

    Notes
    -----
    Finite line sources: Claesson and Javed, ASHRAE Transactions 117 (2011), eq. 20; superposed in space: Cimmino and
    Bernier, Int. J. Heat and Mass Transfer 70 (2014), their first boundary condition.
    """
    time = np.asarray(time_s, dtype=np.float64)
    # By symmetry of distances: each pair's once, with how often it occurs.
    n = len(places_m)
    i, j = np.triu_indices(n, 1)
    apart, count = np.unique(np.round(np.hypot(*(places_m[i] - places_m[j]).T), 4), return_counts=True)
    apart, weight = np.append(apart, radius_m), np.append(2.0 * count / n, 1.0)
    lowest = 1.0 / np.sqrt(4.0 * diffusivity_m2_s * time.max())
    s = np.geomspace(lowest, max(7.0 / radius_m, 2.0 * lowest), _FINE)
    together = np.zeros(_FINE)
    for distance, times in zip(apart, weight, strict=True):
        together += times * np.exp(-((distance * s) ** 2))
    value = together * _line_source(length_m * s, buried_m * s) / (length_m * s**2)
    # Of s d(ln s): even steps, summed from the far end.
    steps = 0.5 * (value[1:] * s[1:] + value[:-1] * s[:-1]) * np.diff(np.log(s))
    total = np.append(np.cumsum(steps[::-1])[::-1], 0.0)
    at = 1.0 / np.sqrt(4.0 * diffusivity_m2_s * time)
    return np.asarray(0.5 * np.interp(np.log(at), np.log(s), total))


def _g_of(stores: BoreholeStores, i: int, time_s: Array, boreholes: int) -> Array:
    places = circular_field(boreholes, stores.spacing_m[i])
    return g_function(
        places,
        time_s,
        length_m=stores.length_m[i],
        buried_m=stores.buried_m[i],
        radius_m=stores.radius_m[i],
        diffusivity_m2_s=stores.diffusivity_m2_s[i],
    )


def kept_share(stores: BoreholeStores, i: int, time_s: npt.ArrayLike) -> Array:
    """Share of a pulse of heat, put evenly into field i, that is still in its ground after a time, shape (k,).

    Notes
    -----
    The field is a cylinder whose heat spreads by conduction, the surface staying at its temperature. Two points of it
    exchange heat by Gauss's law: over a disc of radius R this gives 1 − exp(−2x) (I0(2x) + I1(2x)), x = R²/(4 a t),
    over the depth the mean of finite line sources. No groundwater flows.
    """
    time = np.asarray(time_s, dtype=np.float64)
    reach = np.sqrt(4.0 * stores.diffusivity_m2_s[i] * time)
    radius = np.sqrt(stores.boreholes[i] / np.pi) * stores.spacing_m[i]
    x = 2.0 * (radius / reach) ** 2
    disc = 1.0 - i0e(x) - i1e(x)
    length, buried = stores.length_m[i] / reach, stores.buried_m[i] / reach
    return np.asarray(disc * _line_source(length, buried) / (2.0 * length))


def _cells(steps: int) -> npt.NDArray[np.int64]:
    """Widths in steps of the cells that hold the past: ten of each width, doubling, until they reach far enough."""
    widths: list[int] = []
    width = 1
    while sum(widths) < steps:
        widths += [width] * CELLS_PER_LEVEL
        width *= 2
    return np.array(widths, dtype=np.int64)


def borehole_year(
    stores: BoreholeStores,
    wanted_kwh: npt.ArrayLike,
    time: TimeGrid,
    *,
    past_kw: Array | None = None,
    memory_years: float = 30.0,
) -> BoreholeYear:
    """Charge and discharge borehole stores within the limits of their fluid's temperature.

    Parameters
    ----------
    stores : BoreholeStores
        m fields.
    wanted_kwh : array_like, shape (m, T)
        Energy to charge (positive) or discharge (negative) in each step [kWh].
    time : TimeGrid
        T steps.
    past_kw : ndarray, shape (m, cells), optional
        What has been before, `BoreholeYear.past_kw` of the run before; undisturbed ground by default.
    memory_years : float
        How far back the past counts [a]; the same in runs that follow each other.

    Returns
    -------
    BoreholeYear

    Raises
    ------
    InputError
        Shapes do not fit or values are missing.

    Notes
    -----
    Superposition in time with loads put together by age: Claesson and Javed, ASHRAE Transactions 118 (2012).
    """
    wanted = wishes(wanted_kwh, len(stores), "field")
    time.check(wanted_kwh=wanted)
    m = len(stores)
    large = np.flatnonzero(stores.boreholes > MOST_BOREHOLES)
    if len(large):
        raise InputError(
            [f"field {i}: more than {MOST_BOREHOLES} boreholes; share it among several fields" for i in large]
        )
    width = _cells(int(memory_years * 8760.0 / time.step_h))
    if past_kw is not None and np.shape(past_kw) != (m, len(width)):
        raise InputError([f"past_kw has shape {np.shape(past_kw)}: give {m} fields the {len(width)} cells of a run"])
    edges = np.concatenate([[0], np.cumsum(width)]) * time.step_h * 3600.0
    wall, kept = np.empty((m, len(width))), np.empty((m, len(width)))
    fine = np.concatenate([[0.0], np.geomspace(edges[1] * 1e-3, edges[-1], _FINE)])
    for i in range(m):
        g = np.concatenate([[0.0], _g_of(stores, i, edges[1:], round(stores.boreholes[i]))])
        wall[i] = np.diff(g) / (2.0 * np.pi * stores.ground_w_m_k[i])
        share = np.concatenate([[1.0], kept_share(stores, i, fine[1:])])
        summed = np.concatenate([[0.0], np.cumsum(0.5 * (share[1:] + share[:-1]) * np.diff(fine))])
        kept[i] = np.diff(np.interp(edges, fine, summed)) / 3600.0
    figures = np.column_stack(
        [
            stores.boreholes * stores.length_m,
            stores.resistance_m_k_w,
            stores.ground_c,
            stores.least_c,
            stores.most_c,
            stores.charge_kw,
            stores.discharge_kw,
        ]
    )
    past = np.zeros(wall.shape) if past_kw is None else np.array(past_kw, dtype=np.float64)
    charge, discharge, level, fluid = (np.empty(wanted.shape) for _ in range(4))
    start = np.empty(m)
    run(width, wall, kept, figures, wanted, time.step_h, past, (charge, discharge, level, fluid, start))
    refused = wanted - charge + discharge
    return BoreholeYear(charge, discharge, level, refused, start, np.zeros_like(wanted), fluid, past)
