"""Peak of a group of consumers: less than the sum of their own peaks, as they do not fall into one hour.

Rusck (1956): the peak of n alike is n P g(n) with g(n) = g∞ + (1 - g∞) / √n. For consumers that differ, n is the
number of equals that scatter as much, n = (Σ P)² / Σ P². A consumer that is a group itself (a house of m dwellings
whose common peak is known) counts with its m members. Velander: P = k1 W + k2 √W of the yearly energy W. Where the
loads of the hours that matter are known, their highest sum, and not less than √Σ P² of the own peaks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets._errors import InputError
from assets.catalogue import table

Array = npt.NDArray[np.float64]
METHODS = ("rusck", "velander", "sum", "hours")


@dataclass(frozen=True)
class Diversity:
    """How the peaks of consumers add up.

    Attributes
    ----------
    method : str
        "rusck"; "velander"; "sum": all peaks at once, for loads that are coincident already; "hours": the highest of
        what they draw together in some hours.
    share : ndarray, shape (kinds,)
        g∞ of each kind (Rusck).
    per_mwh, root : ndarray, shape (kinds,)
        k1 [kW/MWh] and k2 [kW/MWh^½] of each kind (Velander).
    features : ndarray, shape (c, f)
        What adds up: a group's features are the sum of its consumers'.
    """

    method: str
    share: Array
    per_mwh: Array
    root: Array
    features: Array

    def peak_kw(self, features: npt.ArrayLike) -> Array:
        """Peak of groups [kW].

        Parameters
        ----------
        features : array_like, shape (…, f)
            Sums of the features of the consumers in each group.

        Returns
        -------
        ndarray, shape (…)
        """
        told = np.asarray(features, dtype=np.float64)
        if self.method == "sum":
            return told[..., 0]
        if self.method == "hours":
            return np.asarray(np.maximum(told[..., :-1].max(axis=-1), np.sqrt(told[..., -1])))
        kinds = len(self.share)
        first, second = told[..., :kinds], told[..., kinds:]
        if self.method == "velander":
            return np.asarray((self.per_mwh * first + self.root * np.sqrt(first)).sum(axis=-1))
        spread = np.sqrt(second)  # √Σ P²/m: Σ P / √n
        return np.asarray((self.share * first + (1 - self.share) * spread).sum(axis=-1))


def diversity(consumers: pd.DataFrame, method: str = "rusck") -> Diversity:
    """Prepare the peaks of consumers for adding up.

    Parameters
    ----------
    consumers : DataFrame
        Columns peak_kw; load (a row of `coincidence.csv`, "home" by default), customers (1 by default); for Velander
        annual_mwh; for "hours" any that begin with `hour_`: what is drawn in each [kW].
    method : str
        One of `METHODS`.

    Returns
    -------
    Diversity

    Raises
    ------
    InputError
        Unknown kinds of load or method, missing columns or values.
    """
    known = table("coincidence").set_index("load")
    load = consumers["load"] if "load" in consumers else pd.Series("home", index=consumers.index)
    findings = [f"{name}: no load is called {kind!r}; take one of {', '.join(known.index)}"
                for name, kind in load[~load.isin(known.index)].items()]  # fmt: skip
    if method not in METHODS:
        findings.append(f"no way of adding peaks is called {method!r}: take one of {', '.join(METHODS)}")
    wanted = "annual_mwh" if method == "velander" else "peak_kw"
    values = consumers[wanted].to_numpy(dtype=np.float64) if wanted in consumers else np.full(len(consumers), np.nan)
    findings += [f"{name}: {wanted} is missing or negative; give 0 or more"
                 for name in consumers.index[~(np.isfinite(values) & (values >= 0))]]  # fmt: skip
    hours = [name for name in consumers if str(name).startswith("hour_")]
    if method == "hours" and (not hours or not (consumers[hours].to_numpy(dtype=np.float64) >= 0).all()):
        findings.append("the method 'hours' needs columns hour_0, hour_1, …: what each draws in it, 0 or more")
    if method == "velander":
        lacking = known.index[known["velander_root"].isna()]
        findings += [f"{name}: no Velander factors of {kind!r} are known; take the method 'rusck'"
                     for name, kind in load[load.isin(lacking)].items()]  # fmt: skip
    if findings:
        raise InputError(findings)
    chosen = np.zeros((len(consumers), len(known)))
    chosen[np.arange(len(consumers)), known.index.get_indexer(load)] = 1.0
    share = known["endless_share"].to_numpy(dtype=np.float64)
    if method == "sum":
        features = values[:, None]
    elif method == "hours":
        features = np.column_stack([consumers[hours].to_numpy(dtype=np.float64), values**2])
    elif method == "velander":
        features = chosen * values[:, None]
    else:
        members = (
            consumers["customers"].to_numpy(dtype=np.float64) if "customers" in consumers else np.ones(len(values))
        )
        members = np.maximum(members, 1.0)
        own = chosen @ share
        alone = values / (own + (1 - own) / np.sqrt(members))
        features = np.hstack([chosen * alone[:, None], chosen * (alone**2 / members)[:, None]])
    return Diversity(
        method=method,
        share=share,
        per_mwh=np.nan_to_num(known["velander_per_mwh"].to_numpy(dtype=np.float64)),
        root=np.nan_to_num(known["velander_root"].to_numpy(dtype=np.float64)),
        features=features,
    )
