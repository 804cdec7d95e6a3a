"""New buildings as people draw them: GeoJSON in, what can be built out, and what is wrong with each of the others."""

from __future__ import annotations

import difflib
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import shapely

from twin._errors import ScenarioError
from twin.model.buildings import features_of
from twin.model.flaws import Flaw, misfits, on_each_other
from twin.scenario.edits import AddBuildingsEdit

MOST_FEATURES = 500
MOST_CORNERS = 2000
LEAST_M2 = 10.0
_AREAS = {"Polygon", "MultiPolygon"}
_WGS84 = re.compile(r"(CRS:?:?84|EPSG:?:?4326)$", re.IGNORECASE)
_OWN_IDS = ("id", "osm_id", "@id", "building_id")
_NUMBERS = {"height": ("height", 1, 1000), "building:levels": ("levels", 1, 200), "start_date": ("year", 1000, 2200)}


@dataclass(frozen=True)
class Drawn:
    """What was read.

    Attributes
    ----------
    features : tuple of dict
        GeoJSON Features that can be built, each with an id that nothing there has.
    flaws : tuple of Flaw
        What is wrong with the others, by their number in what was read.
    """

    features: tuple[dict[str, Any], ...]
    flaws: tuple[Flaw, ...]


class _UnfitError(ValueError):
    """A feature, or all of them, cannot be built."""

    def __init__(self, what: str, **values: Any) -> None:
        super().__init__(what)
        self.flaw = Flaw(what, values)


def read_drawn(text: str, standing: gpd.GeoSeries, district: str) -> Drawn:
    """Read new buildings, and find out which of them can be built.

    Parameters
    ----------
    text : str
        GeoJSON in WGS84: a FeatureCollection, a Feature or the geometry of one.
    standing : geopandas.GeoSeries
        Outlines of what stands in the district under the scenario, by id, in the district's CRS.
    district : str
        Its title.

    Returns
    -------
    Drawn
    """
    try:
        raw = _listed(text)
    except _UnfitError as unfit:
        return Drawn((), (unfit.flaw,))
    flaws: dict[int, Flaw] = {}
    good: dict[int, dict[str, Any]] = {}
    for number, one in enumerate(raw, start=1):
        try:
            good[number] = _checked(one)
        except _UnfitError as unfit:
            flaws[number] = unfit.flaw
    _name(good, {str(i) for i in standing.index})
    flaws |= _misread(good)
    good = {number: one for number, one in good.items() if number not in flaws}
    flaws |= _misplaced(good, standing, district)
    told = tuple(Flaw(flaw.what, flaw.values, number) for number, flaw in sorted(flaws.items()))
    return Drawn(tuple(one for number, one in good.items() if number not in flaws), told)


def _listed(text: str) -> list[Any]:
    """Features of a text, none of them looked at yet."""
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise _UnfitError("json", line=error.lineno, column=error.colno) from error
    except RecursionError as error:
        raise _UnfitError("collection") from error
    kind = found.get("type") if isinstance(found, dict) else None
    if kind in _AREAS:
        found, kind = {"type": "Feature", "properties": {}, "geometry": found}, "Feature"
    if kind == "Feature":
        return [found]
    features = found.get("features") if kind == "FeatureCollection" else None
    if not isinstance(features, list) or not features:
        raise _UnfitError("collection")
    if len(features) > MOST_FEATURES:
        raise _UnfitError("many", count=len(features), most=MOST_FEATURES)
    named = found.get("crs")
    if named is not None:
        told = named.get("properties") if isinstance(named, dict) else None
        crs = str(told.get("name", "?") if isinstance(told, dict) else named)
        if not _WGS84.search(crs):
            raise _UnfitError("crs", crs=crs[:60])
    return features


def _checked(one: Any) -> dict[str, Any]:
    """Give a feature whose outline can be drawn."""
    if not isinstance(one, dict) or one.get("type") != "Feature" or not isinstance(one.get("properties") or {}, dict):
        raise _UnfitError("feature")
    geometry = one.get("geometry")
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if not isinstance(geometry, dict) or kind not in _AREAS:
        raise _UnfitError("shape", kind=str(kind or "–")[:40])
    try:
        shape = shapely.force_2d(shapely.from_geojson(json.dumps(geometry)))
        corners = shapely.get_coordinates(shape)
    except (shapely.errors.GEOSException, ValueError, TypeError) as error:
        raise _UnfitError("coordinates") from error
    if not len(corners) or not all(math.isfinite(value) for value in shape.bounds):
        raise _UnfitError("coordinates")
    if len(corners) > MOST_CORNERS:
        raise _UnfitError("corners", count=len(corners), most=MOST_CORNERS)
    west, south, east, north = shape.bounds
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise _UnfitError("degrees", x=f"{west:g}", y=f"{south:g}")
    if shapely.make_valid(shape).area == 0.0:
        raise _UnfitError("nothing")
    return one


