"""Pits full of hot water under a floating cover: summer's heat for winter."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets._errors import InputError
from assets.catalogue import table
from assets.storage.layers import Layered

Array = npt.NDArray[np.float64]
LAYERS = 16
YEAR_S = 365.0 * 86400.0
_HALVINGS = 80


def pit_models() -> pd.DataFrame:
    """Catalogue of pits, index `model`."""
    return table("pit_stores").set_index("model")


def pit_top_m(volume_m3: npt.ArrayLike, depth_m: npt.ArrayLike, slope: npt.ArrayLike) -> Array:
    """Side of the square water surface of a pit: an upside-down pyramid with its point cut off.

    Parameters
    ----------
    volume_m3, depth_m, slope : array_like, shape (m,)
        Volume [m³], depth [m], and horizontal by vertical of its sides [m/m].

    Returns
    -------
    ndarray, shape (m,)
        Length of a side [m]; NaN where the sides would meet above the depth.
    """
    v, h, n = np.broadcast_arrays(*(np.asarray(x, dtype=np.float64) for x in (volume_m3, depth_m, slope)))
    # V = h (a² − 2 a n h + 4/3 n² h²), of side a on top and a − 2 n h below.
    rest = v / h - n**2 * h**2 / 3.0
    top = n * h + np.sqrt(np.maximum(rest, 0.0))
    return np.where(top >= 2.0 * n * h, top, np.nan)


def pit_stores(
    model: str,
    volume_m3: npt.ArrayLike | None = None,
    *,
    charge_kw: npt.ArrayLike | None = None,
    discharge_kw: npt.ArrayLike | None = None,
    supply_c: npt.ArrayLike | None = None,
    return_c: npt.ArrayLike | None = None,
    least_c: npt.ArrayLike | None = None,
    cover_w_m2_k: npt.ArrayLike | None = None,
    soil_c: npt.ArrayLike | None = None,
) -> Layered:
    """Pits of the catalogue, or of another volume with the same depth, slope and cover.

    Parameters
    ----------
    model : str
        Of the catalogue `pit_stores.csv`.
    volume_m3 : array_like, shape (m,), optional
        Volumes [m³]; powers go with them where they are not given. Depth shrinks with the cube root of the volume
        where the pit is smaller than the catalogue's.
    charge_kw, discharge_kw : array_like, broadcast to (m,), optional
        Highest powers [kW].
    supply_c, return_c, least_c : array_like, broadcast to (m,), optional
        Temperatures of a full and an empty pit, and of water that is of no more use [°C].
    cover_w_m2_k : array_like, broadcast to (m,), optional
        Heat transfer of the cover; that of a soaked one is several times a dry one's [W/(m² K)].
    soil_c : array_like, broadcast to (m,), optional
        Undisturbed ground [°C].

    Returns
    -------
    Layered
        For `layered_year`, with the outdoor air as `outside_c`.

    Raises
    ------
    InputError
        The model is not in the catalogue, or a volume is not above 0.

    Notes
    -----
    The ground around each layer is a shell as thick as the yearly wave reaches, sqrt(diffusivity · year / π), warmed
    through half its thickness, that loses heat to the undisturbed ground: through a layer as deep as the water lies
    below the surface, at the sides, and through a half-space below (Carslaw and Jaeger 1959, 8.2: a disc's shape
    factor, 4 radii). The soil beside the topmost layer is counted with the air.
    """
    known = pit_models()
    if model not in known.index:
        raise InputError([f"no pit {model} in the catalogue; take one of {', '.join(known.index)}"])
    row = known.loc[model]
    volume = np.atleast_1d(np.asarray(row["volume_m3"] if volume_m3 is None else volume_m3, dtype=np.float64))
    wrong = np.flatnonzero(~(volume > 0))
    if len(wrong):
        raise InputError([f"pit {i}: a volume of {volume[i]:g} m³; give one above 0" for i in wrong])
    scale = volume / float(row["volume_m3"])

    def chosen(name: str, other: npt.ArrayLike | None, by: Array | float = 1.0) -> Array:
        values = float(row[name]) * by if other is None else np.asarray(other, dtype=np.float64)
        return np.array(np.broadcast_to(values, volume.shape))

    slope = float(row["slope"])
    depth = float(row["depth_m"]) * np.minimum(scale, 1.0) ** (1.0 / 3.0)
    area, side, bottom = _geometry(volume, depth, slope)
    u_cover = chosen("cover_w_m2_k", cover_w_m2_k)
    ua, outer, capacity = _ground(row, depth, side, bottom)
    ua[:, 0] = u_cover * pit_top_m(volume, depth, slope) ** 2 + ua[:, 0]
    return Layered(
        "heat",
        area * (depth / LAYERS)[:, None],
        area,
        ua / 1000.0,
        outer / 1000.0,
        capacity,
        chosen("soil_c", soil_c),
        chosen("supply_c", supply_c),
        chosen("return_c", return_c),
        chosen("least_c", least_c),
        chosen("charge_kw", charge_kw, scale),
        chosen("discharge_kw", discharge_kw, scale),
        chosen("conductivity_w_m_k", None),
    )


def _geometry(volume: Array, depth: Array, slope: float) -> tuple[Array, Array, Array]:
    """Mean cross-sections and sloping sides of layers, shape (m, L), and the bottom's area, shape (m,) [m²]."""
    top = pit_top_m(volume, depth, slope)
    edges = np.linspace(0.0, 1.0, LAYERS + 1)
    width = top[:, None] - 2.0 * slope * edges * depth[:, None]
    a, b = width[:, :-1], width[:, 1:]
    area = (a**2 + a * b + b**2) / 3.0
    side = 2.0 * (a + b) * (depth / LAYERS)[:, None] * np.sqrt(1.0 + slope**2)
    return area, side, width[:, -1] ** 2


def _ground(row: pd.Series, depth: Array, side: Array, bottom: Array) -> tuple[Array, Array, Array]:
    """Conductances from water to ground and from there away [W/K], heat capacity of the shell [kWh/K], each (m, L)."""
    k, volumetric = float(row["ground_w_m_k"]), float(row["ground_mj_m3_k"]) * 1e6
    reach = np.sqrt(k / volumetric * YEAR_S / np.pi)
    below = (np.arange(LAYERS) + 0.5) / LAYERS * depth[:, None]
    walls = side.copy()
    walls[:, -1] += bottom
    ua = walls * k / (0.5 * reach)
    outer = side * k / (0.5 * reach + below)
    outer[:, -1] += 4.0 * k * np.sqrt(bottom / np.pi)
    capacity = walls * reach * volumetric / 3.6e6
    # Beside the topmost layer the soil is as warm as the air above it, a layer of half its depth away.
    ua[:, 0] = side[:, 0] * k / (0.5 * reach + below[:, 0])
    capacity[:, 0] = 0.0
    outer[:, 0] = 0.0
    return ua, outer, capacity
