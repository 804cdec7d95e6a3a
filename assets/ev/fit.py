"""Fit the figures of `assets/catalogue/ev_sessions.csv` to measured sessions: `python -m assets.ev.fit FILE`.

What is fitted, by kind of day and hour of the local clock:

- `plug_in_rate`: plug-ins per hour in which a car is not plugged in (a hazard: it counts the hours that cars could
  have come, so that sessions drawn from it never overlap and come at the measured hours);
- `dwell` and `energy`: quantiles of stays and energies by the hour of arrival, and how the two hang together in an
  hour (`correlation`: of their normal scores, a Gaussian copula).

And of the users: how much oftener than the mean each plugs in (`user_factor`, quantiles), which share of the spread of
energies is between users (`user_share`), and the powers they charge at.
"""

from __future__ import annotations

import argparse
import csv
import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtri
from scipy.stats import rankdata

from assets.ev.figures import CELLS, DAYS, LEVEL_COLUMNS, LEVELS, POWERS_KW, SHARES, day_kind
from assets.ev.measured import MOST_KW, clean_sessions, read_sessions

Array = npt.NDArray[np.float64]

COLUMNS = ["users", "quantity", "day", "hour", "sessions", "value", *LEVEL_COLUMNS, "kind", "source"]
LEAST_IN_HOUR = 150
"""An hour with fewer sessions borrows those of the hours around it."""
SOURCE = (
    "Fitted (assets.ev.fit) to Sørensen, Sartori, Lindberg, Andresen, Electric vehicle charging dataset with 35,000 "
    "charging sessions from 12 residential locations in Norway, Data in Brief 57, 110883, 2024, CC BY 4.0; 9 of them"
)


