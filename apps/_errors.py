"""What can go wrong in the scenes, told so that a person can put it right."""

from __future__ import annotations


class AppError(Exception):
    """Base of every error of the scenes."""


class UnknownDistrictError(AppError):
    """No district of that name is there."""


class UnknownScenarioError(AppError):
    """No scenario of that name is open."""


class UnknownTableError(AppError):
    """The district has no such table, or the map does not show it."""


class UnknownQuantityError(AppError):
    """The map knows no such quantity or day."""


class UnknownBuildingError(AppError):
    """The district has no such building."""


class UnknownElementError(AppError):
    """The networks have no such element."""


class PortInUseError(AppError):
    """Another program listens on the port."""
