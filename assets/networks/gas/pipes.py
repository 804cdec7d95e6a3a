"""Gas pipes out of the catalogue: the smallest that carry a tree's design load."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets._errors import InputError
from assets.catalogue import table
from assets.fluids.gases import NORMAL_BAR, NORMAL_K, blend, viscosity_at
from assets.networks.graph import Tree, distance_to_root_m, sum_below
from assets.networks.heat.friction import friction_factor

Array = npt.NDArray[np.float64]

GROUND_C = 8.0
"""Temperature of gas in buried pipes, assumed: Finland's ground at 1 m, mean of the year and a little more."""
MAX_VELOCITY_M_S = 20.0
"""Highest velocity of the sizing: usual for distribution, quiet and without dust on the move."""


@dataclass(frozen=True)
class GasPipes:
    """Pipes of a tree's nodes to their parents, arrays of shape (k,).

    Attributes
    ----------
    model : tuple of str
        Row of the catalogue `gas_pipes.csv`; "" at a root.
    inner_diameter_m : ndarray
        Inner diameter [m]; 0 at a root.
    roughness_m : ndarray
        Hydraulic roughness [m]; 0 at a root.
    """

    model: tuple[str, ...]
    inner_diameter_m: Array
    roughness_m: Array


def gas_pipe_models() -> pd.DataFrame:
    """Catalogue of gas pipes, index `model`."""
    return table("gas_pipes").set_index("model")


def gas_pipes(model: tuple[str, ...]) -> GasPipes:
    """Pipes by their names in the catalogue; "" for a root.

    Raises
    ------
    InputError
        The catalogue lacks a model.
    """
    known = gas_pipe_models()
    unknown = sorted({name for name in model if name} - set(known.index))
    if unknown:
        raise InputError([f"no gas pipe {', '.join(unknown)} in the catalogue; take one of {', '.join(known.index)}"])
    rows = known.reindex([name or None for name in model])
    inner, rough = (rows[name].fillna(0.0).to_numpy(dtype=np.float64) for name in ("inner_diameter_mm", "roughness_mm"))
    return GasPipes(tuple(model), inner / 1000.0, rough / 1000.0)


def friction_term(gas: tuple[float, float, float], flow_m3_h: Array, diameter_m: Array, rough_m: Array) -> Array:
    """Fall of the squared absolute pressure per metre and per unit of compressibility [bar²/m].

    Parameters
    ----------
    gas : tuple of float
        Density at normal conditions [kg/m³], viscosity [Pa s], temperature [K].
    flow_m3_h, diameter_m, rough_m : ndarray
        Flow of normal m³, inner diameter and roughness.

    Notes
    -----
    Darcy and Weisbach, integrated along a pipe of constant temperature:
    p₁² − p₂² = λ L/d · 16/π² · ρₙ pₙ T/Tₙ K · Q²/d⁴ (Cerbe and Lendt, Grundlagen der Gastechnik, 2017).
    """
    density, viscosity, kelvin = gas
    flow = np.abs(flow_m3_h) / 3600.0
    reynolds = 4.0 * density * flow / (np.pi * diameter_m * viscosity)
    factor = friction_factor(reynolds, rough_m / diameter_m)
    square_pa = factor * 16.0 / np.pi**2 * density * NORMAL_BAR * 1e5 * kelvin / NORMAL_K * flow**2 / diameter_m**5
    return np.asarray(square_pa / 1e10)


