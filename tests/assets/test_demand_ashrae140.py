"""The zone against ASHRAE 140: the column of another ISO 13790 implementation, published with its parameters."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pvlib
import pytest
import yaml

from assets.demand.zone import ZoneResults, Zones, simulate_zones
from tests.assets.clock import clock

AZIMUTHS = (0.0, 90.0, 180.0, 270.0)


def published(folder: Path) -> dict[tuple[str, str], float]:
    """The column ISO13790 of results.csv by (block, case); results of peaks stand two columns apart."""
    found: dict[tuple[str, str], float] = {}
    block, columns = "", [""]
    for row in csv.reader((folder / "results.csv").read_text().splitlines()):
        if len(row) == 1:
            block = row[0].split(" (")[0]
        elif row[0] == "Case":
            columns = row
        elif row[0].startswith("Case"):
            step = 2 if len(row) > len(columns) else 1
            place = columns.index("ISO13790")
            found[block, row[0].removeprefix("Case")] = float(row[1 + (place - 1) * step])
    return found


@pytest.fixture(scope="module")
def case_folder(shared_data: Path) -> Path:
    return shared_data / "cases" / "ashrae140"


@pytest.fixture(scope="module")
def irradiance(case_folder: Path) -> tuple[pd.DataFrame, np.ndarray]:
    """Weather and ten planes: N, E, S, W and roof, first all light, then light as it passes the glass."""
    common = yaml.safe_load((case_folder / "parameters.yaml").read_text())["common"]
    weather, meta = pvlib.iotools.read_epw(case_folder / "USA_CO_Denver.Intl.AP.725650_TMY3.epw", coerce_year=1995)
    middle = weather.index + pd.Timedelta(minutes=30)  # pvlib labels EPW's hours with their start
    sun = pvlib.solarposition.get_solarposition(middle, meta["latitude"], meta["longitude"], meta["altitude"])
    extra = pvlib.irradiance.get_extra_radiation(middle).to_numpy()
    zenith, azimuth = sun["apparent_zenith"].to_numpy(), sun["azimuth"].to_numpy()
    airmass = pvlib.atmosphere.get_relative_airmass(zenith)
    polynomial = np.polynomial.Polynomial(common["window_incidence_polynomial"])
    total, glass = [], []
    for tilt, facing in [(90.0, a) for a in AZIMUTHS] + [(0.0, 180.0)]:
        parts = pvlib.irradiance.get_total_irradiance(
            tilt, facing, zenith, azimuth, weather["dni"].to_numpy(), weather["ghi"].to_numpy(),
            weather["dhi"].to_numpy(), dni_extra=extra, airmass=airmass, albedo=common["albedo"], model="perez",
            model_perez="allsitescomposite1990",
        )  # fmt: skip
        incidence = np.radians(pvlib.irradiance.aoi(tilt, facing, zenith, azimuth))
        beam = np.nan_to_num(np.maximum(parts["poa_direct"], 0.0))
        diffuse = np.nan_to_num(parts["poa_diffuse"])
        total.append(beam + diffuse)
        glass.append(beam * np.clip(polynomial(incidence), 0.0, 1.0) + diffuse)
    return weather, np.array(total + glass, dtype=np.float32)


def zone_of(parameters: dict[str, Any], weight: str, *, free_floating: bool) -> Zones:
    """The case's zone, written out from parameters.yaml with the equations of ISO 13790."""
    common, mass = parameters["common"], {**parameters["lightweight"], **parameters[weight]}
    floor = common["floor_area_m2"]
    walls, windows = np.array(common["wall_area_m2"]), np.array(common["window_area_m2"])
    h_roof, h_floor = mass["u_roof"] * common["roof_area_m2"], mass["u_floor"] * floor
    h_opaque = mass["u_wall"] * walls.sum() + h_roof + h_floor
    # The box's own surfaces: floor, roof, walls and windows. parameters.yaml leaves them open; the standard's
    # 4.5 times the floor area (7.2.2.2) counts inner walls that the box has not, and cools 7 to 16 % more.
    a_t = floor + common["roof_area_m2"] + walls.sum() + windows.sum()
    h_ms = common["h_ms_w_m2k"] * mass["mass_area_factor"] * floor
    u_window, r_se, sky = common["u_window_w_m2k"], common["opaque_external_resistance_m2k_w"], common["sky_loss_k"]
    opaque = np.append(mass["u_wall"] * walls, h_roof) * common["opaque_absorptance"] * r_se
    glass = windows * common["window_g_value"] * (1 - common["window_frame_fraction"])
    sky_loss = sky * r_se * (0.5 * (u_window * windows.sum() + mass["u_wall"] * walls.sum()) + h_roof)
    limit = 0.0 if free_floating else np.inf
    one = {
        "h_tr_w_w_k": u_window * windows.sum(),
        "h_tr_em_w_k": 1.0 / (1.0 / h_opaque - 1.0 / h_ms),
        "h_ground_w_k": 0.0,
        "h_tr_ms_w_k": h_ms,
        "h_tr_is_w_k": common["h_is_w_m2k"] * a_t,
        "c_m_j_k": mass["mass_j_m2k"] * floor,
        "a_m_m2": mass["mass_area_factor"] * floor,
        "a_t_m2": a_t,
        "h_ve_on_w_k": 0.0,
        "h_ve_off_w_k": 0.0,
        "heat_recovery": 0.0,
        "h_infiltration_w_k": common["air_change_per_h"] * common["volume_m3"] * 1005 * 1.2 / 3600,
        "h_airing_w_k": 0.0,
        "heating_setpoint_c": common["setpoints_c"]["heating"],
        "heating_setback_k": 0.0,
        "cooling_setpoint_c": common["setpoints_c"]["cooling"],
        "airing_setpoint_c": 99.0,
        "heating_max_kw": limit,
        "cooling_max_kw": limit,
        "sky_loss_w": sky_loss,
        "shading_factor": 1.0,
    }
    arrays = {name: np.array([value], dtype=float) for name, value in one.items()}
    return Zones(
        **arrays,
        window_aperture_m2=np.concatenate([np.zeros(5), glass, [0.0]])[None, :],
        opaque_aperture_m2=np.concatenate([opaque, np.zeros(5)])[None, :],
        plane_of=np.arange(10, dtype=np.int32)[None, :],
        operating_of=np.zeros(1, dtype=np.int32),
    )


