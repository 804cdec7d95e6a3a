"""Hot-water tanks of any size, from a house's to a district's, with the warm water above the cold."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets._errors import InputError
from assets.catalogue import table
from assets.storage.layers import Layered

Array = npt.NDArray[np.float64]
LAYERS = 10
"""Layers of depth that walls are reckoned by; the water's own segments are as fine as its history makes them."""


def stratified_models() -> pd.DataFrame:
    """Catalogue of tanks, index `model`."""
    return table("stratified_tanks").set_index("model")


def stratified_tanks(
    model: str | Sequence[str],
    volume_m3: npt.ArrayLike | None = None,
    *,
    charge_kw: npt.ArrayLike | None = None,
    discharge_kw: npt.ArrayLike | None = None,
    supply_c: npt.ArrayLike | None = None,
    return_c: npt.ArrayLike | None = None,
    least_c: npt.ArrayLike | None = None,
) -> Layered:
    """Tanks of the catalogue, or of another volume with the same shape and insulation.

    Parameters
    ----------
    model : str or sequence of str, length m
        Of the catalogue `stratified_tanks.csv`, all of one carrier.
    volume_m3 : array_like, shape (m,), optional
        Volumes [m³]; the catalogue's by default. Powers go with the volume where they are not given.
    charge_kw, discharge_kw : array_like, broadcast to (m,), optional
        Highest powers [kW].
    supply_c, return_c, least_c : array_like, broadcast to (m,), optional
        Temperatures of a full and an empty tank, and of water that is of no more use [°C].

    Returns
    -------
    Layered

    Raises
    ------
    InputError
        A model is not in the catalogue, their carriers differ, or a volume is not above 0.
    """
    known = stratified_models()
    volumes = None if volume_m3 is None else np.atleast_1d(np.asarray(volume_m3, dtype=np.float64))
    names = [model] * (1 if volumes is None else len(volumes)) if isinstance(model, str) else list(model)
    unknown = sorted(set(names) - set(known.index))
    if unknown:
        raise InputError([f"no tank {', '.join(unknown)} in the catalogue; take one of {', '.join(known.index)}"])
    rows = known.loc[names]
    carriers = sorted(set(rows["carrier"]))
    usual = rows["volume_m3"].to_numpy(dtype=np.float64)
    volume = usual if volumes is None else volumes
    findings = []
    if len(carriers) != 1:
        findings.append(f"tanks of {' and '.join(carriers) or 'nothing'} cannot be run together: give one carrier's")
    if volume.shape != usual.shape:
        findings.append(f"{len(names)} tanks have {len(volume)} volumes: give one each")
    else:
        findings += [f"tank {i}: a volume of {volume[i]:g} m³; give one above 0" for i in np.flatnonzero(~(volume > 0))]
    if findings:
        raise InputError(findings)

    def chosen(name: str, other: npt.ArrayLike | None, scale: Array | float = 1.0) -> Array:
        values = rows[name].to_numpy(dtype=np.float64) * scale if other is None else np.asarray(other, dtype=np.float64)
        return np.array(np.broadcast_to(values, volume.shape))

    # A cylinder: height over diameter stays what it is.
    slender = rows["height_per_diameter"].to_numpy(dtype=np.float64)
    diameter = (4.0 * volume / (np.pi * slender)) ** (1.0 / 3.0)
    u = rows["u_w_m2_k"].to_numpy(dtype=np.float64)
    end = np.pi / 4.0 * diameter**2
    ua = np.repeat((u * np.pi * diameter**2 * slender / LAYERS)[:, None], LAYERS, axis=1)
    ua[:, 0] += u * end
    ua[:, -1] += u * end
    shape = ua.shape
    return Layered(
        "heat" if carriers == ["heat"] else "cold",
        np.repeat((volume / LAYERS)[:, None], LAYERS, axis=1),
        np.repeat(end[:, None], LAYERS, axis=1),
        ua / 1000.0,
        np.zeros(shape),
        np.zeros(shape),
        np.zeros(len(volume)),
        chosen("supply_c", supply_c),
        chosen("return_c", return_c),
        chosen("least_c", least_c),
        chosen("charge_kw", charge_kw, volume / usual),
        chosen("discharge_kw", discharge_kw, volume / usual),
        chosen("conductivity_w_m_k", None),
    )
