"""Building-years of demand on one core, against EnTiSe at its best settings and against the aim.

Whole demand is `building_demand` (rooms, hot water, electricity, all hourly) beside EnTiSe's generator with a method
for each of the same three, its rooms by the one solver that it compiles (one resistance, one capacity). Rooms alone are
our 5R1C zones beside that compiled solver on the same conductances, capacity and gains, and beside EnTiSe's 5R1C, which
has the same equations as ours and is not compiled; of both only the solver counts, not what prepares its inputs.

No compiled or vectorised 5R1C was found among packages: rcbsim, rcbm, DIBS, buem, iso52016 and pybuildingenergy compile
nothing and take a building at a time; openBES compiles one hour's temperatures alone, and its package names no licence;
buildingmodel is vectorised, of degree hours. Process time; the middle of some runs.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.metadata import version
from statistics import median
from time import process_time
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
COMPILED_BUILDINGS = 200
AIM_S = 2.0
"""1000 building-years in 2 s on one core."""


def run() -> Iterator[dict[str, Any]]:
    """Measure whole demand against the peer and the aim, and rooms against the peer's two solvers."""
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

    def whole_demand(count: int) -> Any:
        some = buildings.iloc[:count]
        return building_demand(
            some, walls[walls["building_id"].isin(some.index)], parameters.iloc[:count], weather,
            wall_irradiance=(helsinki_light(), plane_of[:count]), **HELSINKI,
        )  # fmt: skip

    whole_demand(2)  # compiles
    demand_s = _middle(lambda: whole_demand(BUILDINGS))
    yield _against_entise(
        "whole demand (rooms, hot water, electricity)", demand_s,
        (peer_demand_s(zones.take(slice(0, PEER_BUILDINGS)), buildings, weather, planes, gains), PEER_BUILDINGS),
        "rooms by its compiled 1R1C, jordanvajen, demandlib", None,
    )  # fmt: skip
    yield _against_aim("whole demand, 1000 building-years", demand_s)
    ours_s = _middle(lambda: whole_zones(zones))
    for words, solver, count in (
        ("compiled 1R1C (solver alone)", compiled_heat, COMPILED_BUILDINGS),
        ("5R1C (solver alone)", peer_heat, PEER_BUILDINGS),
    ):
        plain = as_the_peer_can(zones.take(slice(0, count)))
        theirs, peer_s = solver(plain, weather, planes, gains)
        our_heat = simulate_zones(
            plain, time, air_temp_c=weather["air_temp_c"], planes_w_m2=planes, internal_gains_w=gains[:count],
            operating=np.ones_like(shapes.operating), warmup_h=0,
        ).space_heat_kw.sum(axis=1, dtype=float)  # fmt: skip
        error = float(np.abs(our_heat / theirs - 1).max())
        yield _against_entise("rooms, 5R1C zones", ours_s, (peer_s, count), words, error)


def _against_entise(
    name: str, seconds: float, peer: tuple[float, int], words: str, error: float | None
) -> dict[str, Any]:
    """A figure of building-years by the second; the peer's seconds, and of how many buildings."""
    ours, theirs = BUILDINGS / seconds, peer[1] / peer[0]
    return {
        "name": name,
        "ours": round(ours, 1),
        "peer": float(f"{theirs:.3g}"),
        "peer_name": f"EnTiSe {version('entise')}, {words}",
        "unit": "building-years/s on one core",
        "ratio": round(ours / theirs, 2),
        "error": None if error is None else round(error, 5),
    }


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


def _middle(work: Callable[[], object], times: int = 5) -> float:
    """Process time of the middle of some runs [s]."""
    taken = []
    for _ in range(times):
        start = process_time()
        work()
        taken.append(process_time() - start)
    return median(taken)


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
        sun = _sun_w(zones, planes, i)
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
        start = process_time()
        _, power, _ = calculate_timeseries_5r1c(meta, series, controls, params, splits)
        seconds += process_time() - start
        heat.append(float(power.to_numpy().sum()) / 1000.0)
        assert len(power) == hours
    return np.array(heat), seconds


def _sun_w(zones: Zones, planes: np.ndarray, i: int) -> np.ndarray:
    """Solar gains of a zone [W]."""
    return (zones.window_aperture_m2[i] + zones.opaque_aperture_m2[i]) @ planes[zones.plane_of[i]]