def _name(good: dict[int, dict[str, Any]], taken: set[str]) -> None:
    """Give each feature an id of its own: what it says, or `new-1`, with a number behind where that is taken."""
    from gis_data.readers.geojson import feature_id  # noqa: PLC0415  slow to import and rarely needed

    for number, one in good.items():
        said = feature_id(one, 0)
        stem = "new" if said == "g0" else said
        free = (f"{stem}-{k}" for k in range(1, len(taken) + 2) if f"{stem}-{k}" not in taken)
        name = said if said not in taken | {"g0"} else next(free)
        taken.add(name)
        properties = {key: value for key, value in (one.get("properties") or {}).items() if key not in _OWN_IDS}
        good[number] = {"type": "Feature", "id": name, "properties": properties, "geometry": one["geometry"]}


def _misread(good: Mapping[int, dict[str, Any]]) -> dict[int, Flaw]:
    """Find properties that say what nobody can use; elsewhere they would be passed over and inferred."""
    if not good:
        return {}
    from assets.building_systems.supply import heating_systems  # noqa: PLC0415
    from gis_data import USES  # noqa: PLC0415
    from gis_data.buildings.catalogue import building_values  # noqa: PLC0415
    from gis_data.buildings.dimensions import tagged_height_m, tagged_levels  # noqa: PLC0415
    from gis_data.buildings.labels import heating_of  # noqa: PLC0415
    from gis_data.buildings.years import tagged_year  # noqa: PLC0415

    readers: dict[str, Any] = {
        "height": tagged_height_m,
        "building:levels": tagged_levels,
        "start_date": tagged_year,
    }
    tags = features_of(AddBuildingsEdit(features=tuple(good.values()))).frame["tags"]
    found: dict[int, Flaw] = {}
    for number, one in good.items():
        own, use = tags[one["id"]], one["properties"].get("use")
        systems = [name for name in heating_systems().index if name != "none"]
        if use not in {None, "", *USES} and str(use).lower() not in building_values():
            found[number] = _unknown("use", str(use), USES)
        elif own.get("heating_system") and heating_of(own) is None:
            found[number] = _unknown("heating", own["heating_system"], systems)
        for tag, (key, low, high) in _NUMBERS.items():
            value = readers[tag](own) if tag in own else low
            if number not in found and (value is None or not low <= value <= high):
                told = {"name": key, "value": own[tag][:40], "low": low, "high": high}
                found[number] = Flaw("number", told)
    return found


def _unknown(what: str, value: str, known: Sequence[str]) -> Flaw:
    near = difflib.get_close_matches(value.lower(), known, n=1)
    return Flaw(what, {"value": value[:40], "known": near[0] if near else ", ".join(known)})


def _misplaced(good: Mapping[int, dict[str, Any]], standing: gpd.GeoSeries, district: str) -> dict[int, Flaw]:
    """Find outlines that are too small, far away, on others, or no buildings at all."""
    if not good:
        return {}
    numbers = {one["id"]: number for number, one in good.items()}
    shapes = [shapely.make_valid(shapely.from_geojson(json.dumps(one["geometry"]))) for one in good.values()]
    new = gpd.GeoSeries(shapely.force_2d(shapes), index=list(numbers), crs="EPSG:4326").to_crs(standing.crs)
    found = {
        numbers[flaw.name]: flaw for flaw in reversed(misfits(new, standing, district))
    }  # of several, the first is told
    for mine, other in on_each_other(new):
        found.setdefault(numbers[mine], Flaw("over", {"other": numbers[other]}))
    for name, area in new.area.items():
        if area < LEAST_M2:
            found[numbers[name]] = Flaw("small", {"area": f"{area:.1f}", "least": f"{LEAST_M2:g}"})
    rest = [one for number, one in good.items() if number not in found]
    return found | {numbers[name]: flaw for name, flaw in _dropped(rest, str(standing.crs)).items()}


def _dropped(rest: Sequence[dict[str, Any]], crs: str) -> dict[str, Flaw]:
    """Find what is no building, by the rules that a district is built by: the reasons are the reader's, in English."""
    if not rest:
        return {}
    from gis_data._errors import GisDataError  # noqa: PLC0415  as above
    from gis_data.buildings import buildings_from_features  # noqa: PLC0415

    try:
        made = buildings_from_features(features_of(AddBuildingsEdit(features=tuple(rest))), crs)
    except (GisDataError, ScenarioError) as error:
        return {str(one["id"]): Flaw("dropped", {"why": str(error)}) for one in rest}
    why = {problem.feature_id: problem.what for problem in made.problems}
    lost = [str(one["id"]) for one in rest if one["id"] not in made.buildings.index]
    return {name: Flaw("dropped", {"why": why.get(name, "?")}) for name in lost}
