"""PV power of 1000 roof planes over a year, against pvlib's ModelChain per roof and pvlib broadcast over all roofs.

The same model on the same inputs: Perez 1990, refraction at the glass, Sandia's cell temperature, PVWatts DC, losses
and inverter, at the same sun positions. Time of compiling is left out by a call before the clock runs; the compiled
code is kept on disk for the next start of the program. One thread each.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import numba
import numpy as np
import pandas as pd
import pvlib

from assets.solar import (
    PVChain,
    SiteSun,
    horizon_angles,
    plane_irradiation,
    pv_modules,
    pv_mountings,
    pv_power,
    site_sun,
    system_losses,
)
from tests.assets.solar_cases import HELSINKI, helsinki

ROOFS = 1000
SAMPLE = 10
CHUNK = 25
CAPACITY_KWP = 8.0
MODULE, MOUNTING = "standard", "roof"


def best_of(call: Callable[[], Any], times: int = 3) -> tuple[float, Any]:
    """Shortest time of some calls, and the last result."""
    spent, result = [], None
    for _ in range(times):
        begin = time.perf_counter()
        result = call()
        spent.append(time.perf_counter() - begin)
    return min(spent), result


def model_chain(sun: SiteSun, weather: pd.DataFrame, tilt: float, azimuth: float) -> np.ndarray:
    """One roof's AC power [kW] by pvlib's ModelChain, from the location to the inverter."""
    module, mount = pv_modules().loc[MODULE], pv_mountings().loc[MOUNTING]
    watts = CAPACITY_KWP * 1000
    array = pvlib.pvsystem.Array(
        pvlib.pvsystem.FixedMount(tilt, azimuth),
        albedo=0.2,
        module_parameters={
            "pdc0": watts,
            "gamma_pdc": module["gamma_per_k"],
            "n": 1.526,
            "K": 4.0,
            "L": 0.002,
            "n_ar": 1.3,
        },
        temperature_model_parameters={"a": mount["sapm_a"], "b": mount["sapm_b"], "deltaT": mount["sapm_delta_t_k"]},
    )
    system = pvlib.pvsystem.PVSystem([array], inverter_parameters={"pdc0": watts / 1.2 / 0.96, "eta_inv_nom": 0.96})
    chain = pvlib.modelchain.ModelChain(
        system,
        pvlib.location.Location(HELSINKI["latitude"], HELSINKI["longitude"], altitude=HELSINKI["altitude_m"]),
        transposition_model="perez",
        aoi_model="physical",
        spectral_model="no_loss",
        temperature_model="sapm",
        dc_model="pvwatts",
        ac_model="pvwatts",
        losses_model="pvwatts",
    )
    names = {
        "ghi_w_m2": "ghi",
        "dni_w_m2": "dni",
        "dhi_w_m2": "dhi",
        "air_temp_c": "temp_air",
        "wind_speed_m_s": "wind_speed",
    }
    # Its index says where the sun stands.
    chain.run_model(weather[list(names)].rename(columns=names).set_axis(sun.position_time))
    return np.maximum(chain.results.ac.fillna(0.0).to_numpy(), 0.0) / 1000


def broadcast(sun: SiteSun, weather: pd.DataFrame, tilt: np.ndarray, azimuth: np.ndarray) -> np.ndarray:
    """All roofs' AC power [kW] by pvlib's functions on arrays of roofs × lit hours, some roofs at a time."""
    module, mount = pv_modules().loc[MODULE], pv_mountings().loc[MOUNTING]
    lit = np.flatnonzero(sun.zenith_deg < 90)
    zenith, sun_azimuth = sun.zenith_deg[lit], sun.azimuth_deg[lit]
    dni, ghi, dhi = sun.dni_w_m2[lit], sun.ghi_w_m2[lit], sun.dhi_w_m2[lit]
    extra, airmass = sun.dni_extra_w_m2[lit], sun.airmass[lit]
    temp, wind = weather["air_temp_c"].to_numpy()[lit], weather["wind_speed_m_s"].to_numpy()[lit]
    out = np.zeros((tilt.size, len(sun.time)), dtype=np.float32)
    rated = CAPACITY_KWP / 1.2 / 0.96
    for first in range(0, tilt.size, CHUNK):
        rows = slice(first, first + CHUNK)
        b, a = tilt[rows, None], azimuth[rows, None]
        cosine = pvlib.irradiance.aoi_projection(b, a, zenith, sun_azimuth)
        direct = dni * np.maximum(cosine, 0.0)
        sky = pvlib.irradiance.perez(b, a, dhi, dni, extra, zenith, sun_azimuth, airmass)
        plane = direct + np.nan_to_num(sky) + pvlib.irradiance.get_ground_diffuse(b, ghi, 0.2)
        passed = pvlib.iam.physical(np.degrees(np.arccos(cosine)), n=1.526, K=4.0, L=0.002, n_ar=1.3)
        cell = pvlib.temperature.sapm_cell(plane, temp, wind, mount["sapm_a"], mount["sapm_b"], mount["sapm_delta_t_k"])
        light = plane - (1 - passed) * direct
        dc = pvlib.pvsystem.pvwatts_dc(light, cell, CAPACITY_KWP, module["gamma_per_k"]) * (1 - system_losses())
        out[rows, lit] = np.maximum(pvlib.inverter.pvwatts(dc, rated, 0.96), 0.0)
    return out


def figure(name: str, ours: float, peer: float, peer_name: str, error: float | None) -> dict[str, Any]:
    """One line of the benchmark's result, times in seconds."""
    return {
        "name": name,
        "ours": round(ours, 4),
        "peer": round(peer, 4),
        "peer_name": peer_name,
        "unit": "s",
        "ratio": round(peer / ours, 1),
        "error": None if error is None else float(f"{error:.2g}"),
    }


