"""Where the camera stands so that the district fills the frame between the panels."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

PITCH_DEG = 50.0
_TURN_DEG = 16.0  # off the axis: a street grid seen head-on looks flat
_EYE = 1.5  # deck.gl's camera stands 1.5 heights of the view away
_TILE = 512.0
_EARTH_M = 40_075_016.686
_CLOSE_M, _CLOSE_PX = 180.0, 260.0  # what is flown to, with what lies around it, takes a quarter of the screen
_FLIGHT_MS = 900


@dataclass(frozen=True)
class Camera:
    """Initial view of the map.

    Attributes
    ----------
    longitude, latitude : float
        Point in the middle of the screen [°].
    zoom : float
        Web Mercator zoom.
    pitch, bearing : float
        Tilt from straight down, and direction of the screen's top clockwise from north [°].
    flight_ms : int
        How long the camera takes to get there; 0 lets it jump.
    """

    longitude: float
    latitude: float
    zoom: float
    pitch: float
    bearing: float
    flight_ms: int = 0


@dataclass(frozen=True)
class Frame:
    """The part of the screen that panels leave free.

    Attributes
    ----------
    width, height : float
        Size of the screen [px].
    left, top, right, bottom : float
        What the panels cover on each side [px].
    """

    width: float = 1366.0
    height: float = 768.0
    left: float = 292.0
    top: float = 96.0
    right: float = 16.0
    bottom: float = 148.0


def frame_of(width: float, height: float, *, workshop: bool = False) -> Frame:
    """Give what the panels of `page.css` leave free on a screen.

    Parameters
    ----------
    width, height : float
        Size of the browser's window [px].
    workshop : bool
        Whether the panels are those of `workshop.css`.
    """
    if workshop:
        return Frame(width, height, left=430.0, top=150.0) if width >= 1700 else Frame(width, height, 330.0, 118.0)
    if width >= 1700:
        return Frame(width, height, left=340.0, top=112.0, right=20.0, bottom=150.0)
    return Frame(width, height)


def frame_beside(frame: Frame, mode: str) -> Frame:
    """Give the free part of one of two maps side by side, or of the map of a difference.

    Parameters
    ----------
    frame : Frame
        Of the map alone.
    mode : str
        "beside" or "difference".
    """
    room = frame.width - frame.left
    if mode == "beside":
        return Frame(room / 2, frame.height, left=8.0, top=frame.top + 56.0, right=8.0, bottom=frame.bottom)
    return Frame(room, frame.height, left=8.0, top=frame.top + 56.0, right=8.0, bottom=frame.bottom)


def fit(bounds: tuple[float, float, float, float], frame: Frame, *, pitch: float = PITCH_DEG) -> Camera:
    """Place the camera so that the bounds fill the frame.

    The longer side of the district lies across the screen. A point x to the right and y up the ground plane, in
    pixels at the zoom, is seen at x·s and y·cos(pitch)·s with s = D / (D + y·sin(pitch)), D the camera's distance.

    Parameters
    ----------
    bounds : tuple of float
        West, south, east, north in WGS84 [°].
    frame : Frame
        Free part of the screen.
    pitch : float
        Tilt [°].
    """
    west, south, east, north = bounds
    middle = math.radians((south + north) / 2)
    width_m = (east - west) / 360 * _EARTH_M * math.cos(middle)
    depth_m = (north - south) / 360 * _EARTH_M
    bearing = _TURN_DEG if width_m >= depth_m else _TURN_DEG - 90.0
    corners = _turn(np.array([[x, y] for x in (-width_m, width_m) for y in (-depth_m, depth_m)]) / 2, bearing)
    low, high = 8.0, 20.0
    target = np.zeros(2)
    for _ in range(40):
        zoom = (low + high) / 2
        px_per_m = _TILE * 2**zoom / (_EARTH_M * math.cos(middle))
        target, fits = _aim(corners * px_per_m, frame, math.radians(pitch))
        low, high = (zoom, high) if fits else (low, zoom)
    moved = _turn((target / px_per_m)[None, :], -bearing)[0]
    return Camera(
        longitude=(west + east) / 2 + moved[0] / _EARTH_M * 360 / math.cos(middle),
        latitude=(south + north) / 2 + moved[1] / _EARTH_M * 360,
        zoom=round(low, 3),
        pitch=pitch,
        bearing=bearing,
    )


def _turn(points: npt.NDArray[np.float64], bearing_deg: float) -> npt.NDArray[np.float64]:
    """Turn east and north into right and up of a screen whose top faces the bearing."""
    angle = math.radians(bearing_deg)
    cos, sin = math.cos(angle), math.sin(angle)
    turned: npt.NDArray[np.float64] = points @ np.array([[cos, sin], [-sin, cos]])
    return turned


def _seen(points: npt.NDArray[np.float64], frame: Frame, pitch: float) -> npt.NDArray[np.float64]:
    """Project ground points [px] onto the screen, from its middle, right and up [px]."""
    distance = _EYE * frame.height
    depth = distance + points[:, 1] * math.sin(pitch)
    scale = distance / np.maximum(depth, distance * 0.05)
    return np.column_stack([points[:, 0] * scale, points[:, 1] * math.cos(pitch) * scale])


def _aim(points: npt.NDArray[np.float64], frame: Frame, pitch: float) -> tuple[npt.NDArray[np.float64], bool]:
    """Find the ground point for the screen's middle that centres the points in the frame, and tell if they fit."""
    wanted = np.array([(frame.left - frame.right) / 2, (frame.bottom - frame.top) / 2])
    target = np.zeros(2)
    for _ in range(30):
        seen = _seen(points - target, frame, pitch)
        off = (seen.min(axis=0) + seen.max(axis=0)) / 2 - wanted
        target += off * np.array([0.7, 0.7 / math.cos(pitch)])
    size = np.ptp(_seen(points - target, frame, pitch), axis=0)
    room = np.array([frame.width - frame.left - frame.right, frame.height - frame.top - frame.bottom])
    return target, bool((size <= room).all())


def fly_to(bounds: tuple[float, float, float, float], home: Camera, *, again: bool) -> Camera:
    """Place the camera close above a thing, as it is turned.

    Parameters
    ----------
    bounds : tuple of float
        West, south, east, north in WGS84 [°].
    home : Camera
        Where it stands at first: its tilt and direction are kept.
    again : bool
        Every other flight: the browser flies only where something has changed.
    """
    west, south, east, north = bounds
    wide_m = max(east - west, 1e-9) / 360 * _EARTH_M * math.cos(math.radians((south + north) / 2))
    long_m = max(wide_m, (north - south) / 360 * _EARTH_M, _CLOSE_M)
    zoom = math.log2(_EARTH_M * math.cos(math.radians((south + north) / 2)) * _CLOSE_PX / (_TILE * long_m))
    nudge = 1e-7 if again else 0.0
    return Camera(
        longitude=(west + east) / 2 + nudge,
        latitude=(south + north) / 2 + nudge,
        zoom=round(max(min(zoom, 18.0), home.zoom), 3),
        pitch=home.pitch,
        bearing=home.bearing,
        flight_ms=_FLIGHT_MS + int(again),
    )
