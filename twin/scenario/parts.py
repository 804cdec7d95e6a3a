"""What scenarios are made of: the types of their values, and which buildings an edit touches."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import shapely
from pydantic import BaseModel, ConfigDict, Field, field_validator

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=80)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]
Price = Annotated[float, Field(ge=-1.0, le=10.0)]
Factor = Annotated[float, Field(ge=0.0, le=3.0)]
Year = Annotated[int, Field(ge=1000, le=2200)]
Shift = Annotated[float, Field(ge=-15.0, le=15.0)]
Use = Literal[
    "detached_house",
    "row_house",
    "apartment_block",
    "office",
    "retail",
    "hotel",
    "school",
    "university",
    "hospital",
    "assembly",
    "sports",
    "industrial",
    "warehouse",
    "transport",
    "garage",
    "outbuilding",
]
HeatingSystem = Literal[
    "district_heating",
    "direct_electric",
    "electric_boiler",
    "gas_boiler",
    "oil_boiler",
    "wood_boiler",
    "ground_source_heat_pump",
    "air_water_heat_pump",
]
RetrofitLevel = Literal["none", "light", "standard", "deep"]
_MOST_POINTS = 2000


class Part(BaseModel):
    """A part of a scenario: unknown keys are refused, and nothing changes once it is made."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, use_attribute_docstrings=True)


class Where(Part):
    """Which buildings an edit touches: those that every given key is true of; all of them where none is given."""

    buildings: tuple[str, ...] | None = None
    """Ids of buildings, as in the district's table: [w123, r55]."""
    use: tuple[Use, ...] | None = None
    """Uses: [office, retail]."""
    built_before: Year | None = None
    """Completed before the beginning of this year."""
    built_after: Year | None = None
    """Completed after the end of this year."""
    heating_system: tuple[HeatingSystem, ...] | None = None
    """Heated so before this edit: [oil_boiler]."""
    area: dict[str, Any] | None = None
    """A drawn area: GeoJSON Polygon or MultiPolygon in WGS84; a building is in it where a point inside it is."""
    oldest: Share | None = None
    """Of the buildings that all other keys are true of, the oldest part: 0.33 is the oldest third."""

    @field_validator("area")
    @classmethod
    def _is_an_area(cls, value: dict[str, Any] | None) -> dict[str, Any] | None:
        return None if value is None else plain_area(value)


def plain_area(given: dict[str, Any]) -> dict[str, Any]:
    """Check a GeoJSON area and give its type and coordinates alone, to seven decimals (a centimetre).

    Parameters
    ----------
    given : dict
        A Polygon or MultiPolygon, or a Feature of one.

    Raises
    ------
    ValueError
        In words, what is wrong with it.
    """
    shape = given.get("geometry") if given.get("type") == "Feature" else given
    kind = shape.get("type") if isinstance(shape, dict) else shape
    if not isinstance(shape, dict) or kind not in {"Polygon", "MultiPolygon"}:
        raise ValueError(f"must be a GeoJSON Polygon or MultiPolygon, not {kind}")
    try:
        area = shapely.geometry.shape(shape)
        points = shapely.get_coordinates(area)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError, shapely.errors.GEOSException) as error:
        raise ValueError(f"has broken coordinates ({error})") from error
    if not 0 < len(points) <= _MOST_POINTS or area.area == 0.0:
        raise ValueError(f"must enclose something with at most {_MOST_POINTS} corners; it has {len(points)}")
    west, south, east, north = area.bounds
    if not (west >= -180 and east <= 180 and south >= -90 and north <= 90):
        raise ValueError(f"is not in degrees of WGS84: it reaches from {west:g}, {south:g} to {east:g}, {north:g}")
    rounded: dict[str, Any] = {"type": kind, "coordinates": _rounded(shape["coordinates"])}
    return rounded


def _rounded(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    return round(float(value), 7)
