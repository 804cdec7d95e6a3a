"""What a device gives of what is wanted of it, within its power, least load and ramp; the energies of a year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numba as nb
import numpy as np
import numpy.typing as npt

from assets._errors import InputError

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ConversionYear:
    """Hourly energies of devices, arrays of shape (m, T) in kWh.

    Attributes
    ----------
    main : str
        Carrier that they were asked for.
    given_kwh : mapping of str to ndarray
        By carrier; `rejected_heat` is what their coolers give to the surroundings.
    taken_kwh : mapping of str to ndarray
        By carrier; lower heating values. What the surroundings take of the heat of a cold network counts as cold that
        they give: that of "air" or "water".
    """

    main: str
    given_kwh: Mapping[str, Array]
    taken_kwh: Mapping[str, Array]

    @property
    def main_kwh(self) -> Array:
        """What they gave of the main carrier, shape (m, T)."""
        return self.given_kwh[self.main]

    @property
    def loss_kwh(self) -> Array:
        """Taken less given, shape (m, T)."""
        zero = np.zeros_like(self.main_kwh)
        return np.asarray(sum(self.taken_kwh.values(), zero) - sum(self.given_kwh.values(), zero))


def run(
    wanted_kwh: npt.ArrayLike,
    capacity_kw: npt.ArrayLike,
    *,
    least_share: npt.ArrayLike = 0.0,
    ramp_per_h: npt.ArrayLike = np.inf,
) -> Array:
    """Give of what is wanted as much as devices can.

    Below its least load a device stands still. From one hour to the next it gives at most a ramp more, and as much less
    as is wanted; from standstill it may always go to its least load.

    Parameters
    ----------
    wanted_kwh : array_like, shape (m, T)
        [kWh].
    capacity_kw : array_like, broadcast to (m, T)
        The most it can give in an hour, mean power [kW].
    least_share : array_like, shape (m,) or a number
        Least load by the hour's capacity.
    ramp_per_h : array_like, shape (m,) or a number
        The most it rises in an hour by the hour's capacity; infinite or NaN where nothing limits it.

    Returns
    -------
    ndarray, shape (m, T)
        [kWh]

    Raises
    ------
    InputError
        Something is negative or missing, or shapes do not fit; all findings at once.
    """
    wanted = np.ascontiguousarray(wanted_kwh, dtype=np.float64)
    if wanted.ndim != 2:
        raise InputError([f"what is wanted has shape {wanted.shape}; give a row for each device, a column an hour"])
    m = len(wanted)
    ramp = np.asarray(ramp_per_h, dtype=np.float64)
    given = {
        "capacity_kw": (np.asarray(capacity_kw, dtype=np.float64), wanted.shape),
        "least_share": (np.asarray(least_share, dtype=np.float64), (m,)),
        "ramp_per_h": (np.where(np.isnan(ramp), np.inf, ramp), (m,)),
    }
    findings = ["some of what is wanted is negative or missing; give 0 where nothing is"] * (not (wanted >= 0.0).all())
    full = {}
    for name, (values, shape) in given.items():
        try:
            full[name] = np.ascontiguousarray(np.broadcast_to(values, shape))
        except ValueError:
            findings.append(f"{name} has shape {values.shape}, but {shape} is needed")
            continue
        if not (values >= 0.0).all():
            findings.append(f"{name} is negative or missing somewhere; give 0 or more")
    if findings:
        raise InputError(findings)
    out = np.empty(wanted.shape)
    _run(wanted, full["capacity_kw"], full["least_share"], full["ramp_per_h"], out)
    return out


@nb.njit(cache=True, error_model="numpy", nogil=True)
def _run(wanted: Any, capacity: Any, least: Any, ramp: Any, out: Any) -> None:
    for i in range(wanted.shape[0]):
        before = 0.0
        for t in range(wanted.shape[1]):
            able = capacity[i, t]
            floor = least[i] * able
            top = able
            if ramp[i] < 1.0:
                top = min(able, before + ramp[i] * able)
                if before < floor:
                    top = max(top, floor)
            give = min(wanted[i, t], top)
            # A least load of all of it must not fail by a rounding.
            if give < floor * (1.0 - 1e-12):
                give = 0.0
            out[i, t] = give
            before = give
