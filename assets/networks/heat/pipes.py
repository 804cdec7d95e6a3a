"""Pipes of heat and cooling networks: the catalogue's sizes and what a metre of them loses to the ground."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from assets._errors import InputError
from assets.catalogue import table

Array = npt.NDArray[np.float64]

CASING_W_M_K = 0.4
"""Conductivity of casings of polyethylene (EN 253)."""
SURFACE_M = 0.0685
"""Depth of soil that resists as much as the surface, per conductivity of the soil [m per W/(m K)] (EN 13941-1)."""


@dataclass(frozen=True)
class Laying:
    """How pipes lie in the ground.

    Attributes
    ----------
    cover_m : float
        Soil above the casing [m].
    clear_m : float
        Distance between the casings of two single pipes [m].
    soil_w_m_k : float
        Conductivity of the soil [W/(m K)]; 1.0 is what makers state losses for, moist soils conduct 1.5 to 2.
    """

    cover_m: float = 0.8
    clear_m: float = 0.15
    soil_w_m_k: float = 1.0


AS_STATED = Laying()
"""How pipes lie where makers state losses."""


@dataclass(frozen=True)
class PipeSizes:
    """Standard sizes of one kind of pipe, smallest first, arrays of shape (n,).

    Attributes
    ----------
    name : tuple of str
        Rows of the catalogue.
    inner_diameter_m : ndarray
        [m].
    roughness_m : ndarray
        Roughness of the inner wall [m].
    u_w_m_k : ndarray
        Heat loss of one of the two pipes per metre and kelvin over the ground [W/(m K)].
    max_velocity_m_s : ndarray
        Highest velocity to size for [m/s].
    max_temp_c : ndarray
        Highest continuous temperature [°C].
    investment_eur_m : ndarray
        Investment of a metre of trench with both pipes [EUR/m].
    """

    name: tuple[str, ...]
    inner_diameter_m: Array
    roughness_m: Array
    u_w_m_k: Array
    max_velocity_m_s: Array
    max_temp_c: Array
    investment_eur_m: Array

    def __post_init__(self) -> None:
        n = len(self.name)
        columns = {key: value for key, value in vars(self).items() if key != "name"}
        findings = [
            f"{key} has the shape {np.shape(value)}; with {n} sizes it must be ({n},)"
            for key, value in columns.items()
            if np.shape(value) != (n,)
        ]
        if not n:
            findings.append("there is no size: name a family and series of the catalogue's heat_pipes")
        if not findings and not (np.diff(self.inner_diameter_m) > 0.0).all():
            findings.append("inner_diameter_m must grow from size to size: sort the sizes, drop doubles")
        if not findings and not ((self.inner_diameter_m > 0.0).all() and (self.u_w_m_k >= 0.0).all()):
            findings.append("inner_diameter_m must be above 0 and u_w_m_k 0 or more")
        if findings:
            raise InputError(findings)


def heat_pipes(family: str = "steel_single", series: int | None = None, laying: Laying = AS_STATED) -> PipeSizes:
    """Read the sizes of a kind of pipe out of the catalogue, with their losses as laid.

    Parameters
    ----------
    family : str
        "steel_single", "steel_twin", "pex_single", "pex_twin", "pe_insulated" (cold), "pe_bare_sdr11" or
        "pe_bare_sdr17" (ambient loops).
    series : int, optional
        Insulation series; the thinnest by default.
    laying : Laying

    Returns
    -------
    PipeSizes

    Raises
    ------
    InputError
        The catalogue has no such family or series.
    """
    rows = table("heat_pipes")
    families = sorted(rows["family"].unique())
    if family not in families:
        raise InputError([f"no pipes {family} in heat_pipes.csv; take one of {', '.join(families)}"])
    rows = rows[rows["family"] == family]
    known = sorted(rows["series"].unique())
    wanted = known[0] if series is None else series
    if wanted not in known:
        raise InputError([f"no series {wanted} of {family}; take one of {', '.join(map(str, known))}"])
    rows = rows[rows["series"] == wanted].sort_values("inner_diameter_mm")
    number = {name: rows[name].to_numpy(dtype=np.float64) for name in rows.columns if name.endswith(_UNITS)}
    return PipeSizes(
        name=tuple(rows["name"]),
        inner_diameter_m=number["inner_diameter_mm"] / 1000.0,
        roughness_m=number["roughness_mm"] / 1000.0,
        u_w_m_k=_loss(number, laying),
        max_velocity_m_s=number["max_velocity_m_s"],
        max_temp_c=number["max_temp_c"],
        investment_eur_m=number["investment_eur_m"],
    )


_UNITS = ("_mm", "_w_m_k", "_m_s", "_temp_c", "_eur_m")


def _loss(row: dict[str, Array], laying: Laying) -> Array:
    twin = np.isfinite(row["clear_mm"])
    bare = ~np.isfinite(row["casing_mm"])
    casing = np.where(bare, row["outer_diameter_mm"], row["casing_mm"])
    insulation = np.where(bare, 1.0, row["insulation_w_m_k"])
    inner, outer, casing, clear = (
        part / 1000.0 for part in (row["inner_diameter_mm"], row["outer_diameter_mm"], casing, row["clear_mm"])
    )
    wall = np.log(outer / inner) / (2.0 * np.pi * row["wall_w_m_k"])
    pair = single_pipe_resistance(outer, casing, insulation, laying)
    both = twin_pipe_resistance(outer, casing, np.where(twin, clear, 0.0), insulation, laying)
    return np.asarray(1.0 / (wall + np.where(twin, both, pair)))


def casing_wall_m(casing_m: npt.ArrayLike) -> Array:
    """Thickness of a casing of polyethylene [m], fitted to EN 253's table (2.2 mm at 90 mm, 9.4 mm at 1000 mm)."""
    return np.asarray(0.0014 + 0.008 * np.asarray(casing_m, dtype=np.float64))


