"""Errors of the weather package: all of them a `gis_data._errors.WeatherError`."""

from __future__ import annotations

from collections.abc import Sequence

from gis_data._errors import WeatherError


class WeatherProblemsError(WeatherError):
    """Weather that can't be used; the message lists every reason and the remedy.

    Attributes
    ----------
    origin : str
        File, service or set of normals.
    problems : tuple of str
        One sentence each.
    """

    def __init__(self, origin: str, problems: Sequence[str] | str) -> None:
        self.origin = origin
        self.problems = (problems,) if isinstance(problems, str) else tuple(problems)
        text = self.problems[0] if len(self.problems) == 1 else "".join(f"\n- {problem}" for problem in self.problems)
        super().__init__(f"{origin}: {text}")


class WeatherFileError(WeatherProblemsError):
    """A weather file is broken, incomplete or physically impossible."""


class WeatherUnavailableError(WeatherProblemsError):
    """A weather service could not be reached or refused, and nothing is cached."""


class NormalsError(WeatherProblemsError):
    """Monthly normals are missing, incomplete or impossible."""
