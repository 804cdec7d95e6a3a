"""Read live OSM: Nominatim finds the place, Overpass gives what lies there; osmnx talks to both."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import tempfile
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import osmium
import osmnx
import requests
import shapely

from gis_data._errors import LiveDataError
from gis_data.features import Features
from gis_data.readers.osm_file import openstreetmap, read_osm_file
from gis_data.readers.selection import NEEDED_KEYS

OVERPASS_ENV = "CITY_ENERGY_TWIN_OVERPASS"
NOMINATIM_ENV = "CITY_ENERGY_TWIN_NOMINATIM"
RATE_LIMIT_ENV = "CITY_ENERGY_TWIN_OVERPASS_RATE_LIMIT"
"""Environment variables: other servers than osmnx's own choice, and `no` for a server without slots to wait for."""
LARGEST_KM2 = 1000.0
POINT_RADIUS_M = 500.0
"""A place that is known as a point only becomes a box of this half-width, m."""

_OFFLINE = (
    "Without the internet, build from a file: download an OSM extract of the area and name it with --osm FILE, "
    "or set {env} to a server within reach."
)
# Relations by type, too: building relations, and multipolygons whose tags stand on their outlines.
_TAGS: Mapping[str, bool | list[str]] = dict.fromkeys(NEEDED_KEYS, True) | {"type": ["building", "multipolygon"]}
_ONE_AT_A_TIME = threading.Lock()  # osmnx keeps its settings in the module


def read_osm_live(
    *,
    place: str | None = None,
    bbox: tuple[float, float, float, float] | None = None,
    overpass_url: str | None = None,
    nominatim_url: str | None = None,
    rate_limit: bool | None = None,
    timeout_s: float = 180.0,
) -> Features:
    """Read the features of a place or a box from OpenStreetMap as it is now.

    Parameters
    ----------
    place : str, optional
        "Otaniemi, Espoo"; the district is what lies inside the place's boundary.
    bbox : tuple of float, optional
        West, south, east, north in degrees.
    overpass_url : str, optional
        Server to ask, "https://overpass-api.de/api"; by default `CITY_ENERGY_TWIN_OVERPASS`, else osmnx's setting.
    nominatim_url : str, optional
        The same for places, `CITY_ENERGY_TWIN_NOMINATIM`.
    rate_limit : bool, optional
        Wait for a free slot, as public servers ask; a server of one's own needs none. By default yes, unless
        `CITY_ENERGY_TWIN_OVERPASS_RATE_LIMIT` is `no`.
    timeout_s : float
        Longest wait for an answer, s.

    Returns
    -------
    Features
        The same as `read_osm_file` gives for the same objects.

    Raises
    ------
    LiveDataError
        If a server can't be reached, the place is unknown, or the area is too large; the message says what to do.
    """
    overpass = overpass_url or os.environ.get(OVERPASS_ENV) or str(osmnx.settings.overpass_url)
    nominatim = nominatim_url or os.environ.get(NOMINATIM_ENV) or str(osmnx.settings.nominatim_url)
    if rate_limit is None:
        rate_limit = os.environ.get(RATE_LIMIT_ENV, "yes").lower() not in {"no", "0", "false"}
    with tempfile.TemporaryDirectory() as folder, _settings(overpass, nominatim, Path(folder), rate_limit, timeout_s):
        if place is not None:
            _reach(nominatim, NOMINATIM_ENV)
            region = _find_place(place, nominatim)
        else:
            region = shapely.box(*(bbox or ()))
        _check_size(region)
        _reach(overpass, OVERPASS_ENV)
        answers = _download(region, overpass, Path(folder) / "overpass")
        path = Path(folder) / "answer.osm.pbf"
        date = _write_osm(answers, path)
        features = read_osm_file(path, region=region, bounds=bbox, source=openstreetmap(date))
    return Features(features.frame, features.bounds, date, features.sources, features.members, features.problems)


@contextlib.contextmanager
def _settings(overpass: str, nominatim: str, folder: Path, rate_limit: bool, timeout_s: float) -> Iterator[None]:
    """Set osmnx to one download and put everything back, also the resolver of names that it replaces.

    The cache is a folder that lives as long as the download: old answers are never taken for today's map.
    """
    settings = osmnx.settings
    wanted = {
        "overpass_url": overpass.rstrip("/"),
        "nominatim_url": nominatim,
        "cache_folder": str(folder / "nominatim"),
        "use_cache": True,
        "overpass_rate_limit": rate_limit,
        "requests_timeout": timeout_s,
        "doh_url_template": None,  # no third party learns what is looked up
        "log_console": False,
        "log_file": False,
    }
    with _ONE_AT_A_TIME:
        before = {name: getattr(settings, name) for name in [*wanted, "cache_only_mode"]}
        resolver = socket.getaddrinfo
        try:
            for name, value in wanted.items():
                setattr(settings, name, value)
            yield
        finally:
            for name, value in before.items():
                setattr(settings, name, value)
            socket.getaddrinfo = resolver


