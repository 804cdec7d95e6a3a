"""Measured charging sessions: read and cleaned.

The rules are those of the data article's own table of cleaning: Sørensen, Sartori, Lindberg, Andresen, Electric
vehicle charging dataset with 35,000 charging sessions from 12 residential locations in Norway, Data in Brief 57,
110883, 2024 (CC BY 4.0).
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from assets._errors import InputError

COLUMNS = ("location", "user_id", "plugin_time", "plugout_time", "connection_time", "energy_session")
"""Columns of a file of sessions; times on the local clock, `connection_time` in h, `energy_session` in kWh."""

LEAST_KWH, MOST_KWH = 0.5, 150.0
LEAST_H, MOST_H = 2.0 / 60.0, 120.0
MOST_KW = 11.5
LEAST_SESSIONS = 10
RESTART_H = 5.0 / 60.0
"""A car that is plugged in again this soon has not been away: one stay."""


def read_sessions(path: str | Path) -> pd.DataFrame:
    """Read a CSV file of sessions.

    Parameters
    ----------
    path : str or Path
        File with the columns `COLUMNS`; may be compressed.

    Returns
    -------
    DataFrame
        As in the file, times parsed (naive, local clock).

    Raises
    ------
    InputError
        Columns are missing or times cannot be read.
    """
    frame = pd.read_csv(path)
    missing = [name for name in COLUMNS if name not in frame.columns]
    if missing:
        raise InputError([f"{path}: no column {', '.join(missing)}; sessions need {', '.join(COLUMNS)}"])
    for name in ("plugin_time", "plugout_time"):
        times = pd.to_datetime(frame[name], errors="coerce", format="%Y-%m-%d %H:%M:%S")
        bad = frame.index[times.isna() & frame[name].notna()]
        if len(bad):
            raise InputError([f"{path}: line {bad[0] + 2}: {name} {frame[name][bad[0]]!r} is no time: write YYYY-MM-DD HH:MM:SS"])  # fmt: skip # noqa: E501
        frame[name] = times
    return frame


def clean_sessions(sessions: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, int]]:
    """Drop what cannot be a charging session, and join stays that were interrupted for minutes.

    Parameters
    ----------
    sessions : DataFrame
        As `read_sessions` gives it.

    Returns
    -------
    sessions : DataFrame
        Sorted by user and time: location, user_id, plug_in (local clock), dwell_h, energy_kwh.
    report : dict of str to int
        How many sessions each rule took, in the order applied, and how many are left.

    Notes
    -----
    `connection_time` is the stay: the difference of the two clock times is an hour off where the clock was set in
    between.
    """
    frame = pd.DataFrame(
        {
            "location": sessions["location"],
            "user_id": sessions["user_id"],
            "plug_in": sessions["plugin_time"],
            "dwell_h": sessions["connection_time"].astype(float),
            "energy_kwh": sessions["energy_session"].astype(float),
        }
    ).sort_values(["user_id", "plug_in"], kind="stable", ignore_index=True)
    report: dict[str, int] = {"read": len(frame)}

    def keep(rule: str, good: pd.Series) -> None:
        nonlocal frame
        report[rule] = int((~good).sum())
        frame = frame[good].reset_index(drop=True)

    keep("no plug-out", frame["dwell_h"].notna() & frame["plug_in"].notna())
    report["joined to the stay before"] = len(frame)
    frame = _join_restarts(frame)
    report["joined to the stay before"] -= len(frame)
    keep("energy too small or too large", frame["energy_kwh"].between(LEAST_KWH, MOST_KWH, inclusive="right"))
    keep("stay too short or too long", frame["dwell_h"].between(LEAST_H, MOST_H))
    keep("more power than any charger there", frame["energy_kwh"] / frame["dwell_h"] < MOST_KW)
    keep("user of few sessions", frame.groupby("user_id")["plug_in"].transform("size") >= LEAST_SESSIONS)
    report["left"] = len(frame)
    return frame, report


def _join_restarts(frame: pd.DataFrame) -> pd.DataFrame:
    ends = frame["plug_in"] + pd.to_timedelta(frame["dwell_h"], unit="h")
    away_h = (frame["plug_in"] - ends.groupby(frame["user_id"]).shift()) / pd.Timedelta(hours=1)
    # Users of two cars plug the second in while the first charges: that is no restart.
    stay = (~away_h.between(0.0, RESTART_H)).cumsum()
    joined = frame.groupby(stay, sort=False).agg(
        location=("location", "first"),
        user_id=("user_id", "first"),
        plug_in=("plug_in", "first"),
        dwell_h=("dwell_h", "sum"),
        energy_kwh=("energy_kwh", "sum"),
    )
    return joined.reset_index(drop=True)
