"""From areas and U-values to the conductances of a 5R1C zone."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets.demand._kernel import H_MS_W_M2K
from assets.demand.zone import Zones

Float64 = npt.NDArray[np.float64]

SECTORS = 8
"""Walls are grouped by the direction they face: 0 north, 1 north-east, … 7 north-west; plane 8 is the roof."""
HEAT_OF_AIR_J_M3K = 1200.0
"""ISO 13790:2008, 9.3.1 (rho c of air)."""
H_IS_W_M2K = 3.45
SURFACES_PER_FLOOR = 4.5
"""ISO 13790:2008, 7.2.2.2."""
R_SE_M2K_W = 0.04
ABSORPTANCE = 0.6
SKY_W_M2 = 5.0 * 0.9 * 11.0
"""Radiative coefficient 5 ε and 11 K between air and sky (ISO 13790:2008, 11.4.6)."""
INCIDENCE_FACTOR = 0.9
"""F_w: light does not come at right angles (ISO 13790:2008, 11.4.2)."""
AIRING_ABOVE_HEATING_K = 3.0
AIRING_FROM_C = 23.0
"""People open windows when it gets this warm (assumed)."""
OBSTRUCTION_FACTOR = 0.85
"""Reveals, balconies, trees: what the horizon of neighbouring buildings does not hold (assumed)."""


def wall_areas(buildings: pd.Index, walls: pd.DataFrame) -> Float64:
    """Sum the exposed wall of each building by the sector it faces.

    Parameters
    ----------
    buildings : Index (n,)
        Building ids.
    walls : DataFrame
        Columns building_id, azimuth_deg (clockwise from north), area_m2 (windows included).

    Returns
    -------
    ndarray (n, 8)
        m²; walls of unknown buildings and negative or missing areas count as none.
    """
    areas = np.zeros((len(buildings), SECTORS))
    row = buildings.get_indexer(walls["building_id"])
    sector = np.round(walls["azimuth_deg"].to_numpy(dtype=float) / (360.0 / SECTORS))
    area = walls["area_m2"].to_numpy(dtype=float)
    good = (row >= 0) & np.isfinite(sector) & (area > 0.0)
    np.add.at(areas, (row[good], sector[good].astype(int) % SECTORS), area[good])
    return areas


def leakage_divisor(levels: npt.ArrayLike) -> Float64:
    """Return x of the leakage air change q50 / x by the number of storeys.

    Parameters
    ----------
    levels : array_like (n,)
        Storeys above ground.

    Returns
    -------
    ndarray (n,)
        35, 24, 20 and 15 for one, two, three or four, and more storeys (ympäristöministeriö 2018, *Rakennuksen
        energiankulutuksen ja lämmitystehontarpeen laskenta*, eq. 3.9).
    """
    storeys = np.nan_to_num(np.asarray(levels, dtype=float), nan=1.0)
    return np.select([storeys < 1.5, storeys < 2.5, storeys < 4.5], [35.0, 24.0, 20.0], 15.0)


def heated_area(buildings: pd.DataFrame, parameters: pd.DataFrame) -> Float64:
    """Return the heated net floor area, m² (n,): gross area × share of it inside the walls' faces."""
    gross = np.nan_to_num(buildings["floor_area_m2"].to_numpy(dtype=float), nan=0.0)
    net: Float64 = np.maximum(gross, 0.0) * parameters["heated_area_share"].to_numpy(dtype=float)
    return net


def roof_area(buildings: pd.DataFrame) -> Float64:
    """Return the area of roof, and of floor on the ground, over heated rooms, m² (n,).

    It is the footprint, but no more than the gross floor area: what lies over passages and open halls is no roof of
    rooms.
    """
    gross, footprint = (
        np.maximum(np.nan_to_num(buildings[name].to_numpy(dtype=float), nan=0.0), 0.0)
        for name in ("floor_area_m2", "footprint_m2")
    )
    roof: Float64 = np.minimum(gross, footprint)
    return roof


