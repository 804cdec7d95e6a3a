"""Electrolysers' and fuel cells' common form: what they take by what they give, along a curve of part load."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets._errors import InputError
from assets.carriers import REJECTED
from assets.conversions.catalogue import check_size, models_of
from assets.conversions.conversion_year import ConversionYear, run
from assets.technology import Technology
from assets.time_grid import TimeGrid

Array = npt.NDArray[np.float64]
_SHARES = (0.2, 0.4, 0.6, 0.8, 1.0)


@dataclass(frozen=True)
class LoadCurve:
    """Input by output of one device, both by those at full load; straight between the nodes, proportional below them.

    Attributes
    ----------
    output, taken : ndarray, shape (k,)
        Nodes, from 0 to 1.
    """

    output: Array
    taken: Array

    def taken_for(self, output_share: npt.ArrayLike) -> Array:
        """Input for an output, by those at full load."""
        return np.asarray(np.interp(np.asarray(output_share, dtype=np.float64), self.output, self.taken))


def load_curve(model: str) -> LoadCurve:
    """Curve of part load of a device.

    Parameters
    ----------
    model : str
        Of `conversions_electrochemical.csv`: specific consumption at shares of the load, of what goes in or comes out.
    """
    row = models_of("electrochemical", [model]).iloc[0]
    relative = np.array([float(row[f"relative_{round(share * 100):03d}"]) for share in _SHARES])
    shares = np.array(_SHARES)
    given = shares / relative if row["curve_of"] == "input" else shares
    taken = shares if row["curve_of"] == "input" else shares * relative
    return LoadCurve(np.concatenate([[0.0], given]), np.concatenate([[0.0], taken]))


def efficiency(model: str, load_share: npt.ArrayLike, device: str) -> Array:
    """Output by input at a share of the rated output, lower heating values [-]."""
    rows = _of_device([model], device)
    share = np.asarray(load_share, dtype=np.float64)
    return np.asarray(float(rows["rated_efficiency"].iloc[0]) * share / load_curve(model).taken_for(share))


def electrochemical_technology(
    model: str, size_kw: float, supply_temp_c: Array, *, device: str, least_share: float, approach_k: float
) -> Technology:
    """Make a device a technology of what it gives, as it is at full load; see the modules of each device."""
    check_size(model, size_kw)
    rows = _of_device([model], device)
    ones = np.ones((1, len(supply_temp_c)))
    year = _energies(rows, ones, ones / float(rows["rated_efficiency"].iloc[0]), supply_temp_c, approach_k)
    main = year.main
    return Technology(
        main,
        np.full(len(supply_temp_c), float(size_kw)),
        {name: values[0] for name, values in year.taken_kwh.items()},
        {name: values[0] for name, values in year.given_kwh.items() if name != main},
        least_share=least_share,
    )


def electrochemical_year(
    model: Sequence[str],
    size_kw: npt.ArrayLike,
    wanted_kwh: npt.ArrayLike,
    supply_temp_c: Array,
    *,
    time: TimeGrid,
    device: str,
    least_share: npt.ArrayLike,
    ramp_per_h: npt.ArrayLike,
    before_kwh: npt.ArrayLike,
    approach_k: float,
) -> ConversionYear:
    """Energies of devices along their curves; see the modules of each device."""
    rows = _of_device(model, device)
    size = time.kwh_of(np.asarray(size_kw, dtype=np.float64))[:, None]
    given = run(wanted_kwh, size, time, least_share=least_share, ramp_per_h=ramp_per_h, before_kwh=before_kwh)
    share = np.divide(given, size, out=np.zeros_like(given), where=given > 0.0)
    taken = np.empty_like(given)
    for i, name in enumerate(rows.index):
        rated = size[i, 0] / float(rows["rated_efficiency"].iloc[i])
        taken[i] = rated * load_curve(str(name)).taken_for(share[i])
    return _energies(rows, given, taken, supply_temp_c, approach_k)


def _of_device(model: Sequence[str], device: str) -> pd.DataFrame:
    rows = models_of("electrochemical", model)
    others = sorted(set(rows.index[rows["device"] != device]))
    if others:
        raise InputError([f"{', '.join(others)}: no {device.replace('_', ' ')}; take another model"])
    return rows


def _energies(
    rows: pd.DataFrame, given_kwh: Array, taken_kwh: Array, supply_temp_c: Array, approach_k: float
) -> ConversionYear:
    kept, share, warm = (
        rows[name].to_numpy(dtype=np.float64)[:, None] for name in ("kept_ratio", "heat_share", "heat_temp_c")
    )
    # Hydrogen keeps the heat of vaporisation, which its lower heating value leaves out: it is not to be recovered.
    heat = share * np.maximum(taken_kwh - kept * given_kwh, 0.0)
    hot_enough = warm >= supply_temp_c[None] + approach_k
    main = str(rows["main"].iloc[0])
    inputs = rows["input"].to_numpy()[:, None]
    return ConversionYear(
        main,
        {main: given_kwh, "heat": np.where(hot_enough, heat, 0.0), REJECTED: np.where(hot_enough, 0.0, heat)},
        {str(name): np.where(inputs == name, taken_kwh, 0.0) for name in dict.fromkeys(rows["input"])},
    )
