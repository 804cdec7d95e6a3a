"""PVGIS's typical meteorological year, from the live service, kept on disk."""

from __future__ import annotations

import json
import logging
import tempfile
import time
import zoneinfo
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pandas as pd

from gis_data.weather._errors import WeatherFileError, WeatherUnavailableError
from gis_data.weather.sun import MIN_COS_ZENITH, FloatArray, sun_path
from gis_data.weather.weather import COLUMNS, Weather, require_sound, typical_index

logger = logging.getLogger(__name__)

PVGIS_URL = "https://re.jrc.ec.europa.eu/api/v5_3"
"""Base address of the service; the tool `tmy` is asked."""

LICENCE = "PVGIS (c) European Union, 2001-2024, reuse permitted with acknowledgement (CC BY 4.0)"

_FIELDS = {
    "T2m": "air_temp_c",
    "RH": "relative_humidity_pct",
    "WS10m": "wind_speed_m_s",
    "G(h)": "ghi_w_m2",
    "Gb(n)": "dni_w_m2",
    "Gd(h)": "dhi_w_m2",
    "SP": "pressure_pa",
}
_TRIES = 3


def fetch_pvgis(
    latitude: float,
    longitude: float,
    *,
    cache_dir: str | Path,
    url: str = PVGIS_URL,
    timeout: float = 60.0,
    utc_offset_h: float | None = None,
    pause_s: float = 2.0,
) -> Weather:
    """Fetch PVGIS's typical meteorological year of a place, or take it from the cache.

    The service gives irradiance at one instant of each UTC hour (the satellite's scan, `irradiance_time_offset` after
    the label). Clearness and diffuse share are interpolated to the middle of the hour, so that the hour's irradiance
    agrees with the sun at mid-hour; the rest is interpolated linearly. The year is rotated from UTC to begin at
    midnight of local standard time.

    Parameters
    ----------
    latitude, longitude : float
        Degrees north and east.
    cache_dir : path
        Folder of the replies; made when it isn't there. A reply lies there under its coordinates, rounded to 0.001°.
    url : str
        Base address of the service.
    timeout : float
        Seconds to wait for the service.
    utc_offset_h : float, optional
        Local standard time minus UTC, hours; by default that of the time zone at the place.
    pause_s : float
        Seconds before the second try; doubled before the third.

    Returns
    -------
    Weather
        Kind "typical".

    References
    ----------
    Huld, T., Müller, R. and Gambardella, A. (2012), A new solar radiation database for estimating PV performance in
    Europe and Africa, Solar Energy 86(6), 1803–1815; ISO 15927-4 for the choice of months.
    """
    cached = Path(cache_dir) / f"pvgis_tmy_{latitude:.3f}_{longitude:.3f}.json"
    reply = _read_cache(cached)
    if reply is None:
        reply = _ask(f"{url.rstrip('/')}/tmy", latitude, longitude, timeout, pause_s)
        weather = _weather_of(reply, latitude, longitude, utc_offset_h, "PVGIS's reply")
        _write_cache(cached, reply)
        return weather
    return _weather_of(reply, latitude, longitude, utc_offset_h, f"{cached.name} (delete it to fetch again)")


def _read_cache(path: Path) -> dict[str, Any] | None:
    try:
        reply = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        logger.warning("%s can't be read: it is fetched again", path)
        return None
    return reply if isinstance(reply, dict) else None