def run() -> Iterator[dict[str, Any]]:
    """Give the time of 1000 roofs × 8760 h beside that of each peer, and the largest difference of a year's energy."""
    numba.config.NUMBA_NUM_THREADS = 1
    rng = np.random.default_rng(0)
    tilt, azimuth = rng.uniform(5, 60, ROOFS), rng.uniform(60, 300, ROOFS)
    weather = helsinki()
    chain = PVChain(temperature="sapm")

    def ours_of(sun: SiteSun) -> np.ndarray:
        return pv_power(sun, weather, tilt, azimuth, CAPACITY_KWP, module=MODULE, mounting=MOUNTING, chain=chain)

    sun = site_sun(weather, **HELSINKI)
    pv_power(sun, weather, tilt[:2], azimuth[:2], CAPACITY_KWP)  # compiles
    power_s, power = best_of(lambda: ours_of(sun), 5)
    both_s, _ = best_of(lambda: ours_of(site_sun(weather, **HELSINKI)))
    year = power.sum(axis=1, dtype=np.float64)

    peer_s, peer = best_of(lambda: broadcast(sun, weather, tilt, azimuth), 2)
    peer_year = peer.sum(axis=1, dtype=np.float64)
    name = f"PV power, {ROOFS} roofs x 8760 h"
    error = float(np.abs(year / peer_year - 1).max())
    yield figure(name, power_s, peer_s, f"pvlib {pvlib.__version__}, broadcast over {CHUNK} roofs x lit hours", error)

    model_chain(sun, weather, 30.0, 180.0)
    begin = time.perf_counter()
    roofs = np.array([model_chain(sun, weather, tilt[i], azimuth[i]).sum() for i in range(SAMPLE)])
    chain_s = (time.perf_counter() - begin) * ROOFS / SAMPLE
    error = float(np.abs(year[:SAMPLE] / roofs - 1).max())
    peer_name = f"pvlib {pvlib.__version__}, ModelChain per roof, extrapolated from {SAMPLE} roofs"
    yield figure(name, power_s, chain_s, f"{peer_name}; ours with the sun's position given", error)
    yield figure(name + " with the sun's position", both_s, chain_s, peer_name, error)

    yield from surroundings(sun, tilt, azimuth)


def surroundings(sun: SiteSun, tilt: np.ndarray, azimuth: np.ndarray) -> Iterator[dict[str, Any]]:
    """Give the time of the horizon of 1000 roofs and 4000 walls, and of their yearly irradiation, beside the aim."""
    rng = np.random.default_rng(1)
    side, count = 23, 500
    centre = np.stack(np.meshgrid(np.arange(side), np.arange(side)), axis=-1).reshape(-1, 2)[:count] * 45.0
    angle = np.sort(rng.uniform(0, 2 * np.pi, (count, 20)), axis=1)
    corner = centre[:, None] + rng.uniform(10, 18, (count, 20, 1)) * np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    edges = np.concatenate([corner, np.roll(corner, -1, axis=1)], axis=-1).reshape(-1, 4)
    height = rng.uniform(5, 25, count)
    bearing = np.radians(np.arange(0, 360, 45))
    wall = (centre[:, None] + 19.0 * np.stack([np.sin(bearing), np.cos(bearing)], axis=-1)).reshape(-1, 2)
    roofs = np.column_stack([centre, height]).repeat(2, axis=0)
    points = np.vstack([roofs, np.column_stack([wall, height.repeat(8) / 2])])
    owner = np.concatenate([np.arange(count).repeat(2), np.arange(count).repeat(8)])

    def horizon() -> np.ndarray:
        return horizon_angles(
            points, edges, height.repeat(20), edge_owner=np.arange(count).repeat(20), point_owner=owner, radius_m=300.0
        )

    horizon()
    horizon_s, seen = best_of(horizon)
    yield figure("Horizon of 1000 roofs and 4000 walls among 500 buildings", horizon_s, 1.0, "aim", None)
    tilts = np.concatenate([tilt, np.full(8 * count, 90.0)])
    azimuths = np.concatenate([azimuth, np.tile(np.arange(0.0, 360.0, 45.0), count)])
    plane_irradiation(sun, tilts[:2], azimuths[:2], seen[:2])
    shaded_s, _ = best_of(lambda: plane_irradiation(sun, tilts, azimuths, seen))
    yield figure("Shaded yearly irradiation of 5000 planes", shaded_s, 1.0, "aim", None)
