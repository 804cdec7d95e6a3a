"""Draw charging sessions: when cars come, how long they stay and what they need."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets._errors import InputError
from assets.ev._sampling_kernel import cumulated_rate, draw
from assets.ev.figures import LEVELS, POWERS_KW, Figures, day_kind, figures_of
from assets.time_grid import HOUR, TimeGrid

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Sessions:
    """Charging sessions, arrays of shape (s,), those of a charger together and in their order.

    Attributes
    ----------
    charger : ndarray of int32
        Row of the charger.
    plug_in_h : ndarray of float64
        Hours from the start of the series to the plug-in.
    dwell_h : ndarray of float64
        Stay [h]; may go beyond the end of the series.
    energy_kwh : ndarray of float64
        Energy needed, at the charger [kWh].
    power_kw : ndarray of float64
        Power that the car can take [kW].
    n_chargers : int
        How many chargers there are, idle ones too.
    """

    charger: npt.NDArray[np.int32]
    plug_in_h: Array
    dwell_h: Array
    energy_kwh: Array
    power_kw: Array
    n_chargers: int

    def __len__(self) -> int:
        return len(self.charger)

    @classmethod
    def none(cls, n_chargers: int) -> Sessions:
        """No sessions at all."""
        return cls(*_arrays(0), n_chargers)

    def take(self, which: npt.NDArray[np.bool_], **other: Array) -> Sessions:
        """Take some of the sessions, with other values of columns where they are given, shape (s,)."""
        columns: dict[str, Any] = {name: other.get(name, getattr(self, name))[which] for name in COLUMNS}
        return Sessions(**columns, n_chargers=self.n_chargers)

    def and_then(self, later: Sessions) -> Sessions:
        """Join them with others of the same chargers: what is left of the time before, and what comes now."""
        both: dict[str, Any] = {n: np.concatenate([getattr(self, n), getattr(later, n)]) for n in COLUMNS}
        order = np.lexsort((both["plug_in_h"], both["charger"]))
        return Sessions(**{name: values[order] for name, values in both.items()}, n_chargers=self.n_chargers)

    @property
    def possible_kwh(self) -> Array:
        """What can be delivered at most within the stay, at the car's power, shape (s,)."""
        return np.minimum(self.energy_kwh, self.power_kw * self.dwell_h)

    def frame(self, start: pd.Timestamp) -> pd.DataFrame:
        """As a table with times, `start` being the first instant of the series."""
        return pd.DataFrame(
            {
                "charger": self.charger,
                "plug_in": start + pd.to_timedelta(self.plug_in_h, unit="h"),
                "dwell_h": self.dwell_h,
                "energy_kwh": self.energy_kwh,
                "power_kw": self.power_kw,
            }
        )


COLUMNS = ("charger", "plug_in_h", "dwell_h", "energy_kwh", "power_kw")
"""Arrays of `Sessions`, in its order."""


def sample_sessions(
    chargers: int | Sequence[str],
    time: TimeGrid,
    *,
    users: str | Sequence[str] = "home",
    seed: int = 0,
    holidays: Collection[date] = (),
    plug_in_factor: float = 1.0,
    figures: pd.DataFrame | None = None,
) -> Sessions:
    """Draw the sessions of chargers.

    Parameters
    ----------
    chargers : int or sequence of str
        How many, or their ids: a charger draws by its id and the seed, whatever others there are.
    time : TimeGrid
        When, and the zone whose clock people live by; how long its steps are makes no difference to the sessions.
    users : str or sequence of str
        "home", "workplace" or "public", of all or of each charger.
    seed : int
        Seed of the draw.
    holidays : collection of date
        Days that are lived as weekends, by the local calendar.
    plug_in_factor : float
        How much oftener than measured cars are plugged in.
    figures : DataFrame, optional
        Other fitted figures than the catalogue's, of `assets.ev.fit.fit_sessions`.

    Returns
    -------
    Sessions
        None overlap at a charger.

    Raises
    ------
    InputError
        There are no figures of such users.

    Notes
    -----
    Plug-ins are a Poisson process while no car is plugged in, its rate by kind of day and hour, times a factor of the
    user's own; stays and energies come from the quantiles of the hour, joined by a Gaussian copula with an effect of
    the user. The figures are those of `assets.ev.fit`.
    """
    ids = [str(i) for i in range(chargers)] if isinstance(chargers, int) else [str(i) for i in chargers]
    each = [users] * len(ids) if isinstance(users, str) else list(users)
    if len(each) != len(ids):
        raise InputError([f"{len(ids)} chargers, but users of {len(each)}: give one kind for all, or one for each"])
    kinds = list(dict.fromkeys(each)) or ["home"]
    found = figures_of(kinds, figures)
    kind = np.array([kinds.index(name) for name in each], dtype=np.int64)
    hours = pd.date_range(time.start, periods=math.ceil(time.n * time.step_h), freq=HOUR)
    cells = day_cells(hours, time.zone, holidays)
    rates = cumulated_rate(found.plug_in_rate, cells)
    given = (_seeds(ids, seed), kind, cells, LEVELS, rates, *_of(found), float(plug_in_factor))
    count = draw(*given, _arrays(0))
    out = _arrays(count)
    draw(*given, out)
    drawn = Sessions(*out, n_chargers=len(ids))
    return drawn if len(hours) == time.n * time.step_h else drawn.take(drawn.plug_in_h < time.n * time.step_h)


def day_cells(index: pd.DatetimeIndex, timezone: str, holidays: Collection[date] = ()) -> npt.NDArray[np.int64]:
    """Hour of the local clock by the kinds of days of `assets.ev.figures`: 0 to 23 on workdays, and so on, shape (T,).

    Weekends and holidays are days off.
    """
    local = index.tz_convert(timezone)
    today = local.tz_localize(None).normalize()
    given = pd.DatetimeIndex([pd.Timestamp(day) for day in sorted(holidays)])

    def off(days: pd.DatetimeIndex) -> npt.NDArray[np.bool_]:
        return np.asarray((days.dayofweek >= 5) | days.isin(given))

    return np.asarray(
        local.hour.to_numpy() + 24 * day_kind(off(today), off(today + pd.Timedelta(days=1))), dtype=np.int64
    )


def _of(found: Figures) -> tuple[Array, ...]:
    return (
        found.dwell_h,
        found.energy_kwh,
        found.correlation,
        found.user_factor,
        found.user_share,
        found.power_share,
        found.power_correlation,
        np.array(POWERS_KW),
    )


def _arrays(count: int) -> tuple[npt.NDArray[np.int32], Array, Array, Array, Array]:
    return np.empty(count, dtype=np.int32), np.empty(count), np.empty(count), np.empty(count), np.empty(count)


def _seeds(ids: Sequence[str], seed: int) -> npt.NDArray[np.uint64]:
    digests = b"".join(hashlib.blake2b(f"ev:{seed}:{i}".encode(), digest_size=8).digest() for i in ids)
    return np.frombuffer(digests, dtype="<u8").astype(np.uint64)
