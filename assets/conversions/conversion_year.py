"""What a device gives of what is wanted of it, within its power, least load and ramp; the energies of a year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numba as nb
import numpy as np
import numpy.typing as npt

from assets._errors import InputError
from assets.time_grid import TimeGrid

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ConversionYear:
    """Energies of devices in each step, arrays of shape (m, T) in kWh.

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
    def end_kwh(self) -> Array:
        """What they gave of the main carrier in the last step, shape (m,): `before_kwh` of the time that follows."""
        return self.main_kwh[:, -1]

    @property
    def loss_kwh(self) -> Array:
        """Taken less given, shape (m, T)."""
        zero = np.zeros_like(self.main_kwh)
        return np.asarray(sum(self.taken_kwh.values(), zero) - sum(self.given_kwh.values(), zero))


def run(
    wanted_kwh: npt.ArrayLike,
    capacity_kwh: npt.ArrayLike,
    time: TimeGrid,
    *,
    least_share: npt.ArrayLike = 0.0,
    ramp_per_h: npt.ArrayLike = np.inf,
    before_kwh: npt.ArrayLike = 0.0,
) -> Array:
    """Give of what is wanted as much as devices can.

    Below its least load a device stands still. From one step to the next it gives at most a ramp more, and as much less
    as is wanted; from standstill it may always go to its least load.

    Parameters
    ----------
    wanted_kwh : array_like, shape (m, T)
        [kWh].
    capacity_kwh : array_like, broadcast to (m, T)
        The most it can give in a step [kWh].
    time : TimeGrid
        T steps.
    least_share : array_like, shape (m,) or a number
        Least load by the step's capacity.
    ramp_per_h : array_like, shape (m,) or a number
        The most it rises in an hour by the capacity, evenly; infinite or NaN where nothing limits it.
    before_kwh : array_like, shape (m,) or a number
        What it gave in the step before the first; it stood still by default [kWh].

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
        raise InputError([f"what is wanted has shape {wanted.shape}; give a row for each device, a column a step"])
    time.check(wanted_kwh=wanted)
    m = len(wanted)
    ramp = np.asarray(ramp_per_h, dtype=np.float64)
    given = {
        "capacity_kwh": (np.asarray(capacity_kwh, dtype=np.float64), wanted.shape),
        "least_share": (np.asarray(least_share, dtype=np.float64), (m,)),
        "ramp_per_h": (time.kwh_of(np.where(np.isnan(ramp), np.inf, ramp)), (m,)),
        "before_kwh": (np.asarray(before_kwh, dtype=np.float64), (m,)),
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
    _run(wanted, full["capacity_kwh"], full["least_share"], full["ramp_per_h"], full["before_kwh"], out)
    return out


@nb.njit(cache=True, error_model="numpy", nogil=True)
def _run(  # noqa: PLR0917  compiled code takes plain arrays by position
    wanted: Any, capacity: Any, least: Any, ramp: Any, start: Any, out: Any
) -> None:
    for i in range(wanted.shape[0]):
        before = start[i]
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
