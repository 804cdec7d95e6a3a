"""CRS definitions in PROJJSON that stay the same when the EPSG database is edited.

Between two editions of it, EPSG:3067 was renamed and got another datum's name, the coordinates unchanged; a file
that quotes the database would change its bytes with the version of PROJ.
"""

from __future__ import annotations

from typing import Any

import pyproj

_ETRS89 = ("ETRS89", 4258, "European Terrestrial Reference System 1989", "GRS 1980", 298.257222101)
_WGS84 = ("WGS 84", 4326, "World Geodetic System 1984", "WGS 84", 298.257223563)
_SEMI_MAJOR_AXIS_M = 6378137
_SCALE = 0.9996
_FALSE_EASTING_M = 500_000


def projjson(crs: str) -> dict[str, Any]:
    """PROJJSON of a district's CRS.

    Parameters
    ----------
    crs : str
        "EPSG:3067" (ETRS-TM35FIN), "EPSG:326xx" or "EPSG:327xx" (WGS 84 / UTM) are written out here, from their
        definition; any other as PROJ has it.

    Returns
    -------
    dict
    """
    code = int(crs.removeprefix("EPSG:")) if crs.removeprefix("EPSG:").isdecimal() else 0
    if code == 3067:
        return _transverse_mercator(
            "ETRS89 / TM35FIN(E,N)", code, base=_ETRS89, conversion="TM35FIN", meridian_deg=27, false_northing_m=0
        )
    south, zone = divmod(code - 32600, 100)
    if south in {0, 1} and 1 <= zone <= 60:
        name = f"UTM zone {zone}{'S' if south else 'N'}"
        return _transverse_mercator(
            f"WGS 84 / {name}",
            code,
            base=_WGS84,
            conversion=name,
            meridian_deg=6 * zone - 183,
            false_northing_m=10_000_000 * south,
        )
    definition: dict[str, Any] = pyproj.CRS.from_user_input(crs).to_json_dict()
    return definition


def _transverse_mercator(
    name: str,
    code: int,
    *,
    base: tuple[str, int, str, str, float],
    conversion: str,
    meridian_deg: int,
    false_northing_m: int,
) -> dict[str, Any]:
    base_name, base_code, datum, ellipsoid, flattening = base
    return {
        "type": "ProjectedCRS",
        "name": name,
        "base_crs": {
            "name": base_name,
            "datum": {
                "type": "GeodeticReferenceFrame",
                "name": datum,
                "ellipsoid": {
                    "name": ellipsoid,
                    "semi_major_axis": _SEMI_MAJOR_AXIS_M,
                    "inverse_flattening": flattening,
                },
            },
            "coordinate_system": {
                "subtype": "ellipsoidal",
                "axis": [_axis("Geodetic latitude", "Lat", "north"), _axis("Geodetic longitude", "Lon", "east")],
            },
            "id": {"authority": "EPSG", "code": base_code},
        },
        "conversion": {
            "name": conversion,
            "method": {"name": "Transverse Mercator", "id": {"authority": "EPSG", "code": 9807}},
            "parameters": [
                _parameter("Latitude of natural origin", 0, "degree", 8801),
                _parameter("Longitude of natural origin", meridian_deg, "degree", 8802),
                _parameter("Scale factor at natural origin", _SCALE, "unity", 8805),
                _parameter("False easting", _FALSE_EASTING_M, "metre", 8806),
                _parameter("False northing", false_northing_m, "metre", 8807),
            ],
        },
        "coordinate_system": {
            "subtype": "Cartesian",
            "axis": [_axis("Easting", "E", "east", "metre"), _axis("Northing", "N", "north", "metre")],
        },
        "id": {"authority": "EPSG", "code": code},
    }


def _axis(name: str, abbreviation: str, direction: str, unit: str = "degree") -> dict[str, str]:
    return {"name": name, "abbreviation": abbreviation, "direction": direction, "unit": unit}


def _parameter(name: str, value: float, unit: str, code: int) -> dict[str, Any]:
    return {"name": name, "value": value, "unit": unit, "id": {"authority": "EPSG", "code": code}}
