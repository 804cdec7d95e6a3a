"""The figures that sessions are drawn from: fitted ones of homes, assumed ones of workplaces and public chargers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtri

from assets._errors import InputError
from assets.catalogue import table

Array = npt.NDArray[np.float64]

DAYS = ("workday", "workday before a day off", "day off before a day off", "day off before a workday")
"""Kinds of days: what tomorrow is decides how long cars stay tonight."""
CELLS = 24 * len(DAYS)
LEVELS = np.array([0.0, 0.01, 0.025, *(0.05 * k for k in range(1, 20)), 0.975, 0.99, 1.0])
LEVEL_COLUMNS = [f"q{1000 * level:04.0f}" for level in LEVELS]
POWERS_KW = (2.3, 3.6, 7.2, 11.0, 50.0)
"""Usual powers of on-board chargers and outlets: 10, 16 and 32 A of one phase, 16 A of three; and of direct current."""
SHARES = tuple(f"share_at_{kw:g}_kw" for kw in POWERS_KW)
_TAIL = (1e-3, 0.999)
_LONGEST_H, _MOST_KWH = 120.0, 100.0


@dataclass(frozen=True)
class Figures:
    """Figures of K kinds of users, by the C = 4 · 24 hours of the kinds of days, with L levels of quantiles.

    Attributes
    ----------
    users : tuple of str
        Names of the kinds.
    plug_in_rate : ndarray, shape (K, C)
        Plug-ins per hour without a car plugged in [1/h].
    dwell_h, energy_kwh : ndarray, shape (K, C, L)
        Quantiles at `LEVELS`.
    correlation : ndarray, shape (K, C)
        Of the normal scores of stay and energy.
    user_factor : ndarray, shape (K, L)
        Quantiles of how much oftener than the mean a user plugs in.
    user_share : ndarray, shape (K,)
        Share of the spread of energies (beyond that of the stays) that is between users.
    power_share : ndarray, shape (K, powers)
        Cumulated shares of users that charge at `POWERS_KW`.
    power_correlation : ndarray, shape (K,)
        Of the normal scores of users' energies and powers.
    """

    users: tuple[str, ...]
    plug_in_rate: Array
    dwell_h: Array
    energy_kwh: Array
    correlation: Array
    user_factor: Array
    user_share: Array
    power_share: Array
    power_correlation: Array


def day_kind(off: npt.NDArray[np.bool_], off_tomorrow: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Kind of day, as a place in `DAYS`, by whether the day and the next are lived as a weekend."""
    return np.where(off, np.where(off_tomorrow, 2, 3), np.where(off_tomorrow, 1, 0)).astype(np.int64)


def user_kinds() -> list[str]:
    """Kinds of users that figures are there for."""
    return [*table("ev_sessions")["users"].unique(), *table("ev_users")["users"]]


def figures_of(kinds: Sequence[str], fitted: pd.DataFrame | None = None) -> Figures:
    """Gather the figures of some kinds of users.

    Parameters
    ----------
    kinds : sequence of str
        "home", "workplace", "public".
    fitted : DataFrame, optional
        Figures of `assets.ev.fit.fit_sessions` in the place of the catalogue's.

    Returns
    -------
    Figures

    Raises
    ------
    InputError
        There are no figures of such users.
    """
    measured = table("ev_sessions") if fitted is None else fitted
    assumed = table("ev_users").set_index("users")
    known = [*measured["users"].unique(), *assumed.index]
    unknown = sorted(set(kinds) - set(known))
    if unknown:
        raise InputError([f"no figures of the users {', '.join(unknown)}; take one of {', '.join(known)}"])
    each = [
        _fitted(kind, measured[measured["users"] == kind])
        if (measured["users"] == kind).any()
        else _assumed(kind, assumed.loc[kind])
        for kind in kinds
    ]
    return Figures(
        tuple(kinds),
        *(
            np.stack([getattr(one, name) for one in each])
            for name in tuple(Figures.__dataclass_fields__)[1:]  # fields in their order
        ),
    )


def _fitted(kind: str, rows: pd.DataFrame) -> Figures:
    by_hour = {name: of.sort_values("hour") for name, of in rows.groupby("quantity", sort=False)}

    def hours(quantity: str, columns: str | list[str]) -> Array:
        of = by_hour[quantity]
        return np.concatenate([of.loc[of["day"] == day, columns].to_numpy(dtype=np.float64) for day in DAYS])

    def value(quantity: str) -> float:
        return float(by_hour[quantity]["value"].iloc[0])

    return Figures(
        (kind,),
        hours("plug_in_rate", "value"),
        hours("dwell", LEVEL_COLUMNS),
        hours("energy", LEVEL_COLUMNS),
        hours("energy", "value"),
        by_hour["user_factor"][LEVEL_COLUMNS].to_numpy(dtype=np.float64)[0],
        np.float64(value("user_share")),  # type: ignore[arg-type]
        _cumulated([value(name) if name in by_hour else 0.0 for name in SHARES]),
        np.float64(value("user_power_correlation")),  # type: ignore[arg-type]
    )


def _assumed(kind: str, row: pd.Series) -> Figures:
    """Take normal arrivals about an hour of the day, and lognormal stays and energies, the same in all hours."""
    away = (np.arange(24) + 0.5 - row["arrival_hour"] + 12) % 24 - 12
    shape = np.exp(-0.5 * (away / row["arrival_spread_h"]) ** 2)
    shape = shape / shape.sum()
    score = ndtri(np.clip(LEVELS, *_TAIL))
    dwell = np.minimum(row["dwell_median_h"] * np.exp(row["dwell_spread"] * score), _LONGEST_H)
    energy = np.minimum(row["energy_median_kwh"] * np.exp(row["energy_spread"] * score), _MOST_KWH)
    return Figures(
        (kind,),
        np.concatenate([row["workday_plug_ins"] * shape] * 2 + [row["weekend_plug_ins"] * shape] * 2),
        np.tile(dwell, (CELLS, 1)),
        np.tile(energy, (CELLS, 1)),
        np.full(CELLS, row["correlation"]),
        np.ones(len(LEVELS)),
        np.float64(row["user_share"]),  # type: ignore[arg-type]
        _cumulated(row[list(SHARES)].to_list()),
        np.float64(0.5 if row["user_share"] > 0 else 0.0),  # type: ignore[arg-type]
    )


def _cumulated(shares: Sequence[float]) -> Array:
    total = np.cumsum(np.asarray(shares, dtype=np.float64))
    return np.asarray(total / total[-1])