def design_heat_load_kw(
    buildings: pd.DataFrame,
    walls: pd.DataFrame,
    parameters: pd.DataFrame,
    *,
    room_c: float,
    design_air_c: float,
    ground_c: float,
) -> Float64:
    """Heat that buildings lose on the coldest day while they are in use: what their emitters are laid out for.

    Transmission and ventilation as in EN 12831-1, with the conductances of `zones_of`; no sun, people or devices help.

    Parameters
    ----------
    buildings : DataFrame (n rows)
        Index building_id; floor_area_m2, footprint_m2, levels.
    walls : DataFrame
        building_id, azimuth_deg, area_m2.
    parameters : DataFrame (n rows)
        As `archetypes` gives it, in the order of `buildings`.
    room_c, design_air_c, ground_c : float
        Rooms, outdoor air and the ground under the floor on that day, °C.

    Returns
    -------
    ndarray (n,)
        kW.
    """
    p = _numbers(parameters)
    floor, footprint = heated_area(buildings, parameters), roof_area(buildings)
    exposed = wall_areas(buildings.index, walls)
    windows, doors, opaque = _surfaces(p, exposed)
    to_air, to_ground = _opaque(p, opaque, footprint)
    air = _air(p, floor, exposed.sum(axis=1) + 2.0 * footprint, buildings["levels"])
    to_air = to_air + p["u_window_w_m2k"] * windows.sum(axis=1) + p["u_door_w_m2k"] * doors
    to_air = to_air + air["h_ve_on_w_k"] * (1.0 - air["heat_recovery"]) + air["h_infiltration_w_k"]
    load: Float64 = (to_air * (room_c - design_air_c) + to_ground * (room_c - ground_c)) / 1000.0
    return load


def zones_of(
    buildings: pd.DataFrame,
    walls: pd.DataFrame,
    parameters: pd.DataFrame,
    *,
    plane_of: npt.NDArray[np.int32],
    operating_of: npt.NDArray[np.int32],
) -> Zones:
    """Turn buildings and their parameters into 5R1C zones.

    Conductances follow ISO 13790:2008, 8.3 and 12.2; thermal bridges add a share to the opaque parts (1048/2017,
    annex 1); leakage is q50 A / (x · 3600) per envelope area A.

    Parameters
    ----------
    buildings : DataFrame (n rows)
        Index building_id; floor_area_m2, footprint_m2, height_m, levels.
    walls : DataFrame
        building_id, azimuth_deg, area_m2.
    parameters : DataFrame (n rows)
        As `archetypes` gives it, in the order of `buildings`.
    plane_of : ndarray of int32 (n, 9)
        Row of the irradiance table for each sector and the roof; -1 for none.
    operating_of : ndarray of int32 (n,)
        Row of the table of operating hours.

    Returns
    -------
    Zones
        n zones.
    """
    p = _numbers(parameters)
    floor, footprint = heated_area(buildings, parameters), roof_area(buildings)
    exposed = wall_areas(buildings.index, walls)
    windows, doors, opaque = _surfaces(p, exposed)
    h_ms = H_MS_W_M2K * p["a_m_factor"] * floor
    to_air, to_ground = _behind_mass(*_opaque(p, opaque, footprint), h_ms)
    return Zones(
        h_tr_w_w_k=p["u_window_w_m2k"] * windows.sum(axis=1) + p["u_door_w_m2k"] * doors,
        h_tr_em_w_k=to_air,
        h_ground_w_k=to_ground,
        h_tr_ms_w_k=h_ms,
        h_tr_is_w_k=H_IS_W_M2K * SURFACES_PER_FLOOR * floor,
        c_m_j_k=p["c_m_j_k_m2"] * floor,
        a_m_m2=p["a_m_factor"] * floor,
        a_t_m2=SURFACES_PER_FLOOR * floor,
        **_air(p, floor, exposed.sum(axis=1) + 2.0 * footprint, buildings["levels"]),
        **_control(p),
        **_sun_and_sky(p, windows, opaque, footprint),
        plane_of=np.ascontiguousarray(plane_of, dtype=np.int32),
        operating_of=np.ascontiguousarray(operating_of, dtype=np.int32),
    )


def _numbers(parameters: pd.DataFrame) -> dict[str, Float64]:
    return {
        name: parameters[name].to_numpy(dtype=float)
        for name in parameters.columns
        if parameters[name].dtype.kind in "fiub"
    }


def _surfaces(p: dict[str, Float64], exposed: Float64) -> tuple[Float64, Float64, Float64]:
    """Share the exposed walls out to windows (n, 8), doors (n,) and what is opaque (n, 8), m²."""
    windows = exposed * np.clip(p["window_to_wall"], 0.0, 0.95)[:, None]
    doors = exposed.sum(axis=1) * np.clip(p["door_to_wall"], 0.0, 0.05)
    return windows, doors, np.maximum(exposed - windows - doors[:, None] / SECTORS, 0.0)


