"""PVGIS's typical year through a real HTTP reply on loopback: form, rotation, cache, refusals."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pandas as pd
import pvlib
import pytest

from gis_data.weather import HELSINKI_NORMALS, WeatherFileError, WeatherUnavailableError, fetch_pvgis, synthetic_weather
from gis_data.weather.sun import sun_path

LATITUDE, LONGITUDE = 60.17, 24.94
SCAN_H = 0.1761  # irradiance_time_offset of SARAH3 in the north


def reply(*, minute_in_stamp: int | None = None) -> dict[str, Any]:
    """A reply in the form of PVGIS 5.3, tool tmy, JSON: instants at the satellite's scan, UTC, months of many years."""
    index = pd.date_range("2025-01-01", periods=8760, freq="h", tz="UTC")
    scan_h = SCAN_H if minute_in_stamp is None else minute_in_stamp / 60.0
    at_scan = index + pd.Timedelta(hours=scan_h)
    sun = sun_path(at_scan - pd.Timedelta(minutes=30), LATITUDE, LONGITUDE, 4.0)
    clearness = 0.30 - 0.10 * np.cos(2 * np.pi * np.asarray(index.dayofyear) / 10.0)  # spells of ten days
    ghi = np.where(sun.cos_zenith > 0.0, clearness * sun.horizontal_w_m2, 0.0)
    dhi = np.where(sun.cos_zenith > 0.05, 0.5, 1.0) * ghi
    dni = np.where(sun.cos_zenith > 0.05, (ghi - dhi) / np.maximum(sun.cos_zenith, 0.05), 0.0)
    years = {month: 2005 + (5 * month) % 18 for month in range(1, 13)}
    hours = [
        {
            "time(UTC)": f"{years[t.month]}{t:%m%d}:{t:%H}{minute_in_stamp or 0:02d}",
            "T2m": round(5.0 + 10.0 * float(np.sin(2 * np.pi * (i / 8760 - 0.3))) + 0.001 * (i % 24), 3),
            "RH": 80.0,
            "G(h)": round(float(ghi[i]), 2),
            "Gb(n)": round(float(dni[i]), 2),
            "Gd(h)": round(float(dhi[i]), 2),
            "IR(h)": 280.0,
            "WS10m": 4.0,
            "WD10m": 210.0,
            "SP": 101000.0,
        }
        for i, t in enumerate(index)
    ]
    location: dict[str, Any] = {"latitude": LATITUDE, "longitude": LONGITUDE, "elevation": 4.0}
    if minute_in_stamp is None:
        location["irradiance_time_offset"] = SCAN_H
    return {
        "inputs": {
            "location": location,
            "meteo_data": {"radiation_db": "PVGIS-SARAH3", "meteo_db": "ERA5", "year_min": 2005, "year_max": 2023},
        },
        "outputs": {
            "months_selected": [{"month": month, "year": year} for month, year in years.items()],
            "tmy_hourly": hours,
        },
        "meta": {"inputs": {}, "outputs": {}},
    }