def run(case_folder: Path, irradiance: tuple[pd.DataFrame, np.ndarray], case: str) -> ZoneResults:
    parameters = yaml.safe_load((case_folder / "parameters.yaml").read_text())
    weather, planes = irradiance
    hours = len(weather)
    free_floating = case.endswith("FF")
    if free_floating:  # published with a glazing and U-values of their own
        own = parameters["free_floating"]
        parameters["common"]["window_g_value"] = own["window_g_value"]
        parameters["lightweight"] |= {name: value for name, value in own.items() if name.startswith("u_")}
    return simulate_zones(
        zone_of(parameters, "heavyweight" if case.startswith("9") else "lightweight", free_floating=free_floating),
        clock(hours),
        air_temp_c=weather["temp_air"].to_numpy(),
        planes_w_m2=planes,
        internal_gains_w=np.full((1, hours), parameters["common"]["internal_gains_w"], np.float32),
        operating=np.ones((1, hours), np.float32),
        warmup_h=0,
    )


SHORT_OF_LIGHT = pytest.mark.xfail(
    strict=True,
    reason="3.8 % too little: light on the south wall is about 2 % below the reference's, cause open",
)


@pytest.mark.parametrize(
    ("case", "block"),
    [
        *((case, block) for case in ("600", "900") for block in ("Annual heating load", "Peak heating load")),
        ("600", "Annual cooling load"),
        pytest.param("900", "Annual cooling load", marks=SHORT_OF_LIGHT),
        *((case, "Peak cooling load") for case in ("600", "900")),
    ],
)
def test_heating_and_cooling_within_3_percent(case_folder: Path, irradiance: Any, case: str, block: str) -> None:
    results, expected = run(case_folder, irradiance, case), published(case_folder)
    power = results.space_heat_kw if "heating" in block else results.cooling_kw
    value = power.sum(dtype=float) / 1000 if block.startswith("Annual") else float(power.max())
    print(f"{case} {block}: {value:.3f}, published {expected[block, case]}")
    assert value == pytest.approx(expected[block, case], rel=0.03)


@pytest.mark.parametrize("case", ["600FF", "900FF"])
def test_free_floating_extremes_within_1_5_k(case_folder: Path, irradiance: Any, case: str) -> None:
    results, expected = run(case_folder, irradiance, case), published(case_folder)
    for block, value in (
        ("Maximum temperature", float(results.indoor_temp_c.max())),
        ("Minimum temperature", float(results.indoor_temp_c.min())),
    ):
        print(f"{case} {block}: {value:.2f}, published {expected[block, case]}")
        assert value == pytest.approx(expected[block, case], abs=1.5), block