def _reach(url: str, env: str) -> None:
    """Fail at once where there is no network: osmnx would wait a minute and try again."""
    try:
        answer = requests.get(url.rstrip("/") + "/status", timeout=20, headers={"User-Agent": "city-energy-twin"})
    except requests.exceptions.RequestException as error:
        raise LiveDataError(f"{url} can't be reached. {_OFFLINE.format(env=env)}") from error
    if answer.status_code >= 500:
        raise LiveDataError(
            f"{url} answers with error {answer.status_code}: try again later. {_OFFLINE.format(env=env)}"
        )


def _find_place(place: str, nominatim: str) -> Any:
    """Boundary of a place; around a place without one, a box."""
    try:
        try:
            found = osmnx.geocode_to_gdf(place)
        except TypeError:  # known, but not as an area
            latitude, longitude = osmnx.geocode(place)
            west, south, east, north = osmnx.utils_geo.bbox_from_point((latitude, longitude), POINT_RADIUS_M)
            return shapely.box(west, south, east, north)
    except osmnx._errors.InsufficientResponseError as error:
        raise LiveDataError(
            f"OpenStreetMap knows no place {place!r}; write it as on the map, or give a bbox."
        ) from error
    except (requests.exceptions.RequestException, osmnx._errors.ResponseStatusCodeError) as error:
        raise LiveDataError(f"{nominatim} did not answer: {error}. Try again later, or give a bbox.") from error
    return found.geometry.iloc[0]


def _check_size(region: Any) -> None:
    west, south, east, north = region.bounds
    projected, _ = osmnx.projection.project_geometry(shapely.box(west, south, east, north))
    if projected.area > LARGEST_KM2 * 1e6:
        raise LiveDataError(
            f"The area is {projected.area / 1e6:.0f} km²; up to {LARGEST_KM2:.0f} km² are asked for live. Choose a "
            "smaller one, or download an extract and name it with --osm FILE."
        )


def _download(region: Any, overpass: str, folder: Path) -> list[dict[str, Any]]:
    """Ask Overpass for everything needed in a region; osmnx leaves its answers in the cache folder."""
    osmnx.settings.cache_folder = str(folder)
    osmnx.settings.cache_only_mode = True
    try:
        osmnx.features_from_polygon(region, dict(_TAGS))
    except osmnx._errors.CacheOnlyInterruptError:
        pass
    except (osmnx._errors.InsufficientResponseError, osmnx._errors.ResponseStatusCodeError) as error:
        raise LiveDataError(f"{overpass} gave no usable answer: {error}. Try again later or a smaller area.") from error
    except requests.exceptions.RequestException as error:
        raise LiveDataError(f"{overpass} did not answer: {error}. {_OFFLINE.format(env=OVERPASS_ENV)}") from error
    answers = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
    if not answers:
        raise LiveDataError(f"{overpass} broke off (the area is too large for it); choose a smaller one.")
    if not any(answer.get("elements") for answer in answers):
        raise LiveDataError("OpenStreetMap has nothing in this area; check the order: west south east north.")
    return answers


def _write_osm(answers: list[dict[str, Any]], path: Path) -> str:
    """Write Overpass's elements as an OSM file; return the date of the data."""
    elements: dict[tuple[str, int], dict[str, Any]] = {}
    for answer in answers:
        for element in answer.get("elements", ()):
            elements[element["type"], int(element["id"])] = element
    mutable = osmium.osm.mutable
    with osmium.SimpleWriter(str(path)) as writer:
        for (kind, number), element in sorted(elements.items(), key=_place_in_file):
            about = {"id": number, "tags": element.get("tags", {}), "version": element.get("version", 1)}
            if kind == "node":
                writer.add_node(mutable.Node(location=(element["lon"], element["lat"]), **about))
            elif kind == "way":
                writer.add_way(mutable.Way(nodes=element.get("nodes", []), **about))
            elif kind == "relation":
                members = [(m["type"][0], m["ref"], m["role"]) for m in element.get("members", ())]
                writer.add_relation(mutable.Relation(members=members, **about))
    stamps = [str(answer.get("osm3s", {}).get("timestamp_osm_base", "")) for answer in answers]
    return max(stamps)[:10] or "unknown"


def _place_in_file(item: tuple[tuple[str, int], dict[str, Any]]) -> tuple[int, int]:
    kind, number = item[0]
    return ("node", "way", "relation").index(kind), number
