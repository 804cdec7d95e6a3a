"""The balance of every carrier, building and hour: what comes in goes out, is stored or is lost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from assets._balance_kernel import add_flow, residuals
from assets._errors import BalanceError

Array = npt.NDArray[np.float64]

TOLERANCE = 1e-6
"""Of the energy that passes in the hour, and of 1 kWh where less passes."""

_ROWS = 16


@dataclass(frozen=True)
class Carrier:
    """Which flows make up the balance of one carrier; names are of hourly energies in kWh.

    Attributes
    ----------
    into, out, stored, lost : tuple of str
        Flows into the building's carrier, out of it, into its stores and lost from it.
    factor : mapping of str to str
        Flows that count times a number per building: the flow's name to the number's.
    """

    into: tuple[str, ...]
    out: tuple[str, ...]
    stored: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    factor: Mapping[str, str] = field(default_factory=dict)


CARRIERS: Mapping[str, Carrier] = MappingProxyType(
    {
        "electricity": Carrier(
            into=("grid_import_kwh", "pv_kwh", "battery_discharge_kwh"),
            out=(
                "appliances_kwh",
                "lighting_kwh",
                "heating_electricity_kwh",
                "cooling_electricity_kwh",
                "grid_export_kwh",
                "ev_charging_kwh",
                "battery_charge_kwh",
            ),
        ),
        "heat": Carrier(
            into=("district_heat_kwh", "gas_kwh", "oil_kwh", "wood_kwh", "heating_electricity_kwh", "ambient_heat_kwh"),
            out=("space_heat_kwh", "hot_water_kwh"),
            stored=("tank_stored_kwh",),
            lost=("conversion_loss_kwh", "tank_loss_kwh"),
        ),
        "cold": Carrier(
            into=("cooling_electricity_kwh", "district_cold_kwh"),
            out=("cooling_kwh",),
            factor={"cooling_electricity_kwh": "chiller_seer"},
        ),
        "battery": Carrier(
            into=("battery_charge_kwh",),
            out=("battery_discharge_kwh",),
            stored=("battery_stored_kwh",),
            lost=("battery_loss_kwh",),
        ),
    }
)
"""Gas, oil, wood and district heat are used as they are bought: their flows are those of the heat's balance."""

DEVICES = frozenset(
    {
        "ev_charging_kwh",
        "battery_charge_kwh",
        "battery_discharge_kwh",
        "battery_stored_kwh",
        "battery_loss_kwh",
        "tank_stored_kwh",
        "tank_loss_kwh",
        "district_cold_kwh",
    }
)
"""Flows that are there only where a building has the device; without them they are zero."""


@dataclass(frozen=True)
class Balance:
    """What `check_balance` found.

    Attributes
    ----------
    worst_kwh : dict of str to float
        Largest absolute residual of any building and hour, by carrier [kWh].
    district_kwh : dict of str to float
        Largest absolute residual of any hour of the sum of all buildings, by carrier [kWh].
    into_kwh, out_kwh, lost_kwh : dict of str to float
        Sums of all buildings and hours, by carrier [kWh].
    """

    worst_kwh: dict[str, float]
    district_kwh: dict[str, float]
    into_kwh: dict[str, float]
    out_kwh: dict[str, float]
    lost_kwh: dict[str, float]


def check_balance(
    flows: Mapping[str, Any],
    ids: Sequence[str],
    *,
    carriers: Mapping[str, Carrier] = CARRIERS,
    tolerance: float = TOLERANCE,
) -> Balance:
    """Hold every carrier, building and hour, and the district's every hour, to their balance.

    Sums are taken in double precision. A residual may be `tolerance` of the energy that comes in during the hour, and
    `tolerance` kWh where less than 1 kWh comes in.

    Parameters
    ----------
    flows : mapping of str to array
        Hourly energies of shape (n, T) [kWh] and numbers per building of shape (n,), by name.
    ids : sequence of str, length n
        Names of the buildings.
    carriers : mapping of str to Carrier
        The balances to hold.
    tolerance : float
        See above.

    Returns
    -------
    Balance

    Raises
    ------
    BalanceError
        Naming the carrier, the buildings and the hour of the worst residuals, of all carriers at once.
    """
    worst: dict[str, float] = {}
    district: dict[str, float] = {}
    sums: dict[str, dict[str, float]] = {"into": {}, "out": {}, "lost": {}}
    broken: list[str] = []
    for name, whole in carriers.items():
        carrier = _present(whole, flows)
        if not carrier.into:
            continue
        found = _Residuals(flows, carrier, len(ids), tolerance)
        worst[name], district[name] = found.worst, float(np.abs(found.net).max(initial=0.0))
        for side, total in sums.items():
            total[name] = found.sums[side]
        broken += found.complaints(name, ids)
    if broken:
        raise BalanceError(broken)
    return Balance(worst, district, sums["into"], sums["out"], sums["lost"])


