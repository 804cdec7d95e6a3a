"""Trees, parking, pipes and power: the small tables around the buildings."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis_data.features import Features, Problem
from gis_data.quantities import parse_count, parse_diameter_mm, parse_length_m, parse_voltage_v
from gis_data.readers.selection import polygonal
from gis_data.schema import conform, project
from gis_data.streets import explode_lines

DEFAULT_TREE_HEIGHT_M = 10.0
"""Height in m of a street or park tree without a tag: assumed."""
TREE_ROW_SPACING_M = 10.0
"""Distance in m between the trees of a mapped row: assumed."""
CAR_SPACE_M2: Mapping[str, float] = {"surface": 25.0, "underground": 30.0, "multi-storey": 30.0}
"""Ground area per parked car in m², lanes included: assumed, common design values."""
DEFAULT_PARKING_CAPACITY = 20
_PARKING_LEVELS = 3
_HIGHEST_TREE_M = 120.0
_POWER_KINDS = frozenset(
    {
        "substation",
        "transformer",
        "generator",
        "plant",
        "line",
        "minor_line",
        "cable",
        "switchgear",
        "converter",
        "compensator",
        "cable_distribution_cabinet",
        "cabinet",
        "switch",
        "terminal",
        "sub_station",
        "station",
    }
)
_POWER_SPELLINGS = {"sub_station": "substation", "station": "substation", "cable_distribution_cabinet": "cabinet"}
_CARRIER_OF_SUBSTANCE: Mapping[str, str] = {
    "heat": "heat",
    "heating": "heat",
    "district_heating": "heat",
    "hot_water": "heat",
    "steam": "heat",
    "cold": "cold",
    "cooling": "cold",
    "district_cooling": "cold",
    "cold_water": "cold",
    "chilled_water": "cold",
    "gas": "gas",
    "natural_gas": "gas",
    "biogas": "gas",
    "methane": "gas",
    "hydrogen": "hydrogen",
    "h2": "hydrogen",
}


def trees_of(features: Features, crs: str) -> tuple[gpd.GeoDataFrame, tuple[Problem, ...]]:
    """Table `trees`: mapped trees, and those of mapped rows at a usual distance from each other.

    Parameters
    ----------
    features : Features
    crs : str
        The district's metric CRS.

    Returns
    -------
    trees : geopandas.GeoDataFrame
    problems : tuple of Problem
        Heights that no tree reaches.
    """
    single = features.where(lambda tags: tags.get("natural") == "tree", dimensions=[0])
    rows = explode_lines(features.where(lambda tags: tags.get("natural") == "tree_row", dimensions=[1]), crs)
    ids, spots, tags = list(single.index), list(project(single.geometry, crs)), list(single["tags"])
    for key, line, row_tags in zip(rows.index, rows.geometry, rows["tags"], strict=True):
        count = int(line.length // TREE_ROW_SPACING_M) + 1
        along = np.linspace(0.0, line.length, count)
        ids += [f"{key}-{number}" for number in range(1, count + 1)]
        spots += list(shapely.line_interpolate_point(line, along))
        tags += [row_tags] * count
    problems, heights, sources = [], [], []
    for key, told in zip(ids, tags, strict=True):
        height = parse_length_m(told.get("height") or told.get("est_height"))
        if height is not None and height > _HIGHEST_TREE_M:
            problems.append(Problem(key, f"a tree {height:g} m high is not believed", "repaired"))
            height = None
        heights.append(height or DEFAULT_TREE_HEIGHT_M)
        sources.append("tagged" if height else "default")
    data = {"geometry": np.array(spots, dtype=object), "height_m": heights, "height_source": sources}
    return conform("trees", pd.DataFrame(data, index=ids), crs), tuple(problems)


def parking_of(features: Features, crs: str) -> tuple[gpd.GeoDataFrame, tuple[Problem, ...]]:
    """Table `parking`: areas as mapped; a point becomes a circle as large as its cars need.

    Parameters
    ----------
    features : Features
    crs : str
        The district's metric CRS.

    Returns
    -------
    parking : geopandas.GeoDataFrame
    problems : tuple of Problem
    """
    frame = features.where(lambda tags: tags.get("amenity") == "parking", dimensions=[0, 2])
    shapes = np.asarray(project(frame.geometry, crs), dtype=object)
    areas = shapely.get_dimensions(shapes) == 2
    shapes[areas] = polygonal(shapes[areas])
    rows = []
    for tags, area in zip(frame["tags"], shapely.area(shapes), strict=True):
        kind = _parking_kind(tags)
        space = CAR_SPACE_M2.get(kind, CAR_SPACE_M2["surface"])
        told = parse_count(tags.get("capacity"))
        if told is not None and told <= 20_000:
            rows.append((kind, told, "tagged", told * space))
        elif area > 0:
            floors = parse_count(tags.get("building:levels") or tags.get("levels")) or _PARKING_LEVELS
            floors = floors if kind == "multi-storey" else 1
            rows.append((kind, max(1, round(area * floors / space)), "from footprint", area))
        else:
            rows.append((kind, DEFAULT_PARKING_CAPACITY, "default", DEFAULT_PARKING_CAPACITY * space))
    table = pd.DataFrame(rows, columns=["kind", "capacity", "capacity_source", "m2"], index=frame.index)
    points = shapely.get_dimensions(shapes) == 0
    radius = np.sqrt(table["m2"].to_numpy(dtype=float) / np.pi)
    shapes[points] = shapely.buffer(shapes[points], radius[points], quad_segs=8)
    return conform("parking", table.assign(geometry=shapes)[shapely.area(shapes) > 0], crs), ()


def pipes_of(features: Features, crs: str) -> tuple[gpd.GeoDataFrame, tuple[Problem, ...]]:
    """Table `pipes`: mapped pipelines that carry heat, cold, gas or hydrogen; rarely any are open data.

    Parameters
    ----------
    features : Features
    crs : str
        The district's metric CRS.

    Returns
    -------
    pipes : geopandas.GeoDataFrame
    problems : tuple of Problem
    """
    frame = features.where(_is_told_pipe, dimensions=[1])
    pieces = explode_lines(frame, crs)
    data = {
        "carrier": [pipe_carrier(tags) for tags in pieces["tags"]],
        "diameter_mm": [parse_diameter_mm(tags.get("diameter")) for tags in pieces["tags"]],
        "operator": [tags.get("operator") for tags in pieces["tags"]],
        "geometry": pieces.geometry,
    }
    return conform("pipes", pd.DataFrame(data, index=pieces.index), crs), ()


def _is_told_pipe(tags: Mapping[str, str]) -> bool:
    return tags.get("man_made") == "pipeline" and pipe_carrier(tags) is not None


def pipe_carrier(tags: Mapping[str, str]) -> str | None:
    """Carrier of a pipeline by its substance or type; None for water, oil, sewage and what is not told."""
    for key in ("substance", "type", "pipeline", "utility"):
        for value in tags.get(key, "").split(";"):
            if carrier := _CARRIER_OF_SUBSTANCE.get(value.strip().lower().replace(" ", "_")):
                return carrier
    return None


def power_of(features: Features, crs: str) -> tuple[gpd.GeoDataFrame, tuple[Problem, ...]]:
    """Table `power`: mapped substations, cabinets, generators, plants and lines; not poles and towers.

    Parameters
    ----------
    features : Features
    crs : str
        The district's metric CRS.

    Returns
    -------
    power : geopandas.GeoDataFrame
    problems : tuple of Problem
    """
    frame = features.where(lambda tags: power_kind(tags) is not None)
    shapes = np.asarray(project(frame.geometry, crs), dtype=object)
    data = {
        "kind": [power_kind(tags) for tags in frame["tags"]],
        "voltage_v": [parse_voltage_v(tags.get("voltage")) for tags in frame["tags"]],
        "name": [tags.get("name") or tags.get("ref") for tags in frame["tags"]],
        "geometry": shapes,
    }
    return conform("power", pd.DataFrame(data, index=frame.index), crs), ()


def power_kind(tags: Mapping[str, str]) -> str | None:
    """Value of OSM's `power`, old spellings made new; None for poles, towers and everything else."""
    value = tags.get("power", "")
    if tags.get("man_made") == "street_cabinet" and tags.get("street_cabinet") == "power":
        value = "cabinet"
    return _POWER_SPELLINGS.get(value, value) if value in _POWER_KINDS else None


def _parking_kind(tags: Mapping[str, str]) -> str:
    told = tags.get("parking", "")
    if told in {"surface", "underground", "multi-storey", "street_side"}:
        return told
    if told in {"lane", "on_kerb", "half_on_kerb", "shoulder"}:
        return "street_side"
    if told in {"garage", "garages", "garage_boxes", "carports", "sheds", "rooftop"}:
        return "other"
    if tags.get("building", "no") != "no":
        return "multi-storey"
    return "surface"