def _opaque(p: dict[str, Float64], opaque: Float64, footprint: Float64) -> tuple[Float64, Float64]:
    """Return the conductance of walls and roof to the air, and of the floor to the ground, with their joints."""
    bridges = 1.0 + p["thermal_bridge_share"]
    to_air = bridges * (p["u_wall_w_m2k"] * opaque.sum(axis=1) + p["u_roof_w_m2k"] * footprint)
    return to_air, bridges * p["u_floor_w_m2k"] * footprint


def _air(p: dict[str, Float64], floor: Float64, envelope: Float64, levels: pd.Series) -> dict[str, Float64]:
    """Return the conductances of ventilation, leakage and opened windows."""
    per_l_s = HEAT_OF_AIR_J_M3K / 1000.0 * floor
    leakage_m3_h = p["q50_m3_h_m2"] * envelope / leakage_divisor(levels)
    opened_m3_h = np.where(p["cooled"] > 0.0, 0.0, p["airing_per_h"]) * p["room_height_m"] * floor
    return {
        "h_ve_on_w_k": p["ventilation_l_s_m2"] * per_l_s,
        "h_ve_off_w_k": p["ventilation_off_l_s_m2"] * per_l_s,
        "heat_recovery": np.clip(p["heat_recovery"], 0.0, 1.0),
        "h_infiltration_w_k": leakage_m3_h * HEAT_OF_AIR_J_M3K / 3600.0,
        "h_airing_w_k": opened_m3_h * HEAT_OF_AIR_J_M3K / 3600.0,
    }


def _control(p: dict[str, Float64]) -> dict[str, Float64]:
    """Return set-points and capacities: none where a building is not heated or not cooled, unlimited by default."""

    def capacity(name: str, flag: str) -> Float64:
        given = np.nan_to_num(p.get(name, np.inf), nan=np.inf, posinf=np.inf)
        return np.where(p[flag] > 0.0, given, 0.0)

    return {
        "heating_setpoint_c": p["heating_setpoint_c"],
        "heating_setback_k": p["heating_setback_k"],
        "cooling_setpoint_c": np.maximum(p["cooling_setpoint_c"], p["heating_setpoint_c"]),
        "airing_setpoint_c": np.maximum(p["heating_setpoint_c"] + AIRING_ABOVE_HEATING_K, AIRING_FROM_C),
        "heating_max_kw": capacity("heating_max_kw", "heated"),
        "cooling_max_kw": capacity("cooling_max_kw", "cooled"),
    }


def _sun_and_sky(p: dict[str, Float64], windows: Float64, opaque: Float64, footprint: Float64) -> dict[str, Float64]:
    """Return what takes the sun in and what is lost to the sky (ISO 13790:2008, 11.3.3 to 11.3.5)."""
    taken = p["window_g"] * (1.0 - p["window_frame_share"]) * INCIDENCE_FACTOR * OBSTRUCTION_FACTOR
    walls_w_k, roof_w_k = opaque * p["u_wall_w_m2k"][:, None], footprint * p["u_roof_w_m2k"]
    half_sky = walls_w_k.sum(axis=1) + p["u_window_w_m2k"] * windows.sum(axis=1)
    return {
        "window_aperture_m2": np.column_stack([windows * taken[:, None], np.zeros(len(footprint))]),
        "opaque_aperture_m2": ABSORPTANCE * R_SE_M2K_W * np.column_stack([walls_w_k, roof_w_k]),
        "sky_loss_w": SKY_W_M2 * R_SE_M2K_W * (0.5 * half_sky + roof_w_k),
        "shading_factor": np.clip(p["shading_factor"], 0.0, 1.0),
    }


def _behind_mass(to_air: Float64, to_ground: Float64, h_ms: Float64) -> tuple[Float64, Float64]:
    """Take the way from surface to mass out of the opaque conductance: H_em = 1 / (1 / H_op - 1 / H_ms) (12.2.2).

    Where the opaque parts conduct more than the mass can take (a tiny floor under a huge roof), 90 % of H_ms is the
    limit: the equation has no positive answer there.
    """
    total = to_air + to_ground
    some = total > 0.0
    bounded = np.minimum(total, 0.9 * h_ms)
    with np.errstate(divide="ignore", invalid="ignore"):
        behind = np.where(bounded > 0.0, bounded * h_ms / (h_ms - bounded), 0.0)
        share = np.where(some, behind / total, 0.0)
    return to_air * share, to_ground * share