def _write_cache(path: Path, reply: dict[str, Any]) -> None:
    """Write beside and rename, so that an interrupted run leaves no half file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, suffix=".part", delete=False) as file:
        part = Path(file.name)
        try:
            json.dump(reply, file)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    part.replace(path)


def _ask(url: str, latitude: float, longitude: float, timeout: float, pause_s: float) -> dict[str, Any]:
    params: dict[str, Any] = {"lat": f"{latitude:.4f}", "lon": f"{longitude:.4f}", "outputformat": "json"}
    offline = "give an EPW or TMY3 file, or monthly normals for a synthetic year, or try again with a connection"
    reason = ""
    for attempt in range(_TRIES):
        if attempt:
            time.sleep(pause_s * 2 ** (attempt - 1))
        try:
            answer = httpx.get(url, params=params, timeout=timeout, follow_redirects=True)
        except httpx.HTTPError as error:
            reason = f"could not be reached ({error or type(error).__name__})"
            continue
        if answer.status_code == httpx.codes.OK:
            try:
                reply = answer.json()
            except ValueError:
                reason = "answered something that isn't JSON"
                continue
            if isinstance(reply, dict):
                return reply
        reason = f"answered {answer.status_code}: {_message(answer)}"
        if answer.status_code not in {429, 500, 502, 503, 504, 529}:
            break  # asking again won't change a refusal: a place at sea, outside the maps
    raise WeatherUnavailableError(f"PVGIS at {latitude:.3f} N, {longitude:.3f} E", f"the service {reason}; {offline}")


def _message(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["message"])
    except (ValueError, KeyError, TypeError):
        return answer.reason_phrase or "no reason given"


def _weather_of(
    reply: dict[str, Any], latitude: float, longitude: float, utc_offset_h: float | None, origin: str
) -> Weather:
    try:
        location = reply["inputs"]["location"]
        hours = pd.DataFrame(reply["outputs"]["tmy_hourly"])
        altitude = float(location.get("elevation") or 0.0)
        stamps = pd.to_datetime(hours["time(UTC)"], format="%Y%m%d:%H%M")
        values = hours[list(_FIELDS)].astype(float).rename(columns=_FIELDS)
    except (KeyError, TypeError, ValueError) as error:
        raise WeatherFileError(origin, f"isn't in the form of PVGIS 5 ({error})") from error
    _check_stamps(stamps, origin)
    # Stamps on the hour carry the scan's minute apart; older replies carry it in the stamp.
    offset_h = float(location.get("irradiance_time_offset") or 0.0) + stamps.dt.minute.iloc[0] / 60.0
    local_offset = _standard_offset_h(latitude, longitude) if utc_offset_h is None else utc_offset_h
    in_utc = typical_index(0.0)
    values = _at_mid_hour(values, in_utc, offset_h, (latitude, longitude, altitude))
    index = typical_index(local_offset)
    # December's last hours in UTC are the first of January in local time.
    values = values.reindex(values.index[np.searchsorted(in_utc, _within_year(index))])
    values.index = index
    selected = {int(m["month"]): int(m["year"]) for m in reply["outputs"].get("months_selected", [])}
    database = (reply["inputs"].get("meteo_data") or {}).get("radiation_db", "unknown database")
    months = f", months of {min(selected.values())}–{max(selected.values())}" if selected else ""
    source = f"PVGIS typical meteorological year, {database}{months}, © European Union"
    table = values[list(COLUMNS)]
    return require_sound(
        Weather(table, latitude, longitude, altitude, local_offset, "typical", source, LICENCE), origin
    )


def _check_stamps(stamps: pd.Series, origin: str) -> None:
    if len(stamps) != 8760:
        raise WeatherFileError(origin, f"has {len(stamps)} hours, a typical year has 8760")
    due = pd.date_range("2025-01-01", periods=8760, freq="h")
    odd = (stamps.dt.month != due.month) | (stamps.dt.day != due.day) | (stamps.dt.hour != due.hour)
    if odd.any():
        row = int(np.argmax(odd.to_numpy()))
        raise WeatherFileError(origin, f"hour {row + 1} is stamped {stamps.iloc[row]:%Y%m%d:%H%M} out of order")


def _within_year(index: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """Fold times into the nominal UTC year, full hours."""
    first = pd.Timestamp("2025-01-01", tz="UTC")
    hours = np.floor((index - first) / pd.Timedelta(hours=1)).astype(int) % 8760
    return pd.DatetimeIndex(first + pd.to_timedelta(hours, unit="h"))


def _at_mid_hour(
    values: pd.DataFrame, index: pd.DatetimeIndex, offset_h: float, place: tuple[float, float, float]
) -> pd.DataFrame:
    """From instants to hours: clearness and diffuse share at mid-hour, the rest by the mean of the hour's ends."""
    out = values.copy()
    for column in ("air_temp_c", "relative_humidity_pct", "wind_speed_m_s", "pressure_pa"):
        out[column] = 0.5 * (values[column].to_numpy() + np.roll(values[column].to_numpy(), -1))
    scan = sun_path(index + pd.Timedelta(hours=offset_h - 0.5), *place)
    middle = sun_path(index, *place)
    ghi, dhi = values["ghi_w_m2"].to_numpy(), np.minimum(values["dhi_w_m2"].to_numpy(), values["ghi_w_m2"].to_numpy())
    lit = (scan.cos_zenith > 0.05) & (ghi > 0.0)
    step = 0.5 - offset_h
    clearness = _shift(np.where(lit, ghi / np.maximum(scan.horizontal_w_m2, 1.0), np.nan), step)
    share = _shift(np.where(lit, dhi / np.maximum(ghi, 1e-9), np.nan), step)
    new_ghi = np.minimum(clearness, 1.1) * middle.horizontal_w_m2
    up = middle.cos_zenith > MIN_COS_ZENITH
    new_dhi = np.where(up, np.clip(share, 0.0, 1.0), 1.0) * new_ghi
    beam = np.where(up, (new_ghi - new_dhi) / np.maximum(middle.cos_zenith, MIN_COS_ZENITH), 0.0)
    # Low sun: what would be more than a clear beam goes to the diffuse part.
    dni = np.minimum(beam, 0.85 * middle.extraterrestrial_w_m2)
    out["ghi_w_m2"], out["dni_w_m2"] = new_ghi, dni
    out["dhi_w_m2"] = new_ghi - dni * middle.cos_zenith
    return out


def _shift(values: FloatArray, step_h: float) -> FloatArray:
    """Interpolate a periodic hourly series with gaps (night) at `step_h` after its own instants."""
    hours = np.arange(values.size, dtype=float)
    known = ~np.isnan(values)
    if not known.any():
        return np.zeros_like(values)
    return np.interp(hours + step_h, hours[known], values[known], period=values.size)


def _standard_offset_h(latitude: float, longitude: float) -> float:
    from timezonefinder import timezone_at  # noqa: PLC0415  loads a map of the world's zones

    zone = zoneinfo.ZoneInfo(timezone_at(lat=latitude, lng=longitude) or "UTC")
    offsets = [datetime(2025, month, 15, 12, tzinfo=zone).utcoffset() for month in range(1, 13)]
    return min(offset.total_seconds() for offset in offsets if offset is not None) / 3600.0