def _as_one_node(zones: Zones, i: int) -> dict[str, Any]:
    """What EnTiSe's 1R1C asks of a building: the zone's steady conductance to the air outside, and its capacity."""
    from entise.constants import Objects as Key

    opaque = 1.0 / (1.0 / zones.h_tr_em_w_k[i] + 1.0 / zones.h_tr_ms_w_k[i])
    return {
        Key.RESISTANCE: 1.0 / zones.h_tr_is_w_k[i] + 1.0 / (zones.h_tr_w_w_k[i] + opaque),
        Key.CAPACITANCE: zones.c_m_j_k[i],
        Key.TEMP_INIT: zones.heating_setpoint_c[i],
        Key.TEMP_MIN: zones.heating_setpoint_c[i],
        Key.TEMP_MAX: 99.0,
        Key.POWER_HEATING: 1e9,
        Key.POWER_COOLING: 0.0,
        Key.ACTIVE_HEATING: True,
        Key.ACTIVE_COOLING: False,
    }


def compiled_heat(
    zones: Zones, weather: pd.DataFrame, planes: np.ndarray, gains: np.ndarray
) -> tuple[np.ndarray, float]:
    """Annual heat, kWh, by EnTiSe's compiled solver of one resistance and one capacity, and the seconds it takes."""
    import entise.perf
    from entise.constants import Columns
    from entise.constants import Objects as Key
    from entise.methods.hvac.R1C1 import calculate_timeseries_1r1c

    entise.perf.set_accelerator("numba")
    outdoor = pd.DataFrame({Columns.TEMP_AIR: weather["air_temp_c"].astype(np.float32)})
    heat, taken = [], []
    for i in [0, *range(len(zones))]:  # the first once more: it compiles
        ventilation = zones.h_ve_on_w_k[i] + zones.h_infiltration_w_k[i]
        series = {
            Key.GAINS_SOLAR: pd.DataFrame({"sun": _sun_w(zones, planes, i).astype(np.float32)}),
            Key.GAINS_INTERNAL: pd.DataFrame({"inner": gains[i]}),
            Key.VENTILATION: pd.DataFrame({"air": np.full(len(weather), ventilation, np.float32)}),
            Key.WEATHER: outdoor,
        }
        building = _as_one_node(zones, i)
        start = process_time()
        _, power, _ = calculate_timeseries_1r1c(building, series, 3600.0)
        taken.append(process_time() - start)
        heat.append(float(power.sum(dtype=float)) / 1000.0)
    return np.array(heat[1:]), sum(taken[1:])


def peer_demand_s(
    zones: Zones, buildings: pd.DataFrame, weather: pd.DataFrame, planes: np.ndarray, gains: np.ndarray
) -> float:
    """Seconds that EnTiSe's generator takes for rooms, hot water and electricity of some buildings, warm."""
    import entise.perf
    from entise.constants import Columns
    from entise.constants import Objects as Key
    from entise.core.generator import Generator

    entise.perf.set_accelerator("numba")
    plain, names = as_the_peer_can(zones), [f"building {i}" for i in range(len(zones))]
    generator = Generator(raise_on_error=True)
    generator.add_objects([
        _as_one_node(plain, i) | {
            Key.ID: name, "hvac": "1R1C", "dhw": "jordanvajen", "electricity": "demandlib_electricity",
            Key.WEATHER: "weather", Key.DATETIMES: "weather", Key.GAINS_INTERNAL: "inner",
            Key.GAINS_INTERNAL_COL: name, Key.GAINS_SOLAR: f"sun of {name}",
            Key.VENTILATION: float(plain.h_ve_on_w_k[i] + plain.h_infiltration_w_k[i]),
            Key.DWELLING_SIZE: float(buildings["floor_area_m2"].iloc[i]), Key.DEMAND_KWH: 1000.0, Key.SEED: i,
        }
        for i, name in enumerate(names)
    ])  # fmt: skip
    index = weather.index
    series = {
        "weather": pd.DataFrame({"datetime": index, Columns.TEMP_AIR: weather["air_temp_c"]}, index=index),
        "inner": pd.DataFrame(gains[: len(names)].T, index=index, columns=names),
    }
    series |= {f"sun of {name}": pd.DataFrame({"sun": _sun_w(plain, planes, i)}, index=index)
               for i, name in enumerate(names)}  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # demandlib's
        return _middle(lambda: generator.generate(series, workers=1, show_progress=False), times=3)