def _present(carrier: Carrier, flows: Mapping[str, Any]) -> Carrier:
    """Leave out flows of devices that nobody has; any other flow must be there."""

    def there(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(name for name in names if name in flows or name not in DEVICES)

    sides: dict[str, Any] = {side: there(getattr(carrier, side)) for side in ("into", "out", "stored", "lost")}
    return replace(carrier, **sides)


class _Residuals:
    """Residuals of one carrier, taken a block of buildings at a time that fits into the processor's cache."""

    def __init__(self, flows: Mapping[str, Any], carrier: Carrier, n: int, tolerance: float) -> None:
        self.tolerance = tolerance
        self.worst = 0.0
        self.sums = {"into": 0.0, "out": 0.0, "stored": 0.0, "lost": 0.0}
        names = [name for side in self.sums for name in getattr(carrier, side)]
        hours = np.shape(flows[names[0]])[1]
        self.net, self.passed = np.zeros(hours), np.zeros(hours)
        self.beyond: list[tuple[float, int, int]] = []
        both = np.empty((2, min(_ROWS, n), hours))
        for start in range(0, n, _ROWS):
            rows = slice(start, min(start + _ROWS, n))
            into, residual = both[:, : rows.stop - rows.start]
            both.fill(0.0)
            self.sums["into"] += _add(into, flows, carrier.into, carrier.factor, rows)
            residual += into
            for side in ("out", "stored", "lost"):
                self.sums[side] -= _add(residual, flows, getattr(carrier, side), carrier.factor, rows, sign=-1.0)
            self._take(start, into, residual)

    def _take(self, start: int, into: Array, residual: Array) -> None:
        share, hour, worst = np.zeros(len(into)), np.zeros(len(into), dtype=np.int64), np.zeros(len(into))
        residuals(into, residual, self.net, self.passed, (worst, share, hour))
        self.worst = max(self.worst, float(worst.max(initial=0.0)))
        # A NaN fails every comparison: ask for what is not fine.
        for b in np.flatnonzero(~(share <= self.tolerance)):
            self.beyond.append((float(share[b]), start + int(b), int(hour[b])))

    def complaints(self, name: str, ids: Sequence[str]) -> list[str]:
        """Tell what does not hold, the worst first."""
        bad = sorted(self.beyond, key=lambda found: -np.nan_to_num(found[0], nan=np.inf))
        told = [
            f"{name}: building {ids[b]}, hour {hour}: off by {share:.3g} of what comes in" for share, b, hour in bad[:5]
        ]
        if len(bad) > len(told):
            told.append(f"{name}: and {len(bad) - len(told)} more buildings")
        share = np.abs(self.net) / np.maximum(self.passed, 1.0)
        if not bad and share.size and not share.max() <= self.tolerance:
            told.append(
                f"{name}: the district, hour {int(np.argmax(share))}: off by {share.max():.3g} of what comes in"
            )
        return told


def _add(
    total: Array,
    flows: Mapping[str, Any],
    names: Iterable[str],
    factor: Mapping[str, str],
    rows: slice,
    *,
    sign: float = 1.0,
) -> float:
    """Add flows of some buildings, or take them away, in double precision; give what that makes altogether."""
    added = 0.0
    for name in names:
        energy = np.asarray(flows[name][rows])
        each = np.asarray(flows[factor[name]][rows], dtype=np.float64) if name in factor else np.ones(len(total))
        added += add_flow(total, energy, sign * each)
    return added
