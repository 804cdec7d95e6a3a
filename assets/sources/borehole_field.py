"""Borehole fields: how the ground cools over years of a heat pump's load, and what the field can give for good."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.interpolate import PchipInterpolator
from scipy.linalg import solve
from scipy.signal import fftconvolve
from scipy.special import erf

from assets._errors import InputError
from assets.sources._validate import done, hourly
from assets.sources.heat_source import HeatSource
from assets.sources.shallow_ground import BRINE_LIMIT_C

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]

HOUR_S = 3600.0
YEARS = 25
"""Years that a field is planned for."""
FREE_SPREAD_K = 3.0
"""Difference of the brine between out and in at full power [K]: usual of heat pumps, EN 14511."""
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(8)
_TIMES = 40
_CHUNK = 256
_UNKNOWNS = 1000
_SEGMENTS = 8


@dataclass(frozen=True)
class BoreholeField:
    """Vertical boreholes of one length.

    Attributes
    ----------
    x_m, y_m : ndarray, shape (b,)
        Where they stand [m].
    length_m : float
        Active length of each [m].
    ground_temp_c : float
        Undisturbed, mean over the length [°C].
    conductivity_w_m_k, diffusivity_m2_s : float
        Of the ground [W/(m K), m²/s].
    resistance_m_k_w : float
        Between mean brine and wall [m K/W]: 0.1 is that of a U-pipe in a borehole full of water (Acuña, KTH, 2013,
        from memory: 0.06 to 0.1).
    buried_m : float
        Depth of their upper end [m].
    radius_m : float
        [m].
    """

    x_m: Array
    y_m: Array
    length_m: float
    ground_temp_c: float
    conductivity_w_m_k: float = 3.2
    diffusivity_m2_s: float = 1.4e-6
    resistance_m_k_w: float = 0.1
    buried_m: float = 4.0
    radius_m: float = 0.0575

    def __post_init__(self) -> None:
        findings = []
        x, y = np.asarray(self.x_m, dtype=np.float64), np.asarray(self.y_m, dtype=np.float64)
        if x.ndim != 1 or x.shape != y.shape or not x.size or not (np.isfinite(x) & np.isfinite(y)).all():
            findings.append(f"x_m has shape {x.shape}, y_m {y.shape}: give both one finite number per borehole")
        least = {"length_m": 1.0, "conductivity_w_m_k": 0.05, "diffusivity_m2_s": 1e-8, "radius_m": 0.005}
        least |= {"buried_m": 0.0, "resistance_m_k_w": 0.0, "ground_temp_c": -50.0}
        findings += [
            f"{name} is {getattr(self, name)}: give {low:g} or more"
            for name, low in least.items()
            if not getattr(self, name) >= low
        ]
        if not findings and x.size > 1:
            apart = np.hypot(x[:, None] - x, y[:, None] - y) + np.diag(np.full(x.size, np.inf))
            if apart.min() < 2 * self.radius_m:
                a, b = np.unravel_index(int(apart.argmin()), apart.shape)
                findings.append(f"boreholes {a} and {b} stand in each other: move one of them")
        if findings:
            raise InputError(findings)

    @property
    def total_m(self) -> float:
        """Length of all boreholes together [m]."""
        return len(self.x_m) * self.length_m


def grid_field(rows: int, columns: int, spacing_m: float, length_m: float, ground_temp_c: float) -> BoreholeField:
    """Rectangle of boreholes in Finnish bedrock."""
    x, y = np.meshgrid(np.arange(columns) * spacing_m, np.arange(rows) * spacing_m)
    return BoreholeField(x.ravel().astype(float), y.ravel().astype(float), length_m, ground_temp_c)


def g_function(field: BoreholeField, time_s: npt.ArrayLike) -> Array:
    """Fall of the walls' temperature under a constant load, times 2πk per W/m, shape (k,).

    Parameters
    ----------
    field : BoreholeField
    time_s : array_like, shape (k,)
        Since the load began, rising [s].

    Notes
    -----
    Finite line sources and their mirror images (Claesson and Javed, ASHRAE Transactions 117, 2011), some to a borehole.
    Boreholes are piped in parallel: their walls are taken as equally cold along and among them, and the load is shared
    so (Cimmino and Bernier, Int. J. Heat Mass Transfer 70, 2014, condition III), at each time as if it had always been
    shared like that.
    """
    times = np.asarray(time_s, dtype=np.float64)
    x, y = np.asarray(field.x_m, dtype=np.float64), np.asarray(field.y_m, dtype=np.float64)
    segments = int(np.clip(_UNKNOWNS // len(x), 1, _SEGMENTS))
    apart = np.maximum(np.hypot(x[:, None] - x, y[:, None] - y), field.radius_m)
    found, place = np.unique(np.round(apart, 3), return_inverse=True)
    distance = np.asarray(found, dtype=np.float64)
    distance[0] = field.radius_m
    upper, lower = np.triu_indices(segments)
    pair = np.empty((segments, segments), dtype=np.int64)
    pair[upper, lower] = pair[lower, upper] = np.arange(len(upper))
    response = np.concatenate(
        [
            _line_sources(field, distance[k : k + _CHUNK], times, field.length_m / segments, (upper, lower))
            for k in range(0, len(distance), _CHUNK)
        ]
    )
    count = len(x) * segments
    # Rows: segments of the first borehole, of the second, …
    rows = np.repeat(place.reshape(apart.shape), segments, axis=0).repeat(segments, axis=1)
    columns = np.tile(pair, (len(x), len(x)))
    shares = [solve(response[rows, columns, k], np.ones(count), assume_a="pos").sum() for k in range(len(times))]
    return np.asarray(count / np.array(shares), dtype=np.float64)


def wall_temperature(field: BoreholeField, extraction_kw: npt.ArrayLike, years: int = YEARS) -> Array:
    """Temperature of the boreholes' walls in the last of some equal years, shape (T,) [°C].

    Parameters
    ----------
    field : BoreholeField
    extraction_kw : array_like, shape (T,)
        Heat drawn from the ground in each hour of a year [kW]; what is negative is given back to it.
    years : int
        How many such years, 1 or more.

    Raises
    ------
    InputError
        A number is missing, or there is no year.
    """
    findings: list[str] = []
    load = hourly(findings, "extraction_kw", extraction_kw)
    if years < 1:
        findings.append(f"years is {years}: give 1 or more")
    done(findings)
    return field.ground_temp_c - _cooling(field, load, years)


def sustainable_share(
    field: BoreholeField, extraction_kw: npt.ArrayLike, *, years: int = YEARS, least_brine_c: float = BRINE_LIMIT_C
) -> float:
    """How many times a year's load the field can bear for good; infinite where it draws nothing.

    Parameters
    ----------
    field : BoreholeField
    extraction_kw : array_like, shape (T,)
        Heat drawn in each hour of a year [kW].
    years : int
        After which the brine may just be as cold as is let.
    least_brine_c : float
        Coldest mean of the brine [°C].
    """
    load = np.asarray(extraction_kw, dtype=np.float64)
    walls = field.ground_temp_c - wall_temperature(field, load, years)
    coldest = float(np.max(walls + _across_k(field, load), initial=0.0))
    return max(field.ground_temp_c - least_brine_c, 0.0) / coldest if coldest > 0.0 else np.inf


def borehole_source(
    field: BoreholeField, extraction_kw: npt.ArrayLike, *, years: int = YEARS, least_brine_c: float = BRINE_LIMIT_C
) -> HeatSource:
    """Borehole field as a heat source in the last of the years it is planned for.

    Parameters
    ----------
    field, extraction_kw, years, least_brine_c
        As in `sustainable_share`; what is drawn is 0 or more.

    Returns
    -------
    HeatSource
        The load, all of it where the field bears it for good, else the part of it that it does; `temp_c` is the brine
        that comes out of the boreholes.

    Raises
    ------
    InputError
        A load is negative or missing.
    """
    findings: list[str] = []
    load = hourly(findings, "extraction_kw", extraction_kw, low=0.0)
    done(findings)
    drawn = load * min(1.0, sustainable_share(field, load, years=years, least_brine_c=least_brine_c))
    mean = wall_temperature(field, drawn, years) - _across_k(field, drawn)
    out = mean + FREE_SPREAD_K / 2 * drawn / max(float(drawn.max(initial=0.0)), 1e-12)
    return HeatSource("ground", out, drawn, least_brine_c - FREE_SPREAD_K / 2)


def _across_k(field: BoreholeField, load_kw: Array) -> Array:
    """Difference between wall and mean brine [K]."""
    return load_kw * (1000.0 / field.total_m * field.resistance_m_k_w)


def _cooling(field: BoreholeField, load_kw: Array, years: int) -> Array:
    """Fall of the walls' temperature in the last year [K]: loads superposed hour by hour, exactly, by FFT."""
    hours = len(load_kw)
    if not hours:
        return np.zeros(0)
    age = np.arange(1, hours * years + 1) * HOUR_S
    points = np.geomspace(age[0], max(age[-1], 2 * HOUR_S), _TIMES)
    step = PchipInterpolator(np.log(points), g_function(field, points))(np.log(age))
    impulse = np.diff(step, prepend=0.0)
    per_metre = np.tile(load_kw, years) * (1000.0 / field.total_m)
    rise = fftconvolve(per_metre, impulse)[hours * (years - 1) : hours * years]
    return np.asarray(rise / (2 * np.pi * field.conductivity_w_m_k))


