"""Fed with the monthly means of a real typical year, the generator gives that year's character back.

The generator's numbers come from publications and from 36 years of other places; the real year here is not among them,
though the model was looked at with it while it was made.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pvlib
import pytest

from gis_data.weather import Weather, monthly_normals_of, read_epw, read_tmy3, synthetic_weather

SEEDS = range(20)

LIMITS = {
    # figure -> (largest difference, whether it is relative)
    "heating degree hours, 17 °C": (0.05, True),
    "heating degree hours, 18 °C": (0.05, True),
    "PV yield, 30° south": (0.06, True),
    "diffuse share": (0.05, False),
    "spread of daily means": (0.10, True),
    "spread of daily anomalies": (0.10, True),
    "lag-1 of daily means": (0.10, False),
    "lag-1 of daily anomalies": (0.10, False),
}


def pv_yield(weather: Weather) -> float:
    """PVWatts' direct-current yield of a 30° south plane, kWh/kWp: Perez sky, Faiman temperature, −0.37 %/K."""
    table = weather.table
    mid_hour = pd.DatetimeIndex(table.index) + pd.Timedelta(minutes=30)
    sun = pvlib.solarposition.get_solarposition(mid_hour, weather.latitude, weather.longitude)
    plane = pvlib.irradiance.get_total_irradiance(
        30.0,
        180.0,
        sun["apparent_zenith"].to_numpy(),
        sun["azimuth"].to_numpy(),
        table["dni_w_m2"].to_numpy(),
        table["ghi_w_m2"].to_numpy(),
        table["dhi_w_m2"].to_numpy(),
        dni_extra=np.asarray(pvlib.irradiance.get_extra_radiation(mid_hour)),
        airmass=pvlib.atmosphere.get_relative_airmass(sun["apparent_zenith"].to_numpy()),
        model="perez",
    )["poa_global"]
    plane = np.nan_to_num(np.asarray(plane))
    cell = pvlib.temperature.faiman(plane, table["air_temp_c"].to_numpy(), table["wind_speed_m_s"].to_numpy())
    return float(pvlib.pvsystem.pvwatts_dc(plane, cell, 1.0, -0.0037).sum())


def character(weather: Weather) -> dict[str, float]:
    air = weather.table["air_temp_c"].to_numpy()
    local = weather.local_standard_time
    daily = pd.Series(air, index=local).groupby(local.normalize()).mean()
    anomalies = (daily - daily.groupby(daily.index.month).transform("mean")).to_numpy()
    means = daily.to_numpy()
    return {
        "heating degree hours, 17 °C": float(np.maximum(17.0 - air, 0.0).sum()),
        "heating degree hours, 18 °C": float(np.maximum(18.0 - air, 0.0).sum()),
        "PV yield, 30° south": pv_yield(weather),
        "diffuse share": float(weather.table["dhi_w_m2"].sum() / weather.table["ghi_w_m2"].sum()),
        "spread of daily means": float(means.std(ddof=1)),
        "spread of daily anomalies": float(anomalies.std(ddof=1)),
        "lag-1 of daily means": float(np.corrcoef(means[:-1], means[1:])[0, 1]),
        "lag-1 of daily anomalies": float(np.corrcoef(anomalies[:-1], anomalies[1:])[0, 1]),
    }


def differences(real: Weather, seeds: range) -> pd.DataFrame:
    """One row per seed, one column per figure: relative or absolute difference from the real year."""
    normals, wanted = monthly_normals_of(real), character(real)
    place = {"altitude_m": real.altitude_m, "utc_offset_h": real.utc_offset_h}
    rows = []
    for seed in seeds:
        got = character(synthetic_weather(normals, real.latitude, real.longitude, seed=seed, **place))
        rows.append({k: got[k] / wanted[k] - 1.0 if LIMITS[k][1] else got[k] - wanted[k] for k in LIMITS})
    return pd.DataFrame(rows, index=list(seeds))


@pytest.fixture(scope="module")
def helsinki(shared_data: Path) -> pd.DataFrame:
    real = read_epw(shared_data / "weather" / "FIN_Helsinki.029740_IWEC.epw")
    return differences(real, SEEDS)


@pytest.mark.parametrize("figure", LIMITS)
def test_helsinki_comes_back_with_every_seed(helsinki: pd.DataFrame, figure: str) -> None:
    limit = LIMITS[figure][0]
    found = helsinki[figure]
    print(f"{figure}: mean {found.mean():+.3f}, {found.min():+.3f} to {found.max():+.3f}, allowed ±{limit}")
    assert abs(found.loc[0]) < limit
    assert abs(found.mean()) < limit
    assert found.abs().max() < limit


def test_greensboro_comes_back_too() -> None:
    """Another climate, from the TMY3 that pvlib ships: the same limits but for the diffuse share and the spread.

    Erbs et al. (1982) and the relation for the spread miss a single station by up to 7 points and a third
    (36 stations); heating, yield and memory stay within the limits of Helsinki.
    """
    real = read_tmy3(Path(pvlib.__file__).parent / "data" / "723170TYA.CSV")
    found = differences(real, range(4)).mean()
    for figure in ("heating degree hours, 17 °C", "heating degree hours, 18 °C", "PV yield, 30° south"):
        assert abs(found[figure]) < 0.06, figure
    for figure in ("lag-1 of daily means", "lag-1 of daily anomalies", "diffuse share", "spread of daily means"):
        assert abs(found[figure]) < 0.10, figure
    assert abs(found["spread of daily anomalies"]) < 0.35
