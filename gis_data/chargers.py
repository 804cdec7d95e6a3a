"""Charging stations for electric vehicles: how many cars at once, which sockets, what output."""

from __future__ import annotations

import re
from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis_data.features import Features, Problem
from gis_data.quantities import parse_count, parse_power_kw
from gis_data.schema import conform, project

SOCKET_OUTPUT_KW: Mapping[str, float] = {
    "chademo": 50.0,
    "type2_combo": 50.0,
    "type2": 22.0,
    "type2_cable": 22.0,
    "type1": 7.4,
    "type1_combo": 50.0,
    "type3c": 22.0,
    "tesla_supercharger": 150.0,
    "tesla_supercharger_ccs": 150.0,
    "tesla_destination": 22.0,
    "schuko": 3.6,
    "sev1011_t13": 2.3,
    "sev1011_t23": 3.6,
    "typee": 3.6,
    "cee_blue": 3.6,
    "cee_red_16a": 11.0,
    "cee_red_32a": 22.0,
    "cee_red_64a": 44.0,
}
"""Largest usual output of a socket in kW where OSM tells none. AC sockets: voltage × rated current of the socket
(IEC 62196-2 and IEC 60309: 400 V three-phase 32 A gives 22 kW, 230 V 16 A 3.6 kW); DC sockets: the first common
generation of stations."""

DEFAULT_OUTPUT_KW = 22.0
DEFAULT_CAPACITY = 2
_SOCKET = re.compile(r"^socket:([^:]+)$")
_SOCKET_OUTPUT = re.compile(r"^socket:([^:]+):(?:output|voltage_output|power)$")
_STATION_OUTPUT = ("charging_station:output", "output", "maxpower", "power:output", "generator:output:electricity")
_LARGEST_KW = 1500.0


def chargers_of(features: Features, crs: str) -> tuple[gpd.GeoDataFrame, tuple[Problem, ...]]:
    """Table `chargers` of tables.csv.

    Parameters
    ----------
    features : Features
    crs : str
        The district's metric CRS.

    Returns
    -------
    chargers : geopandas.GeoDataFrame
        One row per charging station; an area's stands at a point inside it.
    problems : tuple of Problem
        Outputs that no socket can have.
    """
    stations = features.where(lambda tags: tags.get("amenity") == "charging_station")
    problems: list[Problem] = []
    rows = []
    for key, tags in zip(stations.index, stations["tags"], strict=True):
        sockets = socket_counts(tags)
        capacity, capacity_source = _capacity(tags, sockets)
        output, output_source = _output(tags, sockets)
        if output > _LARGEST_KW:
            problems.append(Problem(key, f"an output of {output:g} kW per socket is not believed", "repaired"))
            output, output_source = _usual_output(sockets), "default"
        kinds = ";".join(f"{kind}={count}" for kind, count in sorted(sockets.items()))
        name, operator = tags.get("name"), tags.get("operator") or tags.get("brand") or tags.get("network")
        rows.append((name, operator, capacity, capacity_source, kinds, output, output_source))
    columns = ["name", "operator", "capacity", "capacity_source", "sockets", "output_kw", "output_source"]
    spots = shapely.point_on_surface(np.asarray(project(stations.geometry, crs), dtype=object))
    table = pd.DataFrame(rows, columns=columns, index=stations.index).assign(geometry=spots)
    return conform("chargers", table, crs), tuple(problems)


def socket_counts(tags: Mapping[str, str]) -> dict[str, int]:
    """Count the sockets of each kind, from `socket:type2=2`; `yes` counts as one, `no` and 0 as none.

    Parameters
    ----------
    tags : mapping of str to str

    Returns
    -------
    dict of str to int
    """
    counts = {}
    for key, value in tags.items():
        if (match := _SOCKET.match(key)) and value.strip().lower() not in {"no", "0", ""}:
            counts[match[1]] = parse_count(value) or 1
    return counts


def _capacity(tags: Mapping[str, str], sockets: Mapping[str, int]) -> tuple[int, str]:
    for key in ("capacity", "capacity:charging", "charging_station:capacity"):
        if (told := parse_count(tags.get(key))) is not None and told <= 1000:
            return told, "tagged"
    if sockets:
        return sum(sockets.values()), "from sockets"
    return DEFAULT_CAPACITY, "default"


def _output(tags: Mapping[str, str], sockets: Mapping[str, int]) -> tuple[float, str]:
    """Largest output of one socket in kW and its source."""
    of_sockets = [
        output
        for key, value in tags.items()
        if _SOCKET_OUTPUT.match(key) and (output := parse_power_kw(value)) is not None
    ]
    if of_sockets:
        return max(of_sockets), "tagged"
    for key in _STATION_OUTPUT:
        if (output := parse_power_kw(tags.get(key))) is not None:
            return output, "tagged"
    return _usual_output(sockets), "from sockets" if set(sockets) & set(SOCKET_OUTPUT_KW) else "default"


def _usual_output(sockets: Mapping[str, int]) -> float:
    return max((SOCKET_OUTPUT_KW[kind] for kind in sockets if kind in SOCKET_OUTPUT_KW), default=DEFAULT_OUTPUT_KW)