def fit_sessions(sessions: pd.DataFrame, users: str = "home") -> pd.DataFrame:
    """Fit arrivals, stays and energies.

    Parameters
    ----------
    sessions : DataFrame
        Cleaned (`clean_sessions`).
    users : str
        What to call the users in the catalogue.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`, as in `ev_sessions.csv`.
    """
    cell = _cell(sessions["plug_in"])
    exposure = _free_hours(sessions)
    arrivals = np.bincount(cell, minlength=CELLS)
    rate = arrivals / np.maximum(exposure.sum(axis=0), 1e-9)
    rows: list[dict[str, Any]] = []

    def add(quantity: str, at: int | None, count: int, value: float, quantiles: Array | None = None) -> None:
        row: dict[str, Any] = {"users": users, "quantity": quantity, "sessions": count, "value": _figures(value)}
        if at is not None:
            row |= {"day": DAYS[at // 24], "hour": at % 24}
        if quantiles is not None:
            row |= {name: _figures(q) for name, q in zip(LEVEL_COLUMNS, quantiles, strict=True)}
        rows.append(row)

    for at in range(CELLS):
        add("plug_in_rate", at, int(arrivals[at]), rate[at])
    scores = np.zeros((2, len(sessions)))
    correlation = np.zeros(CELLS)
    values = sessions[["dwell_h", "energy_kwh"]].to_numpy().T
    for at in range(CELLS):
        near = _near(cell, at)
        scores_near = np.array([_normal_scores(values[k][near]) for k in (0, 1)])
        correlation[at] = np.corrcoef(scores_near)[0, 1]
        scores[:, cell == at] = scores_near[:, cell[near] == at]
        for k, quantity in enumerate(("dwell", "energy")):
            of = values[k][near]
            add(quantity, at, len(of), correlation[at] if k else of.mean(), np.quantile(of, LEVELS))
    for quantity, value, quantiles in _users(sessions, exposure @ rate, scores, correlation[cell]):
        add(quantity, None, sessions["user_id"].nunique(), value, quantiles)
    table = pd.DataFrame(rows, columns=COLUMNS)
    return table.assign(hour=table["hour"].astype("Int64"), kind="measured", source=SOURCE)


def _users(
    sessions: pd.DataFrame, expected: Array, scores: Array, correlation: Array
) -> list[tuple[str, float, Array | None]]:
    """Figures of the users: how often, how much, at which power."""
    users = pd.Categorical(sessions["user_id"])
    factor = np.bincount(users.codes) / np.maximum(expected, 1e-9)
    rest = pd.Series(scores[1] - correlation * scores[0])
    by_user = rest.groupby(users.codes)
    within = float(((by_user.size() - 1) * by_user.var()).sum() / (len(rest) - len(factor)))
    share = 1.0 - within / float(rest.var())
    power = (sessions["energy_kwh"] / sessions["dwell_h"]).groupby(users.codes).quantile(0.95).to_numpy()
    level = np.digitize(power, [2.5, 3.8, 7.6])
    together = np.corrcoef(_normal_scores(by_user.mean().to_numpy()), _normal_scores(power))[0, 1]
    found: list[tuple[str, float, Array | None]] = [
        ("user_factor", float(factor.mean()), np.quantile(factor, LEVELS)),
        ("user_share", share, None),
        ("user_power_correlation", float(together), None),
    ]
    found += [(name, float(np.mean(level == k)), None) for k, name in enumerate(SHARES) if POWERS_KW[k] < MOST_KW]
    return found


def _cell(times: pd.Series) -> npt.NDArray[np.int64]:
    """Hour of the kinds of days, 0 to `CELLS` - 1; holidays are not told apart."""
    return _cell_of(times.dt.dayofweek.to_numpy(), times.dt.hour.to_numpy())


def _cell_of(weekday: npt.NDArray[np.int64], hour: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    return np.asarray(hour + 24 * day_kind(weekday >= 5, (weekday + 1) % 7 >= 5), dtype=np.int64)


def _free_hours(sessions: pd.DataFrame) -> Array:
    """Hours of each user, from first to last session, in which no car of theirs is plugged in; shape (users, cells)."""
    users = pd.Categorical(sessions["user_id"])
    start = sessions["plug_in"].to_numpy(dtype="datetime64[s]").astype(np.int64) / 3600.0
    end = start + sessions["dwell_h"].to_numpy()
    latest = pd.Series(end).groupby(users.codes).cummax().to_numpy()
    same = users.codes[1:] == users.codes[:-1]
    free = same & (start[1:] > latest[:-1])
    begin, stop, of = latest[:-1][free], start[1:][free], users.codes[:-1][free]
    first, last = np.floor(begin).astype(np.int64), np.ceil(stop).astype(np.int64)
    count = last - first
    hour = np.repeat(first - np.concatenate([[0], np.cumsum(count)[:-1]]), count) + np.arange(count.sum())
    part = np.minimum(hour + 1, np.repeat(stop, count)) - np.maximum(hour, np.repeat(begin, count))
    # 1 January 1970 was a Thursday.
    flat = np.repeat(of, count) * CELLS + _cell_of((hour // 24 + 3) % 7, hour % 24)
    hours = np.bincount(flat, weights=part, minlength=CELLS * len(users.categories))
    return np.asarray(hours.reshape(-1, CELLS))


def _near(cell: npt.NDArray[np.int64], at: int) -> npt.NDArray[np.int64]:
    """Sessions of the hour, and of as many hours around it as it takes to have enough."""
    for reach in range(12):
        hours = {(at % 24 + step) % 24 + 24 * (at // 24) for step in range(-reach, reach + 1)}
        near = np.flatnonzero(np.isin(cell, list(hours)))
        if len(near) >= LEAST_IN_HOUR:
            break
    return near


def _normal_scores(values: Array) -> Array:
    return np.asarray(ndtri(rankdata(values) / (len(values) + 1)))


def _figures(value: float) -> float:
    return float(f"{value:.4g}")


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write the catalogue's file: the same bytes for the same sessions."""
    temporary = path.with_suffix(".part")
    table.to_csv(temporary, index=False, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
    temporary.replace(path)


def main(arguments: list[str] | None = None) -> int:
    """Remake the catalogue's figures from a file of sessions."""
    parser = argparse.ArgumentParser(prog="python -m assets.ev.fit", description=__doc__.splitlines()[0])
    parser.add_argument("sessions", type=Path, help="CSV file of measured sessions")
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "catalogue" / "ev_sessions.csv")
    asked = parser.parse_args(arguments)
    sessions, report = clean_sessions(read_sessions(asked.sessions))
    write_table(fit_sessions(sessions), asked.out)
    lines = [f"{count:>7} {what}" for what, count in report.items()]
    sys.stdout.write("\n".join([*lines, f"written to {asked.out}", ""]))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