def _line_sources(
    field: BoreholeField, distance: Array, times: Array, length: float, pairs: tuple[Indices, Indices]
) -> Array:
    """Responses of segments to line sources at distances, shape (d, pairs, k): Claesson and Javed 2011, eq. 21.

    The lower bound alone depends on time, so one pass over the integrand from above serves all times.
    """
    lowest = 1.0 / np.sqrt(4.0 * field.diffusivity_m2_s * times)
    highest = max(7.0 / field.radius_m, 2.0 * float(lowest.max()))
    edges = np.log(np.concatenate([np.sort(lowest), np.geomspace(lowest.max(), highest, 40)[1:]]))
    half = np.diff(edges)[:, None] / 2
    s = np.exp((edges[:-1, None] + edges[1:, None]) / 2 + half * _NODES)
    below = length * (pairs[1] - pairs[0])[:, None, None]
    both = 2 * field.buried_m + length * (pairs[1] + pairs[0])[:, None, None]
    ends = _erf_integral((below + length) * s) - 2 * _erf_integral(below * s) + _erf_integral((below - length) * s)
    ends += 2 * _erf_integral((both + length) * s)
    ends -= _erf_integral(both * s) + _erf_integral((both + 2 * length) * s)
    # ds = s du, and the integrand has 1/s².
    weight = ends / s * half * _WEIGHTS / (2.0 * length)
    pieces = np.einsum("dsn,psn->dps", np.exp(-((distance[:, None, None] * s) ** 2)), weight, optimize=True)
    above = np.cumsum(pieces[:, :, ::-1], axis=2)[:, :, ::-1]
    return np.asarray(above[:, :, np.argsort(np.argsort(lowest))])


def _erf_integral(x: Array) -> Array:
    return np.asarray(x * erf(x) - (1.0 - np.exp(-x * x)) / np.sqrt(np.pi))
