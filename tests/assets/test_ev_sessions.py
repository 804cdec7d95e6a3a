"""Charging sessions: cleaned, fitted, drawn, and held against the measured ones."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import cdist
from scipy.stats import energy_distance as distance_of_one
from scipy.stats import ks_2samp, spearmanr

from assets._errors import InputError
from assets.catalogue import table
from assets.ev import Sessions, clean_sessions, read_sessions, sample_sessions
from assets.ev.figures import LEVEL_COLUMNS, figures_of, user_kinds
from assets.ev.fit import fit_sessions
from assets.ev.sessions import day_cells
from assets.time_grid import TimeGrid

YEAR = pd.date_range("2024-12-31T23:00Z", periods=8760, freq="h")
OSLO = "Europe/Oslo"
FILE = "measured/norway_ev_sessions.csv.gz"


@pytest.fixture(scope="module")
def measured(shared_data: Path) -> pd.DataFrame:
    return clean_sessions(read_sessions(shared_data / FILE))[0]


@pytest.fixture(scope="module")
def drawn() -> pd.DataFrame:
    """A year of 2,000 chargers at home, from the catalogue's figures.

    Energies hang on users: of few chargers the mean is as uncertain as that of the 158 measured users.
    """
    return _frame(sample_sessions(2000, TimeGrid.of_index(YEAR, OSLO), seed=1))


@pytest.fixture(scope="module")
def foreseen(measured: pd.DataFrame) -> pd.DataFrame:
    """A year of 4,000 chargers from what is fitted to the first three quarters of the measured sessions."""
    return _frame(
        sample_sessions(4000, TimeGrid.of_index(YEAR, OSLO), seed=2, figures=fit_sessions(_split(measured)[0]))
    )


def _frame(sessions: Sessions) -> pd.DataFrame:
    frame = sessions.frame(YEAR[0].tz_convert(OSLO))
    frame["deliverable_kwh"] = sessions.possible_kwh
    return frame


def _hour(times: pd.Series) -> np.ndarray:
    return (times.dt.hour + times.dt.minute / 60).to_numpy()


def _raw(**changes: list[object]) -> pd.DataFrame:
    """Twelve good sessions of one user, of which some columns are changed."""
    day = pd.date_range("2020-01-01 17:00", periods=12, freq="D")
    frame = pd.DataFrame(
        {
            "location": "A",
            "user_id": "u",
            "plugin_time": day,
            "plugout_time": day + pd.Timedelta(hours=12),
            "connection_time": 12.0,
            "energy_session": 10.0,
        }
    )
    for name, values in changes.items():
        frame.loc[: len(values) - 1, name] = values
    return frame


def test_what_cannot_be_a_session_is_dropped_and_counted() -> None:
    clean, report = clean_sessions(
        _raw(connection_time=[np.nan, 0.01, 200.0, 0.5], energy_session=[10.0, 10.0, 10.0, 10.0, 0.2, 160.0])
    )
    assert report["no plug-out"] == 1
    assert report["energy too small or too large"] == 2
    assert report["stay too short or too long"] == 2
    assert report["more power than any charger there"] == 1
    assert report["user of few sessions"] == report["read"] - 6
    assert len(clean) == report["left"] == 0


def test_a_restart_within_minutes_is_one_stay() -> None:
    raw = _raw()
    raw.loc[1, "plugin_time"] = raw.loc[0, "plugin_time"] + pd.Timedelta(hours=12, minutes=3)
    clean, report = clean_sessions(raw)
    assert report["joined to the stay before"] == 1
    assert clean["dwell_h"].max() == 24
    assert clean["energy_kwh"].sum() == 120


def test_a_file_without_the_columns_says_which(tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    path.write_text("location,user_id\nA,u\n")
    with pytest.raises(InputError, match=r"s\.csv: no column plugin_time, plugout_time"):
        read_sessions(path)
    _raw().assign(plugin_time="yesterday").to_csv(path, index=False)
    with pytest.raises(InputError, match=r"line 2: plugin_time 'yesterday' is no time"):
        read_sessions(path)


def test_the_measured_sessions_are_cleaned_as_their_authors_say(shared_data: Path) -> None:
    clean, report = clean_sessions(read_sessions(shared_data / FILE))
    assert report["read"] == 24_534
    assert report["no plug-out"] == 9
    assert 0.96 < len(clean) / report["read"] < 0.99
    assert clean["dwell_h"].between(2 / 60, 120).all()
    assert (clean["energy_kwh"] / clean["dwell_h"]).max() < 11.5


def test_the_catalogue_is_what_the_fit_gives(shared_data: Path, tmp_path: Path) -> None:
    """Byte for byte, by the command that the README tells."""
    out = tmp_path / "ev_sessions.csv"
    done = subprocess.run(
        [sys.executable, "-m", "assets.ev.fit", str(shared_data / FILE), "--out", str(out)],
        cwd=Path(__file__).parents[2],
        check=True,
        capture_output=True,
        text=True,
    )
    assert "no plug-out" in done.stdout
    kept = Path(__file__).parents[2] / "assets" / "catalogue" / "ev_sessions.csv"
    assert out.read_bytes() == kept.read_bytes()


@pytest.mark.parametrize("what", ["hour", "dwell", "energy", "deliverable"])
def test_sessions_drawn_are_like_the_measured(measured: pd.DataFrame, drawn: pd.DataFrame, what: str) -> None:
    """Two-sample Kolmogorov–Smirnov statistic below 0.04; with so many sessions even 0.01 would be significant."""
    ours, theirs = _pair(what, drawn, measured)
    assert ks_2samp(ours, theirs).statistic < 0.04


@pytest.mark.parametrize(("what", "within"), [("hour", 0.05), ("dwell", 0.05), ("energy", 0.09), ("deliverable", 0.10)])
def test_sessions_drawn_from_the_first_three_quarters_are_like_the_last(
    measured: pd.DataFrame, foreseen: pd.DataFrame, what: str, within: float
) -> None:
    """Fitted on the first 75 % of each site in time, compared with the rest.

    The sites themselves drift: between their first 75 % and their last 25 % the statistic is 0.02 (hour, stay) and
    0.06 (energy: larger batteries).
    """
    first, last = _split(measured)
    ours, theirs = _pair(what, foreseen, last)
    drift = ks_2samp(*_pair(what, first.assign(deliverable_kwh=first["energy_kwh"]), last)).statistic
    assert drift < 0.065
    assert ks_2samp(ours, theirs).statistic < within


def test_small_samples_cannot_be_told_apart_from_held_out_sessions(
    measured: pd.DataFrame, foreseen: pd.DataFrame
) -> None:
    """Of 300 pairs of samples of 100 sessions each, at most 12 % are told apart at the level of 5 % by hour and stay.

    By energy, hardly more than the measured sessions of the first three quarters themselves: batteries grew.
    """
    first, last = _split(measured)
    told = {what: _told_apart(*_pair(what, foreseen, last)) for what in ("hour", "dwell", "energy")}
    assert told["hour"] < 0.12
    assert told["dwell"] < 0.12
    drift = _told_apart(first["energy_kwh"].to_numpy(), last["energy_kwh"].to_numpy())
    assert told["energy"] < drift + 0.15


def _told_apart(ours: np.ndarray, theirs: np.ndarray) -> float:
    rng = np.random.default_rng(4)
    return float(np.mean([ks_2samp(rng.choice(ours, 100), rng.choice(theirs, 100)).pvalue < 0.05 for _ in range(300)]))


def test_stay_and_energy_hang_together_as_measured(measured: pd.DataFrame, drawn: pd.DataFrame) -> None:
    """Energy distance (Székely, Rizzo 2004) of hour, stay and energy: at most a quarter of that to independent ones."""
    ours = spearmanr(drawn["dwell_h"], drawn["energy_kwh"]).statistic
    theirs = spearmanr(measured["dwell_h"], measured["energy_kwh"]).statistic
    assert ours == pytest.approx(theirs, abs=0.05)
    rng = np.random.default_rng(5)

    def points(frame: pd.DataFrame) -> np.ndarray:
        some = frame.sample(4000, random_state=6)
        angle = _hour(some["plug_in"]) / 24 * 2 * np.pi
        return np.column_stack([np.cos(angle), np.sin(angle), np.log(some["dwell_h"]), np.log(some["energy_kwh"])])

    real, made = points(measured), points(drawn)
    shuffled = np.column_stack([real[:, :2], rng.permutation(real[:, 2]), rng.permutation(real[:, 3])])
    assert _energy_distance(real, made) < 0.25 * _energy_distance(real, shuffled)


def _energy_distance(a: np.ndarray, b: np.ndarray) -> float:
    # Without each point's distance of 0 to itself, two samples of one distribution are 0 apart in the mean.
    within = [cdist(x, x).sum() / len(x) / (len(x) - 1) for x in (a, b)]
    return float(2 * cdist(a, b).mean() - sum(within))


def test_stays_end_in_the_morning(measured: pd.DataFrame, drawn: pd.DataFrame) -> None:
    """Nobody fitted the hour of leaving: it comes of arrivals and stays, and peaks from 6 to 9 on workdays."""

    def leaving(frame: pd.DataFrame) -> np.ndarray:
        out = frame["plug_in"] + pd.to_timedelta(frame["dwell_h"], unit="h")
        return _hour(out[frame["plug_in"].dt.dayofweek < 4])

    assert distance_of_one(leaving(drawn), leaving(measured)) < 0.35
    assert np.mean((leaving(drawn) >= 6) & (leaving(drawn) < 9)) == pytest.approx(
        np.mean((leaving(measured) >= 6) & (leaving(measured) < 9)), abs=0.05
    )


def test_as_many_sessions_a_day_as_measured(measured: pd.DataFrame) -> None:
    spans = measured.groupby("user_id")["plug_in"].agg(["min", "max", "size"])
    days = (spans["max"] - spans["min"]) / pd.Timedelta(days=1)
    theirs = spans["size"] / days
    sessions = sample_sessions(600, TimeGrid.of_index(YEAR, OSLO))
    ours = np.bincount(sessions.charger, minlength=600) / 365
    assert ours.mean() == pytest.approx(theirs.mean(), rel=0.12)
    assert np.median(ours) == pytest.approx(theirs.median(), rel=0.2)


def test_weekends_and_holidays_are_lived_alike(drawn: pd.DataFrame) -> None:
    weekend = drawn["plug_in"].dt.dayofweek >= 5
    before_four = _hour(drawn["plug_in"]) < 16
    assert before_four[weekend].mean() > before_four[~weekend].mean() + 0.03, "cars come sooner at weekends"
    # 18 June 2025 is a Wednesday.
    plain, off = (day_cells(YEAR, OSLO, days) for days in ((), [date(2025, 6, 18)]))
    changed = np.flatnonzero(plain != off)
    assert YEAR[changed[0]].tz_convert(OSLO).strftime("%Y-%m-%d %H") == "2025-06-17 00"
    assert (plain[changed] // 24 == 0).all()
    assert (off[changed] // 24).tolist() == [1] * 24 + [3] * 24, (
        "the day before a day off, the day off before a workday"
    )


def test_habits_follow_the_local_clock_through_the_year(drawn: pd.DataFrame) -> None:
    """The median hour of arrival by the clock is the same in summer and winter time."""
    hour = _hour(drawn["plug_in"])
    month = drawn["plug_in"].dt.month.to_numpy()
    assert np.median(hour[month == 7]) == pytest.approx(np.median(hour[month == 1]), abs=0.25)


def test_no_charger_has_two_cars(drawn: pd.DataFrame) -> None:
    end = drawn["plug_in"] + pd.to_timedelta(drawn["dwell_h"], unit="h")
    same = drawn["charger"].to_numpy()[1:] == drawn["charger"].to_numpy()[:-1]
    assert (drawn["plug_in"].to_numpy()[1:][same] >= end.to_numpy()[:-1][same]).all()


def test_a_charger_draws_by_its_own_id_and_the_seed() -> None:
    few = sample_sessions(["a", "b"], TimeGrid.of_index(YEAR, OSLO))
    more = sample_sessions(["x", "b", "a"], TimeGrid.of_index(YEAR, OSLO))
    for name, at in (("a", 2), ("b", 1)):
        first = few.charger == ["a", "b"].index(name)
        np.testing.assert_array_equal(few.plug_in_h[first], more.plug_in_h[more.charger == at])
        np.testing.assert_array_equal(few.energy_kwh[first], more.energy_kwh[more.charger == at])
    other = sample_sessions(["a", "b"], TimeGrid.of_index(YEAR, OSLO), seed=1)
    assert len(other) != len(few) or (other.plug_in_h != few.plug_in_h).any()


def test_workplaces_charge_by_day_on_workdays_and_public_ones_turn_over() -> None:
    work = _frame(sample_sessions(100, TimeGrid.of_index(YEAR, OSLO), users="workplace"))
    public = _frame(sample_sessions(100, TimeGrid.of_index(YEAR, OSLO), users="public"))
    hour = _hour(work["plug_in"])
    assert ((hour > 5) & (hour < 12)).mean() > 0.95
    assert (work["plug_in"].dt.dayofweek < 5).mean() > 0.95
    assert work["dwell_h"].median() == pytest.approx(7.2, rel=0.05)
    assert public["dwell_h"].median() < 3
    fast = sample_sessions(20, TimeGrid.of_index(YEAR, OSLO), users="public_fast")
    assert np.median(fast.dwell_h) < 1
    assert fast.power_kw.min() == 50.0
    assert sample_sessions(200, TimeGrid.of_index(YEAR, OSLO)).power_kw.max() == 11.0, "nobody has 50 kW at home"
    mixed = sample_sessions(3, TimeGrid.of_index(YEAR, OSLO), users=["home", "public", "workplace"])
    assert set(mixed.charger) == {0, 1, 2}


def test_more_often_means_more_sessions() -> None:
    once, twice = (
        len(sample_sessions(50, TimeGrid.of_index(YEAR, OSLO), plug_in_factor=factor)) for factor in (1.0, 2.0)
    )
    assert 1.3 * once < twice < 2.0 * once


def test_no_charger_draws_nothing() -> None:
    none = sample_sessions(0, TimeGrid.of_index(YEAR, OSLO))
    assert len(none) == none.n_chargers == 0


def test_mistakes_say_what_to_do() -> None:
    with pytest.raises(
        InputError, match="no figures of the users aliens; take one of home, workplace, public, public_fast"
    ):
        sample_sessions(1, TimeGrid.of_index(YEAR, OSLO), users="aliens")
    with pytest.raises(InputError, match="no time zone"):
        sample_sessions(1, TimeGrid.of_index(YEAR.tz_localize(None), OSLO))
    with pytest.raises(InputError, match="3 chargers, but users of 1"):
        sample_sessions(3, TimeGrid.of_index(YEAR, OSLO), users=["home"])


def test_every_figure_tells_what_it_is_and_where_it_is_from() -> None:
    for name in ("ev_sessions", "ev_users", "ev_chargers", "ev_parking"):
        rows = table(name)
        assert rows["source"].notna().all()
        assert set(rows["kind"]) <= {"measured", "assumed"}
    fitted = table("ev_sessions")
    assert fitted["source"].str.contains("CC BY").all()
    quantiles = fitted.dropna(subset=LEVEL_COLUMNS)[LEVEL_COLUMNS].to_numpy()
    assert (np.diff(quantiles, axis=1) >= 0).all()
    assert user_kinds() == ["home", "workplace", "public", "public_fast"]
    shares = figures_of(user_kinds()).power_share[:, -1]
    np.testing.assert_allclose(shares, 1.0, atol=1e-3)


def _split(measured: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    cut = measured.groupby("location")["plug_in"].transform(lambda times: times.quantile(0.75))
    return measured[measured["plug_in"] < cut].reset_index(drop=True), measured[measured["plug_in"] >= cut]


def _pair(what: str, ours: pd.DataFrame, theirs: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    if what == "hour":
        return _hour(ours["plug_in"]), _hour(theirs["plug_in"])
    mine, real = {
        "dwell": ("dwell_h", "dwell_h"),
        "energy": ("energy_kwh", "energy_kwh"),
        "deliverable": ("deliverable_kwh", "energy_kwh"),
    }[what]
    return ours[mine].to_numpy(), theirs[real].to_numpy()
