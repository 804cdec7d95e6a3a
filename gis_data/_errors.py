"""Every error that this package raises: one line each, all of them a GisDataError."""

from __future__ import annotations

from collections.abc import Iterable


class GisDataError(Exception):
    """Geodata, a district or a weather file cannot be used; the message says what to change."""


class ReadError(GisDataError):
    """A file of geodata cannot be read."""


class GeoJsonError(ReadError):
    """A GeoJSON file has rows that cannot become buildings; the message names each."""


class LiveDataError(GisDataError):
    """Overpass or Nominatim gave no usable answer."""


class BuildError(GisDataError):
    """The input holds nothing that a district can be made of."""


class WeatherError(GisDataError):
    """A weather file or service gave no usable weather."""


class UnknownDistrictError(GisDataError):
    """No district of that name or at that path."""


class DistrictError(GisDataError):
    """A district folder breaks the rules of tables.csv; `errors` lists each breach.

    Attributes
    ----------
    errors : tuple of str
        One sentence per breach: file, row, what is wrong.
    """

    def __init__(self, title: str, errors: Iterable[str]) -> None:
        self.errors = tuple(errors)
        super().__init__("\n".join([title, *(f"- {error}" for error in self.errors)]))
