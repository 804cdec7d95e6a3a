"""Electric cars: measured sessions, what was fitted to them, sessions drawn from it, and how they are charged."""

from assets.ev.charging import Charging, charge_sessions
from assets.ev.fleet import charge_points, station_points
from assets.ev.measured import clean_sessions, read_sessions
from assets.ev.sessions import Sessions, sample_sessions

__all__ = [
    "Charging",
    "Sessions",
    "charge_points",
    "charge_sessions",
    "clean_sessions",
    "read_sessions",
    "sample_sessions",
    "station_points",
]