def single_pipe_resistance(
    outer_m: npt.ArrayLike, casing_m: npt.ArrayLike, insulation_w_m_k: npt.ArrayLike, laying: Laying = AS_STATED
) -> Array:
    """Thermal resistance from the pipe to the ground for one of two single pipes side by side [m K/W].

    Parameters
    ----------
    outer_m, casing_m : array_like
        Outer diameter of the medium pipe and of the casing [m]; equal without insulation.
    insulation_w_m_k : array_like
        Conductivity of the insulation [W/(m K)].
    laying : Laying

    Returns
    -------
    ndarray
        Insulation, casing, soil, and the other pipe's warmth, such that both together lose their sum of excess
        temperatures over it [1]_.

    References
    ----------
    .. [1] EN 13941-1, annex on heat loss: R_insulation, R_casing, R_soil, R_mutual.
    """
    outer, casing = np.asarray(outer_m, dtype=np.float64), np.asarray(casing_m, dtype=np.float64)
    bare = casing <= outer
    inside = np.where(bare, casing, casing - 2.0 * casing_wall_m(casing))
    foam = np.log(inside / np.where(bare, inside, outer)) / (2.0 * np.pi * np.asarray(insulation_w_m_k))
    jacket = np.log(casing / inside) / (2.0 * np.pi * CASING_W_M_K)
    soil = laying.soil_w_m_k
    depth = laying.cover_m + casing / 2.0 + SURFACE_M * soil
    ground = np.log(4.0 * depth / casing) / (2.0 * np.pi * soil)
    mutual = np.log(1.0 + (2.0 * depth / (casing + laying.clear_m)) ** 2) / (4.0 * np.pi * soil)
    return np.asarray(foam + jacket + ground + mutual)


def twin_pipe_resistance(
    outer_m: npt.ArrayLike,
    casing_m: npt.ArrayLike,
    clear_m: npt.ArrayLike,
    insulation_w_m_k: npt.ArrayLike,
    laying: Laying = AS_STATED,
) -> Array:
    """Thermal resistance from each of two pipes in one casing to the ground [m K/W].

    Parameters
    ----------
    outer_m, casing_m : array_like
        Outer diameter of the medium pipes and of the casing [m].
    clear_m : array_like
        Distance between the medium pipes' walls [m].
    insulation_w_m_k : array_like
        Conductivity of the insulation [W/(m K)].
    laying : Laying

    Returns
    -------
    ndarray
        Of the mean of both excess temperatures: first-order multipole formula for the symmetrical loss [1]_. Heat that
        passes from one pipe to the other stays inside and is no loss.

    References
    ----------
    .. [1] P. Wallentén, Steady-state heat loss from insulated pipes. Lund University, TVBH-3017, 1991, eq. for
       h_s, "two pipes embedded in a circular insulation".
    """
    outer, casing = np.asarray(outer_m, dtype=np.float64), np.asarray(casing_m, dtype=np.float64)
    foam, soil = np.asarray(insulation_w_m_k, dtype=np.float64), laying.soil_w_m_k
    r, rc, half = outer / 2.0, casing / 2.0, (outer + np.asarray(clear_m, dtype=np.float64)) / 2.0
    depth = laying.cover_m + casing / 2.0 + SURFACE_M * soil
    sigma: Any = (foam - soil) / (foam + soil)
    room = np.maximum(rc**4 - half**4, 1e-12)
    zero = 2.0 * foam / soil * np.log(2.0 * depth / rc) + np.log(rc**2 / (2.0 * half * r))
    zero = zero + sigma * np.log(rc**4 / room)
    first = (r / (2.0 * half) - sigma * 2.0 * r * half**3 / room) ** 2
    first = first / (1.0 + (r / (2.0 * half)) ** 2 + sigma * (2.0 * r * rc**2 * half / room) ** 2)
    return np.asarray((zero - first) / (2.0 * np.pi * foam))
