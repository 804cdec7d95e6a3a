"""Planes of each roof model over a rectangle, in the rectangle's own frame.

The ridge runs along x, the rectangle reaches from −a to a in x and from −b to b in y. A plane is a region seen from
above, the direction that it falls to, and its height over the eaves: z = base + tan·(eave − u·p), where u is the
direction of fall. The regions of a model reach far beyond the rectangle and tile the plane, so that they tile any
footprint that they are laid over.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
MODELS = ("flat", "skillion", "gabled", "hipped", "half-hipped", "pyramidal", "gambrel", "mansard", "round", "dome")
FAR = 4.0
"""Regions reach this many times the rectangle's half perimeter."""
STEEP_BAND = 1 / 3
"""Share of the half depth that the steep band of a mansard takes."""
STEEP_DEG = 65.0
SECTORS = 8


@dataclass(frozen=True)
class Plane:
    """One plane of n roofs of the same model.

    Attributes
    ----------
    region : array of shape (n, k, 2)
        Corners seen from above, m.
    fall : array of shape (n, 2)
        Unit vector downhill.
    slope : array of shape (n,)
        Tangent of the tilt.
    eave, base : arrays of shape (n,)
        z = base + slope·(eave − fall·p), m.
    """

    region: FloatArray
    fall: FloatArray
    slope: FloatArray
    eave: FloatArray
    base: FloatArray


def _region(*corners: tuple[FloatArray | float, FloatArray | float], n: int) -> FloatArray:
    return np.stack(
        [np.stack([np.broadcast_to(x, n), np.broadcast_to(y, n)], axis=-1) for x, y in corners], axis=1
    ).astype(np.float64)


def _fall(x: float, y: float, n: int) -> FloatArray:
    return np.tile(np.array([x, y], dtype=np.float64), (n, 1))


def planes_of(model: str, a: FloatArray, b: FloatArray, slope: FloatArray) -> list[Plane]:
    """Planes of n roofs of one model.

    Parameters
    ----------
    model : str
        One of `MODELS`.
    a, b : arrays of shape (n,)
        Half sides along and across the ridge, m.
    slope : array of shape (n,)
        Tangent of the tilt: rise over the half depth b (for skillion over the full depth, for gambrel, mansard and
        round the mean of its planes).
    """
    n = len(a)
    far = FAR * (a + b) + 10.0
    zero = np.zeros(n)
    if model in ("flat", "skillion"):
        everywhere = _region((-far, -far), (far, -far), (far, far), (-far, far), n=n)
        return [Plane(everywhere, _fall(0, -1, n), zero if model == "flat" else slope, b, zero)]
    if model in ("gabled", "gambrel", "round"):
        return _strips(a, b, far, _bands(model, b, slope))
    by_hips = {
        "half-hipped": _half_hipped,
        "pyramidal": _pyramid,
        "dome": _cone,
        "hipped": _hipped,
        "mansard": _mansard,
    }
    return by_hips[model](a, b, far, slope)


def _bands(model: str, b: FloatArray, slope: FloatArray) -> list[tuple[float, float, FloatArray]]:
    """Bands from the eaves up: inner and outer edge as shares of the half depth, slope."""
    if model == "gabled":
        return [(0.0, 1.0, slope)]
    if model == "gambrel":
        return [(0.5, 1.0, slope * 4 / 3), (0.0, 0.5, slope * 2 / 3)]
    inner, outer = _chords(b, slope)
    return [(0.5, 1.0, outer), (0.0, 0.5, inner)]


