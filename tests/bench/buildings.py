"""Building-years of the 5R1C zone on one core, against EnTiSe's R5C1 on the same inputs and against the aim."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from time import perf_counter
from typing import Any

import numpy as np
import pandas as pd

from assets.demand import Zones, archetypes, building_demand, simulate_zones
from assets.demand.daytypes import local_time
from assets.demand.envelope import zones_of
from assets.demand.profiles import profiles
from assets.time_grid import TimeGrid
from tests.assets.demand_cases import HELSINKI, TYPICAL, buildings_of, helsinki_light, helsinki_weather, shared_planes

BUILDINGS = 1000
PEER_BUILDINGS = 6
AIM_S = 2.0
"""1000 building-years in 2 s on one core."""


def run() -> Iterator[dict[str, Any]]:
    """Measure the zone against the peer, the zone against the aim, and the whole demand against the aim."""
    uses = [use for use in TYPICAL if use not in {"garage", "outbuilding"}]
    names = [uses[i % len(uses)] for i in range(BUILDINGS)]
    years = [1850 + i // len(uses) for i in range(BUILDINGS)]
    buildings, walls = buildings_of(names, years)
    parameters = archetypes(buildings["use"], buildings["construction_year"])
    planes, plane_of = shared_planes(BUILDINGS)
    weather = helsinki_weather()
    time = TimeGrid.of_index(pd.DatetimeIndex(weather.index), HELSINKI["timezone"])
    shapes = profiles(local_time(time, HELSINKI["country"]))
    row_of = shapes.row_of(parameters["profile"])
    zones = zones_of(buildings, walls, parameters, plane_of=plane_of, operating_of=row_of)
    gains = (3.0 * buildings["floor_area_m2"].to_numpy()[:, None] * np.ones(8760)).astype(np.float32)

    def whole_zones(some: Zones) -> Any:
        return simulate_zones(
            some, time, air_temp_c=weather["air_temp_c"], planes_w_m2=planes, internal_gains_w=gains[: len(some)],
            operating=shapes.operating,
        )  # fmt: skip

    whole_zones(zones.take(slice(0, 2)))  # compile
    ours_s = _best(lambda: whole_zones(zones))
    plain = as_the_peer_can(zones.take(slice(0, PEER_BUILDINGS)))
    theirs, peer_s = peer_heat(plain, weather, planes, gains)
    our_heat = simulate_zones(
        plain, time, air_temp_c=weather["air_temp_c"], planes_w_m2=planes, internal_gains_w=gains[:PEER_BUILDINGS],
        operating=np.ones_like(shapes.operating), warmup_h=0,
    ).space_heat_kw.sum(axis=1, dtype=float)  # fmt: skip
    per_s, peer_per_s = BUILDINGS / ours_s, PEER_BUILDINGS / peer_s
    yield {
        "name": "5R1C zones",
        "ours": round(per_s, 1),
        "peer": round(peer_per_s, 3),
        "peer_name": "EnTiSe 1.3 R5C1 (solver alone)",
        "unit": "building-years/s on one core",
        "ratio": round(per_s / peer_per_s, 1),
        "error": round(float(np.abs(our_heat / theirs - 1).max()), 5),
    }
    yield _against_aim("5R1C zones, 1000 building-years", ours_s)
    demand_s = _best(
        lambda: building_demand(
            buildings, walls, parameters, weather, wall_irradiance=(helsinki_light(), plane_of), **HELSINKI
        )
    )
    yield _against_aim("whole demand (zones, electricity, hot water), 1000 building-years", demand_s)


def _against_aim(name: str, seconds: float) -> dict[str, Any]:
    return {
        "name": name,
        "ours": round(seconds, 3),
        "peer": AIM_S,
        "peer_name": "aim",
        "unit": "s on one core",
        "ratio": round(AIM_S / seconds, 2),
        "error": None,
    }


def _best(work: Callable[[], object], times: int = 3) -> float:
    """Seconds of the fastest of some runs."""
    taken = []
    for _ in range(times):
        start = perf_counter()
        work()
        taken.append(perf_counter() - start)
    return min(taken)


def as_the_peer_can(zones: Zones) -> Zones:
    """The same zones without what EnTiSe has no input for: schedules, heat recovery, blinds, sky, ground, airing."""
    n = len(zones)
    nothing = np.zeros(n)
    return replace(
        zones, h_ve_off_w_k=zones.h_ve_on_w_k, heat_recovery=nothing, h_airing_w_k=nothing, sky_loss_w=nothing,
        heating_setback_k=nothing, shading_factor=np.ones(n), cooling_max_kw=nothing,
        h_tr_em_w_k=zones.h_tr_em_w_k + zones.h_ground_w_k, h_ground_w_k=nothing,
    )  # fmt: skip


def peer_heat(zones: Zones, weather: pd.DataFrame, planes: np.ndarray, gains: np.ndarray) -> tuple[np.ndarray, float]:
    """Annual heat, kWh, by EnTiSe's solver, and the seconds it takes: its preparation of inputs is not counted."""
    from entise.constants import Columns
    from entise.constants import Objects as Key
    from entise.methods.hvac.R5C1 import calculate_timeseries_5r1c

    index = weather.index
    hours = len(index)
    always = {
        Key.TEMP_MAX: 99.0,
        Key.POWER_HEATING: np.inf,
        Key.POWER_COOLING: 0.0,
        Key.ACTIVE_HEATING: True,
        Key.ACTIVE_COOLING: False,
    }
    heat, seconds = [], 0.0
    for i in range(len(zones)):
        sun = (zones.window_aperture_m2[i] + zones.opaque_aperture_m2[i]) @ planes[zones.plane_of[i]]
        params = {
            Key.TEMP_INIT: zones.heating_setpoint_c[i],
            Key.C_M: zones.c_m_j_k[i],
            Key.H_TR_IS: zones.h_tr_is_w_k[i],
            Key.H_TR_MS: zones.h_tr_ms_w_k[i],
            Key.H_TR_W: zones.h_tr_w_w_k[i],
            Key.H_TR_EM: zones.h_tr_em_w_k[i],
            Key.CAPACITANCE_AIR: 0.0,
            Key.DEADBAND: 0.0,
        }
        splits = {
            Key.SIGMA_SURFACE: 0.0,
            "sigma_conv": 1.0,
            Key.FRAC_CONV_INTERNAL: 0.5,
            Key.FRAC_RAD_SURFACE: 0.5,
            Key.FRAC_RAD_MASS: 0.5,
            Key.AREA_M: zones.a_m_m2[i],
            Key.AREA_TOT: zones.a_t_m2[i],
        }
        series = {
            "gains": pd.DataFrame({"g_int": gains[i].astype(float), "g_sol": sun}, index=index),
            "ventilation": pd.DataFrame(
                {"Hve_vent": zones.h_ve_on_w_k[i], "Hve_inf": zones.h_infiltration_w_k[i]}, index=index
            ),
        }
        outdoor = weather["air_temp_c"]
        controls = pd.DataFrame(
            {**always, Key.TEMP_MIN: zones.heating_setpoint_c[i], Key.TEMP_SUPPLY: outdoor}, index=index
        )
        meta = {Key.WEATHER: pd.DataFrame({Columns.TEMP_AIR: outdoor}), "index": index, "dt_s": 3600.0}
        start = perf_counter()
        _, power, _ = calculate_timeseries_5r1c(meta, series, controls, params, splits)
        seconds += perf_counter() - start
        heat.append(float(power.to_numpy().sum()) / 1000.0)
        assert len(power) == hours
    return np.array(heat), seconds