def size_gas_tree(
    tree: Tree,
    design_kw: npt.ArrayLike,
    *,
    entry_bar: float = 4.0,
    least_bar: float = 3.0,
    gas: str | Mapping[str, float] = "natural_gas_fi",
    series: str = "pe100_sdr11",
    max_velocity_m_s: float = MAX_VELOCITY_M_S,
    ground_c: float = GROUND_C,
) -> GasPipes:
    """Give each pipe of a tree the smallest size that carries its design load.

    Parameters
    ----------
    tree : Tree
        Roots are where gas enters.
    design_kw : array_like, shape (k,)
        Load at each node in the design hour, lower heating value [kW]; a peak that all draw at once.
    entry_bar, least_bar : float
        Pressure at the roots and the least at any node, above ambient [bar].
    gas : str or mapping of str to float
        The gas, or volume shares of a blend. A network that is to carry hydrogen later is sized for that blend.
    series : str
        "pe100_sdr11", "pe100_sdr17" or "steel".
    max_velocity_m_s : float
        Highest velocity, at the least pressure [m/s].
    ground_c : float
        Temperature of the gas [°C].

    Returns
    -------
    GasPipes

    Raises
    ------
    InputError
        Pressures or loads are not possible, the series does not stand the pressure, or no size is large enough.

    Notes
    -----
    The squared pressure may fall evenly along the longest way that a pipe is part of: then no node falls below
    `least_bar`, whatever the sizes round up to.
    """
    load = np.asarray(design_kw, dtype=np.float64)
    models = gas_pipe_models()
    rows = models[(models["series"] == series) & (models["max_pressure_bar"] >= entry_bar)]
    rows = rows.sort_values("inner_diameter_mm")
    _check(tree, load, rows, (entry_bar, least_bar, series))
    mix = blend(gas)
    kelvin = ground_c + 273.15
    flow = sum_below(tree, load) / mix.lhv_kwh_m3
    high, low = entry_bar + NORMAL_BAR, least_bar + NORMAL_BAR
    allowed = (high**2 - low**2) / np.maximum(_longest_way_m(tree), 1e-9)
    # The gas is least compressed, and its factor highest, at one of both ends.
    factor = 1.0 + mix.compressibility_per_bar * (high if mix.compressibility_per_bar > 0 else low)
    viscosity = float(viscosity_at(mix.viscosity_pa_s, ground_c))
    inner, rough = (rows[name].to_numpy(dtype=np.float64) / 1000.0 for name in ("inner_diameter_mm", "roughness_mm"))
    fall = factor * friction_term((mix.density_kg_m3, viscosity, kelvin), flow[:, None], inner, rough)
    velocity = flow[:, None] / 3600.0 * NORMAL_BAR / low * kelvin / NORMAL_K * factor / (np.pi / 4 * inner**2)
    fits = (fall <= allowed[:, None]) & (velocity <= max_velocity_m_s)
    piped = np.asarray(tree.parent) >= 0
    lacking = np.flatnonzero(piped & ~fits.any(axis=1))
    if lacking.size:
        raise InputError(
            [
                f"tree node {i}: no pipe of {series} carries {flow[i] * mix.lhv_kwh_m3:.0f} kW; raise entry_bar, lower "
                "least_bar, or take another series"
                for i in lacking[:5]
            ]
        )
    size = np.argmax(fits, axis=1)
    names = rows.index.to_numpy()
    return gas_pipes(tuple(str(names[size[i]]) if piped[i] else "" for i in range(load.size)))


def _longest_way_m(tree: Tree) -> Array:
    """Longest way from a root to a leaf that passes each node, shape (k,) [m]."""
    way = distance_to_root_m(tree)
    for i in range(way.size - 1, -1, -1):
        if tree.parent[i] >= 0:
            way[tree.parent[i]] = max(way[tree.parent[i]], way[i])
    return way


def _check(tree: Tree, load: Array, rows: pd.DataFrame, wanted: tuple[float, float, str]) -> None:
    entry, least, series = wanted
    findings = []
    if load.shape != np.shape(tree.parent) or not (load >= 0).all():
        findings.append(
            f"design_kw: {load.shape} loads; give one of 0 or more for each of the {tree.parent.size} nodes"
        )
    if not 0 < least < entry:
        findings.append(f"pressures: least_bar {least} must be above 0 and below entry_bar {entry}")
    if rows.empty:
        known = gas_pipe_models().groupby("series")["max_pressure_bar"].max()
        told = ", ".join(f"{name} (to {bar:g} bar)" for name, bar in known.items())
        findings.append(f"no pipes of series {series} for {entry} bar in the catalogue; there are {told}")
    if findings:
        raise InputError(findings)