def _chords(b: FloatArray, slope: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Slopes of the two chords of a circle's arc of half width b and rise b·slope, at most a semicircle."""
    rise = b * np.minimum(slope, 1.0)
    radius = (b**2 + rise**2) / (2 * rise)
    half = np.sqrt(radius**2 - (b / 2) ** 2) - (radius - rise)
    return (rise - half) / (b / 2), half / (b / 2)


def _strips(a: FloatArray, b: FloatArray, far: FloatArray, bands: list[tuple[float, float, FloatArray]]) -> list[Plane]:
    """Lay strips along the ridge on both sides; bands from the eaves up: (inner, outer edge as shares of b, slope)."""
    n = len(a)
    planes = []
    for side in (-1.0, 1.0):
        base = np.zeros(n)
        for inner, outer, slope in bands:
            reach = far if outer == 1.0 else outer * b
            region = _region(
                (-far, side * inner * b), (far, side * inner * b), (far, side * reach), (-far, side * reach), n=n
            )
            planes.append(Plane(region, _fall(0, side, n), slope, outer * b, base))
            base = base + slope * (outer - inner) * b
    return planes


def _hipped(a: FloatArray, b: FloatArray, far: FloatArray, slope: FloatArray) -> list[Plane]:
    n = len(a)
    ridge = np.maximum(a - b, 0.0)
    planes = []
    for side in (-1.0, 1.0):
        region = _region((-ridge, 0.0), (ridge, 0.0), (ridge + far, side * far), (-ridge - far, side * far), n=n)
        planes.append(Plane(region, _fall(0, side, n), slope, b, np.zeros(n)))
    for side in (-1.0, 1.0):
        region = _region((side * ridge, 0.0), (side * (ridge + far), -far), (side * (ridge + far), far), n=n)
        planes.append(Plane(region, _fall(side, 0, n), slope, a, np.zeros(n)))
    return planes


def _mansard(a: FloatArray, b: FloatArray, far: FloatArray, slope: FloatArray) -> list[Plane]:
    """Break a hipped roof: each side has a steep band below and a low plane above."""
    n = len(a)
    ridge = np.maximum(a - b, 0.0)
    band = STEEP_BAND * b
    steep = np.maximum(np.full(n, np.tan(np.radians(STEEP_DEG))), slope)
    rise = np.maximum(slope * b, 1.05 * steep * band)
    low = (rise - steep * band) / (b - band)
    planes = []
    for side in (-1.0, 1.0):
        # At distance t from the ridge's line the hips lie at ridge + t.
        inner = b - band
        lower = _region(
            (-ridge - inner, side * inner), (ridge + inner, side * inner), (ridge + far, side * far),
            (-ridge - far, side * far), n=n,
        )  # fmt: skip
        upper = _region((-ridge, 0.0), (ridge, 0.0), (ridge + inner, side * inner), (-ridge - inner, side * inner), n=n)
        planes.append(Plane(lower, _fall(0, side, n), steep, b, np.zeros(n)))
        planes.append(Plane(upper, _fall(0, side, n), low, inner, steep * band))
    for side in (-1.0, 1.0):
        inner = b - band
        x = side * (ridge + inner)
        lower = _region((x, -inner), (x, inner), (side * (ridge + far), far), (side * (ridge + far), -far), n=n)
        upper = _region((side * ridge, 0.0), (x, -inner), (x, inner), n=n)
        planes.append(Plane(lower, _fall(side, 0, n), steep, a, np.zeros(n)))
        planes.append(Plane(upper, _fall(side, 0, n), low, a - band, steep * band))
    return planes


def _half_hipped(a: FloatArray, b: FloatArray, far: FloatArray, slope: FloatArray) -> list[Plane]:
    """Gables cut off at half the rise by small hips of the same slope."""
    n = len(a)
    half = b / 2
    ridge = np.maximum(a - half, 0.0)
    end = ridge + half
    planes = []
    for side in (-1.0, 1.0):
        region = _region(
            (-ridge, 0.0), (ridge, 0.0), (end, side * half), (end + far, side * half), (end + far, side * far),
            (-end - far, side * far), (-end - far, side * half), (-end, side * half), n=n,
        )  # fmt: skip
        planes.append(Plane(region, _fall(0, side, n), slope, b, np.zeros(n)))
    for side in (-1.0, 1.0):
        region = _region(
            (side * ridge, 0.0), (side * end, -half), (side * (end + far), -half), (side * (end + far), half),
            (side * end, half), n=n,
        )  # fmt: skip
        planes.append(Plane(region, _fall(side, 0, n), slope, end + half, np.zeros(n)))
    return planes


def _pyramid(a: FloatArray, b: FloatArray, far: FloatArray, slope: FloatArray) -> list[Plane]:
    """Four planes to one point: the ends of a long house are flatter than its sides."""
    n = len(a)
    scale = far / np.minimum(a, b)
    planes = []
    for side in (-1.0, 1.0):
        region = _region((0.0, 0.0), (-a * scale, side * b * scale), (a * scale, side * b * scale), n=n)
        planes.append(Plane(region, _fall(0, side, n), slope, b, np.zeros(n)))
    for side in (-1.0, 1.0):
        region = _region((0.0, 0.0), (side * a * scale, -b * scale), (side * a * scale, b * scale), n=n)
        planes.append(Plane(region, _fall(side, 0, n), slope * b / a, a, np.zeros(n)))
    return planes


def _cone(a: FloatArray, b: FloatArray, far: FloatArray, slope: FloatArray) -> list[Plane]:
    n = len(a)
    planes = []
    for sector in range(SECTORS):
        middle = 2 * np.pi * sector / SECTORS
        left, right = middle - np.pi / SECTORS, middle + np.pi / SECTORS
        region = _region(
            (0.0, 0.0), (far * np.cos(left), far * np.sin(left)), (far * np.cos(right), far * np.sin(right)), n=n
        )
        planes.append(Plane(region, _fall(np.cos(middle), np.sin(middle), n), slope, np.minimum(a, b), np.zeros(n)))
    return planes
