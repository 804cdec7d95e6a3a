"""Names, addresses and what the tags say of the heating."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd

from gis_data.buildings.catalogue import heating_values
from gis_data.buildings.contents import nearest_building
from gis_data.features import Features

_NAME_KEYS = ("name", "name:fi", "official_name", "addr:housename", "loc_name")
_HEATING_KEYS = (
    "building:heating",
    "heating",
    "heating_system",
    "heating:type",
    "heating:source",
    "building:heating:source",
    "heating:fuel",
    "building:fuel",
)


def name_of(tags: Mapping[str, str]) -> str | None:
    """Name as tagged, or None."""
    return next((tags[key] for key in _NAME_KEYS if tags.get(key)), None)


def address_of(tags: Mapping[str, str]) -> str | None:
    """Street and house number as tagged, or None."""
    if "addr:housenumber" not in tags:
        return None
    street = tags.get("addr:street") or tags.get("addr:place")
    return f"{street} {tags['addr:housenumber']}" if street else None


def heating_of(tags: Mapping[str, str]) -> str | None:
    """Heating system of the catalogue that the tags tell, or None."""
    known = heating_values()
    for key in _HEATING_KEYS:
        system = known.get(tags.get(key, "").split(";")[0].strip().lower().replace(" ", "_"))
        if system is not None:
            return system
    return None


def addresses_of(buildings: gpd.GeoDataFrame, features: Features) -> list[str | None]:
    """Address of each building: its own, else the one that most address points inside bear.

    Parameters
    ----------
    buildings : geopandas.GeoDataFrame
        Columns geometry, tags.
    features : Features
        Raw features; their points with addresses count, doors on the outline too.
    """
    own = [address_of(tags) for tags in buildings["tags"]]
    kinds = features.frame.geometry.geom_type.to_numpy()
    found = [
        (row, address)
        for row, (kind, tags) in enumerate(zip(kinds, features.frame["tags"], strict=True))
        if kind == "Point" and (address := address_of(tags)) is not None
    ]
    if not found:
        return own
    points = features.frame.geometry.iloc[[row for row, _ in found]].to_crs(buildings.crs).to_numpy()
    inside: dict[int, Counter[str]] = {}
    for building, (_, address) in zip(nearest_building(points, buildings), found, strict=True):
        if building >= 0 and own[building] is None:
            inside.setdefault(int(building), Counter())[address] += 1
    for building, addresses in inside.items():
        own[building] = min(addresses, key=lambda address: (-addresses[address], address))
    return own


def labels(buildings: gpd.GeoDataFrame, features: Features) -> pd.DataFrame:
    """Name, address and heating system with its source, index building_id.

    Parameters
    ----------
    buildings : geopandas.GeoDataFrame
        Columns geometry, tags.
    features : Features
        Raw features.
    """
    tags = buildings["tags"]
    heating = np.array([*(heating_of(own) for own in tags), None], dtype=object)[:-1]
    return pd.DataFrame(
        {
            "name": [name_of(own) for own in tags],
            "address": addresses_of(buildings, features),
            "heating_system": heating,
            "heating_system_source": [None if system is None else "tagged" for system in heating],
        },
        index=buildings.index,
        dtype=object,
    )
