"""The 5R1C zone of ISO 13790: heating, cooling and temperature of every building, step by step."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from assets._errors import InputError
from assets.demand._kernel import PARAMETERS, zones_parallel, zones_serial
from assets.time_grid import TimeGrid

Float64 = npt.NDArray[np.float64]
Float32 = npt.NDArray[np.float32]
Int32 = npt.NDArray[np.int32]

SUPPLY_AIR_C = 18.0
EXTRACT_AIR_C = 21.0
_PLANES = ("window_aperture_m2", "opaque_aperture_m2", "plane_of")


@dataclass(frozen=True)
class Zones:
    """One 5R1C zone for each of n buildings (ISO 13790:2008, Annex C); K planes take the sun in.

    Attributes
    ----------
    h_tr_w_w_k : ndarray (n,)
        Conductance of windows and doors, W/K (H_tr,w).
    h_tr_em_w_k : ndarray (n,)
        Conductance from the mass node to outdoor air, W/K (H_tr,em, its share of walls and roof).
    h_ground_w_k : ndarray (n,)
        Conductance from the mass node to the ground, W/K (H_tr,em, its share of the floor).
    h_tr_ms_w_k : ndarray (n,)
        Conductance between mass and surface nodes, W/K (H_tr,ms).
    h_tr_is_w_k : ndarray (n,)
        Conductance between surface and air nodes, W/K (H_tr,is). Zero means that there is no zone.
    c_m_j_k : ndarray (n,)
        Heat capacity, J/K.
    a_m_m2, a_t_m2 : ndarray (n,)
        Effective mass area and area of all surfaces facing the room, m².
    h_ve_on_w_k, h_ve_off_w_k : ndarray (n,)
        Conductance of mechanical or natural ventilation in and out of operating hours before heat recovery, W/K.
    heat_recovery : ndarray (n,)
        Share of the extract air's heat that comes back, 0–1.
    h_infiltration_w_k, h_airing_w_k : ndarray (n,)
        Conductance of leakage, and of windows opened against overheating, W/K.
    heating_setpoint_c, heating_setback_k : ndarray (n,)
        Set-point in operating hours, °C, and by how much it is lowered outside them, K.
    cooling_setpoint_c, airing_setpoint_c : ndarray (n,)
        Above these the zone is cooled, or its windows are opened, °C.
    heating_max_kw, cooling_max_kw : ndarray (n,)
        Capacity, kW; infinite where unlimited, both zero for a free-floating zone.
    sky_loss_w : ndarray (n,)
        Thermal radiation to the sky that walls, windows and roof lose, W (11.3.5).
    shading_factor : ndarray (n,)
        What movable shading lets through when it is drawn, 0–1.
    window_aperture_m2, opaque_aperture_m2 : ndarray (n, K)
        Effective solar collecting area in each plane, m² (11.3.3 and 11.3.4).
    plane_of : ndarray of int32 (n, K)
        Row of the irradiance table that each plane takes; -1 for none.
    operating_of : ndarray of int32 (n,)
        Row of the table of operating hours.
    """

    h_tr_w_w_k: Float64
    h_tr_em_w_k: Float64
    h_ground_w_k: Float64
    h_tr_ms_w_k: Float64
    h_tr_is_w_k: Float64
    c_m_j_k: Float64
    a_m_m2: Float64
    a_t_m2: Float64
    h_ve_on_w_k: Float64
    h_ve_off_w_k: Float64
    heat_recovery: Float64
    h_infiltration_w_k: Float64
    h_airing_w_k: Float64
    heating_setpoint_c: Float64
    heating_setback_k: Float64
    cooling_setpoint_c: Float64
    airing_setpoint_c: Float64
    heating_max_kw: Float64
    cooling_max_kw: Float64
    sky_loss_w: Float64
    shading_factor: Float64
    window_aperture_m2: Float64
    opaque_aperture_m2: Float64
    plane_of: Int32
    operating_of: Int32

    def __len__(self) -> int:
        return len(self.h_tr_w_w_k)

    def take(self, rows: slice | npt.NDArray[np.intp]) -> Zones:
        """Return the zones of some rows."""
        return Zones(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})


@dataclass(frozen=True)
class ZoneResults:
    """What n zones did in T steps.

    Attributes
    ----------
    space_heat_kw, cooling_kw : ndarray of float32 (n, T)
        Mean heat put into and taken out of the zone in the step, kW.
    indoor_temp_c : ndarray of float32 (n, T)
        Mean air temperature of the step, °C.
    surface_temp_c, mass_temp_c : ndarray of float64 (n, T) or None
        Mean surface temperature and mass temperature at the step's end, °C; only where asked for.
    initial_mass_temp_c : ndarray of float64 (n,)
        Mass temperature at the start of the first step, °C.
    end_mass_temp_c : ndarray of float64 (n,)
        Mass temperature at the end of the last step, °C, to go on from: `start_mass_temp_c` of what follows.
    """

    space_heat_kw: Float32
    cooling_kw: Float32
    indoor_temp_c: Float32
    initial_mass_temp_c: Float64
    end_mass_temp_c: Float64
    surface_temp_c: Float64 | None = None
    mass_temp_c: Float64 | None = None


def recovery_limit(air_temp_c: Float64) -> Float64:
    """Share of the extract air's heat that may come back without supplying air warmer than 18 °C.

    Heat recovery is throttled as the outdoor air warms up and bypassed in summer, as Finnish practice has it
    (ympäristöministeriö 2018, *Rakennuksen energiankulutuksen ja lämmitystehontarpeen laskenta*, ch. 3.4).

    Parameters
    ----------
    air_temp_c : ndarray (T,)
        Outdoor air, °C.

    Returns
    -------
    ndarray (T,)
        0–1.
    """
    below = np.minimum(air_temp_c, SUPPLY_AIR_C)
    limit: Float64 = (SUPPLY_AIR_C - below) / (EXTRACT_AIR_C - below)
    return limit


def simulate_zones(
    zones: Zones,
    time: TimeGrid,
    *,
    air_temp_c: npt.ArrayLike,
    planes_w_m2: Float32,
    internal_gains_w: Float32,
    operating: Float32,
    internal_gains_of: Int32 | None = None,
    ground_temp_c: npt.ArrayLike | None = None,
    warmup_h: float = 336.0,
    start_mass_temp_c: npt.ArrayLike | None = None,
    parallel: bool = False,
    nodes: bool = False,
    out: tuple[Float32, Float32, Float32] | None = None,
) -> ZoneResults:
    """Run every zone through the year with the simple hourly method of ISO 13790:2008, Annex C, at any step.

    Parameters
    ----------
    zones : Zones
        n zones.
    time : TimeGrid
        T steps.
    air_temp_c : array_like (T,)
        Outdoor air, °C.
    planes_w_m2 : ndarray of float32 (P, T)
        Irradiance of the planes that `zones.plane_of` refers to, W/m².
    internal_gains_w : ndarray of float32 (G, T)
        Heat of people, appliances and light, W; half of it goes to the air.
    operating : ndarray of float32 (U, T)
        1 in operating hours, 0 outside, that `zones.operating_of` refers to.
    internal_gains_of : ndarray of int32 (n,), optional
        Row of `internal_gains_w` of each zone; by default the rows are the zones' own.
    ground_temp_c : array_like (T,), optional
        Temperature that floors face, °C; outdoor air by default.
    warmup_h : float
        Hours at the year's end that are run first, to start with the right temperatures; 0 starts the mass at
        the heating set-point.
    start_mass_temp_c : array_like (n,), optional
        Mass temperature at the start, `ZoneResults.end_mass_temp_c` of the time before, °C: nothing is run first then.
    parallel : bool
        Use all of numba's threads.
    nodes : bool
        Return surface and mass temperatures too.
    out : tuple of three ndarray of float32 (n, T), optional
        Arrays to write heating, cooling and temperature into.

    Returns
    -------
    ZoneResults
        Heating and cooling in kW, temperature in °C.
    """
    air = np.ascontiguousarray(air_temp_c, dtype=np.float64)
    ground = air if ground_temp_c is None else np.ascontiguousarray(ground_temp_c, dtype=np.float64)
    n, hours = len(zones), time.n
    if air.shape != (hours,):
        raise InputError([f"air_temp_c has shape {air.shape}, the time grid {hours} steps: give one number a step"])
    rows = np.arange(n, dtype=np.int32) if internal_gains_of is None else np.asarray(internal_gains_of, dtype=np.int32)
    _check(zones, hours, planes=planes_w_m2, gains=internal_gains_w, gains_of=rows, operating=operating, ground=ground)
    if out is None:
        out = (np.empty((n, hours), np.float32), np.empty((n, hours), np.float32), np.empty((n, hours), np.float32))
    node_temps = np.empty((n, 2, hours)) if nodes else np.empty((n, 0, 0))
    initial, final = np.empty(n), np.empty(n)
    start = np.full(n, np.nan)
    warmup = min(round(warmup_h / time.step_h), hours)
    if start_mass_temp_c is not None:
        start[:] = start_mass_temp_c
        warmup = 0
    if n:
        matrix = np.column_stack([np.asarray(getattr(zones, name), dtype=np.float64) for name in PARAMETERS])
        run = zones_parallel if parallel else zones_serial
        run(
            matrix, planes_w_m2, zones.plane_of, zones.window_aperture_m2, zones.opaque_aperture_m2,
            internal_gains_w, rows, air, ground, recovery_limit(air), operating, zones.operating_of,
            warmup, time.step_s, start, *out, node_temps, initial, final,
        )  # fmt: skip
    if not nodes:
        return ZoneResults(*out, initial, final)
    return ZoneResults(*out, initial, final, node_temps[:, 0], node_temps[:, 1])


def _check(
    zones: Zones,
    hours: int,
    *,
    planes: Float32,
    gains: Float32,
    gains_of: Int32,
    operating: Float32,
    ground: Float64,
) -> None:
    """Refuse tables whose shapes or row numbers would make the kernel read outside of them."""
    found = [
        f"{name} has {table.shape} values, {hours} steps are simulated: give every table one column a step"
        for name, table in (
            ("planes_w_m2", planes),
            ("internal_gains_w", gains),
            ("operating", operating),
            ("ground_temp_c", ground),
        )
        if table.shape[-1] != hours
    ]
    for name, index, table in (
        ("plane_of", zones.plane_of, planes),
        ("internal_gains_of", gains_of, gains),
        ("operating_of", zones.operating_of, operating),
    ):
        if index.size and index.max() >= len(table):
            found.append(f"{name} refers to row {index.max()} of a table with {len(table)} rows: check the index")
        if name != "plane_of" and index.size and index.min() < 0:
            found.append(f"{name} has negative rows: only plane_of may say -1 for none")
    if found:
        raise InputError(found)