class Service(ThreadingHTTPServer):
    """PVGIS on loopback: answers in the order of `answers`, the last for ever."""

    def __init__(self, answers: list[tuple[int, str]]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers = answers
        self.asked: list[dict[str, list[str]]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/api/v5_3"


class Handler(BaseHTTPRequestHandler):
    server: Service

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        assert parts.path == "/api/v5_3/tmy"
        self.server.asked.append(parse_qs(parts.query))
        status, body = self.server.answers[min(len(self.server.asked), len(self.server.answers)) - 1]
        data = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@pytest.fixture
def serve() -> Iterator[Any]:
    services: list[tuple[Service, threading.Thread]] = []

    def start(*answers: tuple[int, str]) -> Service:
        service = Service(list(answers))
        thread = threading.Thread(target=service.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        services.append((service, thread))
        return service

    yield start
    for service, thread in services:
        service.shutdown()
        service.server_close()
        thread.join()


@pytest.fixture(scope="module")
def good() -> str:
    return json.dumps(reply())


def test_typical_year_is_fetched_once_and_kept(serve: Any, good: str, tmp_path: Path) -> None:
    service = serve((200, good))
    first = fetch_pvgis(LATITUDE, LONGITUDE, cache_dir=tmp_path / "cache", url=service.url)
    second = fetch_pvgis(LATITUDE, LONGITUDE, cache_dir=tmp_path / "cache", url=service.url)
    assert len(service.asked) == 1
    assert service.asked[0] == {"lat": ["60.1700"], "lon": ["24.9400"], "outputformat": ["json"]}
    pd.testing.assert_frame_equal(first.table, second.table)
    assert [path.suffix for path in (tmp_path / "cache").iterdir()] == [".json"]  # no half-written file
    assert first.kind == "typical"
    assert "PVGIS-SARAH3" in first.source
    assert "2006–2022" in first.source
    assert "CC BY" in first.licence


def test_year_is_rotated_to_local_midnight(serve: Any, good: str, tmp_path: Path) -> None:
    """Helsinki's first two hours are the last two of December in UTC, where the file has them at its end."""
    weather = fetch_pvgis(LATITUDE, LONGITUDE, cache_dir=tmp_path, url=serve((200, good)).url)
    hours = json.loads(good)["outputs"]["tmy_hourly"]
    temp = np.array([hour["T2m"] for hour in hours])
    mid_hour = 0.5 * (temp + np.roll(temp, -1))
    assert weather.utc_offset_h == 2.0  # winter time at the place
    assert weather.table.index[0] == pd.Timestamp("2024-12-31T22:00Z")
    np.testing.assert_allclose(weather.table["air_temp_c"].to_numpy(), np.roll(mid_hour, 2))


@pytest.mark.parametrize("minute", [None, 10])
def test_irradiance_moves_from_the_scan_to_mid_hour(serve: Any, tmp_path: Path, minute: int | None) -> None:
    """Same clearness at 30 minutes past as at the scan 10 past: the day's sum within 1 %, sunrise with the sun."""
    given = reply(minute_in_stamp=minute)
    weather = fetch_pvgis(LATITUDE, LONGITUDE, cache_dir=tmp_path, url=serve((200, json.dumps(given))).url)
    sun = sun_path(pd.DatetimeIndex(weather.table.index), LATITUDE, LONGITUDE, 4.0)
    table = weather.table
    rest = table["ghi_w_m2"] - table["dni_w_m2"] * sun.cos_zenith - table["dhi_w_m2"]
    assert rest.abs().max() < 1e-6
    clearness = table["ghi_w_m2"].to_numpy() / np.maximum(sun.horizontal_w_m2, 1.0)
    high = sun.cos_zenith > 0.2
    day = np.asarray((pd.DatetimeIndex(table.index)).dayofyear)
    expected = 0.30 - 0.10 * np.cos(2 * np.pi * day / 10.0)
    middle_of_day = (pd.DatetimeIndex(table.index).hour > 8) & (pd.DatetimeIndex(table.index).hour < 13)
    np.testing.assert_allclose(clearness[high & middle_of_day], expected[high & middle_of_day], atol=0.005)
    assert (table["ghi_w_m2"].to_numpy()[sun.cos_zenith == 0.0] == 0.0).all()


def test_pvlib_reads_the_same_reply(good: str, tmp_path: Path) -> None:
    """The reply made here has the form that pvlib's own reader of PVGIS takes."""
    path = tmp_path / "tmy.json"
    path.write_text(good, encoding="utf-8")
    data, meta = pvlib.iotools.read_pvgis_tmy(str(path))
    assert len(data) == 8760
    assert data["ghi"].sum() > 0.0
    assert meta["inputs"]["meteo_data"]["radiation_db"] == "PVGIS-SARAH3"


def test_busy_service_is_asked_again(serve: Any, good: str, tmp_path: Path) -> None:
    service = serve((503, "busy"), (200, good))
    weather = fetch_pvgis(LATITUDE, LONGITUDE, cache_dir=tmp_path, url=service.url, pause_s=0.01)
    assert len(service.asked) == 2
    assert weather.table["ghi_w_m2"].sum() > 0.0


def test_refusal_is_passed_on_and_not_repeated(serve: Any, tmp_path: Path) -> None:
    service = serve((400, json.dumps({"message": "Location over the sea. Please, select another location"})))
    with pytest.raises(WeatherUnavailableError, match=r"Location over the sea.*EPW or TMY3") as caught:
        fetch_pvgis(58.0, 19.5, cache_dir=tmp_path, url=service.url, pause_s=0.01)
    assert len(service.asked) == 1
    assert "58.000 N" in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_no_connection_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(WeatherUnavailableError, match=r"could not be reached.*monthly normals for a synthetic year"):
        fetch_pvgis(LATITUDE, LONGITUDE, cache_dir=tmp_path, url="http://127.0.0.1:9", timeout=0.5, pause_s=0.0)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda r: r["outputs"]["tmy_hourly"].pop(), "8759 hours"),
        (lambda r: r["outputs"].pop("tmy_hourly"), "isn't in the form of PVGIS 5"),
        (lambda r: r["outputs"]["tmy_hourly"][50].pop("T2m"), "air_temp_c"),
        (lambda r: r["outputs"]["tmy_hourly"].reverse(), "out of order"),
    ],
)
def test_broken_reply_is_refused_and_not_kept(serve: Any, good: str, tmp_path: Path, change: Any, says: str) -> None:
    broken = json.loads(good)
    change(broken)
    service = serve((200, json.dumps(broken)))
    with pytest.raises(WeatherFileError, match=says):
        fetch_pvgis(LATITUDE, LONGITUDE, cache_dir=tmp_path, url=service.url, pause_s=0.01)
    assert list(tmp_path.iterdir()) == []


def test_broken_cache_is_fetched_again(serve: Any, good: str, tmp_path: Path) -> None:
    service = serve((200, good))
    fetch_pvgis(LATITUDE, LONGITUDE, cache_dir=tmp_path, url=service.url)
    kept = next(tmp_path.iterdir())
    kept.write_text(kept.read_text(encoding="utf-8")[:1000], encoding="utf-8")
    fetch_pvgis(LATITUDE, LONGITUDE, cache_dir=tmp_path, url=service.url)
    assert len(service.asked) == 2


def test_normals_of_a_fetched_year_can_be_generated_from(serve: Any, good: str, tmp_path: Path) -> None:
    from gis_data.weather import monthly_normals_of

    weather = fetch_pvgis(LATITUDE, LONGITUDE, cache_dir=tmp_path, url=serve((200, good)).url)
    normals = monthly_normals_of(weather)
    again = synthetic_weather(normals, LATITUDE, LONGITUDE, altitude_m=4.0, utc_offset_h=2.0)
    assert again.table["ghi_w_m2"].sum() == pytest.approx(weather.table["ghi_w_m2"].sum(), rel=0.01)
    assert HELSINKI_NORMALS.name not in again.source
