"""Parameters of buildings by use and age, from the country's catalogue."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets._errors import InputError
from assets.catalogue import country_table, table

_FROM_ERA = (
    "archetype",
    "u_wall_w_m2k",
    "u_roof_w_m2k",
    "u_floor_w_m2k",
    "u_window_w_m2k",
    "u_door_w_m2k",
    "window_g",
    "window_frame_share",
    "thermal_bridge_share",
    "q50_m3_h_m2",
    "heat_recovery",
    "heat_distribution_efficiency",
)
_LOWER_IS_BETTER = ("u_wall_w_m2k", "u_roof_w_m2k", "u_floor_w_m2k", "u_window_w_m2k", "u_door_w_m2k", "window_g",
                    "q50_m3_h_m2")  # fmt: skip
_HIGHER_IS_BETTER = ("heat_recovery", "heat_distribution_efficiency")
_SCALED = {"lighting_scale": ("lighting_kwh_m2",), "hot_water_scale": ("hot_water_kwh_m2", "hot_water_loss_kwh_m2")}


def archetypes(
    use: Sequence[str],
    construction_year: npt.ArrayLike,
    country: str = "FI",
    retrofit_level: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Look up what is typical of buildings of a use and age.

    The result is a plain table: whoever knows better overwrites its columns before the demand is computed.

    Parameters
    ----------
    use : sequence of str (n,)
        One of the uses of `uses_<country>.csv`.
    construction_year : array_like (n,)
        Year of completion.
    country : str
        ISO 3166 alpha-2 of a catalogue.
    retrofit_level : sequence of str (n,), optional
        Levels of `retrofit_<country>.csv`; "none" by default.

    Returns
    -------
    DataFrame (n rows)
        Every column declared for the table `parameters` in `assets/catalogue/attributes.csv`, with
        `envelope_source`, `operation_source` and `retrofit_source`. If `use` is a Series, its index is kept.

    Raises
    ------
    InputError
        A use, level or year that the catalogue does not know; all of them are listed.
    CatalogueError
        No catalogue for the country.
    """
    index = use.index if isinstance(use, pd.Series) else pd.RangeIndex(len(use))
    uses = country_table("uses", country).set_index("use")
    retrofit = country_table("retrofit", country).set_index("retrofit_level")
    years = np.asarray(construction_year, dtype=float)
    levels = ["none"] * len(index) if retrofit_level is None else list(retrofit_level)
    _check(list(use), years, levels, known_uses=list(uses.index), known_levels=list(retrofit.index))

    by_use = uses.loc[list(use)].reset_index(drop=True)
    era = _eras(by_use["era_class"], years, country)
    frame = by_use.drop(columns=["era_class", "source", "cooled_from_year", "mass_class"])
    for column in _FROM_ERA:
        frame[column] = era[column].to_numpy()
    level = retrofit.loc[levels].reset_index()
    frame["ventilation_l_s_m2"] *= level["ventilation_scale"].fillna(era["ventilation_scale"]).to_numpy()
    out_of_hours = level["ventilation_off_scale"].fillna(era["ventilation_off_scale"]).to_numpy()
    frame["ventilation_off_l_s_m2"] = np.minimum(
        frame["ventilation_off_l_s_m2"] * out_of_hours, frame["ventilation_l_s_m2"]
    )
    frame["heated"] = by_use["heated"].astype(bool)
    frame["cooled"] = years >= by_use["cooled_from_year"].to_numpy()
    mass = table("mass_classes").set_index("mass_class").loc[by_use["mass_class"]]
    frame["c_m_j_k_m2"] = mass["c_m_j_k_m2"].to_numpy(dtype=float)
    frame["a_m_factor"] = mass["a_m_factor"].to_numpy(dtype=float)
    frame["envelope_source"] = era["source"].to_numpy()
    frame["operation_source"] = by_use["source"].to_numpy()
    _renovate(frame, level)
    frame.index = index
    return frame


def _check(
    use: list[str], years: npt.NDArray[np.float64], levels: list[str], *, known_uses: list[str], known_levels: list[str]
) -> None:
    found = []
    if not len(use) == len(years) == len(levels):
        found.append(
            f"{len(use)} uses, {len(years)} construction years and {len(levels)} retrofit levels: "
            "give one of each for every building"
        )
    found += [
        f"unknown use {name!r}: use one of {', '.join(known_uses)}"
        for name in sorted(set(map(str, use)) - set(known_uses))
    ]
    found += [
        f"unknown retrofit level {name!r}: use one of {', '.join(known_levels)}"
        for name in sorted(set(map(str, levels)) - set(known_levels))
    ]
    bad = np.flatnonzero(~np.isfinite(years))
    if bad.size:
        found.append(
            f"no construction year in row {', '.join(map(str, bad[:10]))}: fill it with the neighbours' or a default"
        )
    if found:
        raise InputError(found)


def _eras(era_class: pd.Series, years: npt.NDArray[np.float64], country: str) -> pd.DataFrame:
    """Return the row of the archetypes table for each building: the last era that began by its year."""
    eras = country_table("archetypes", country).sort_values(["era_class", "from_year"]).reset_index(drop=True)
    rows = np.zeros(len(years), dtype=int)
    for name, group in eras.groupby("era_class"):
        of_class = (era_class == name).to_numpy()
        place = np.searchsorted(group["from_year"].to_numpy(), years[of_class], side="right") - 1
        rows[of_class] = group.index.to_numpy()[np.maximum(place, 0)]
    return eras.iloc[rows].reset_index(drop=True)


def _renovate(frame: pd.DataFrame, level: pd.DataFrame) -> None:
    """Apply retrofit levels in place: nothing gets worse than it is."""
    for column in _LOWER_IS_BETTER:
        frame[column] = np.fmin(frame[column].to_numpy(dtype=float), level[column].to_numpy(dtype=float))
    for column in _HIGHER_IS_BETTER:
        frame[column] = np.fmax(frame[column].to_numpy(dtype=float), level[column].to_numpy(dtype=float))
    for scale, columns in _SCALED.items():
        for column in columns:
            frame[column] = frame[column] * level[scale].fillna(1.0).to_numpy()
    frame["retrofit_level"] = level["retrofit_level"].to_numpy()
    frame["retrofit_source"] = level["source"].to_numpy()
