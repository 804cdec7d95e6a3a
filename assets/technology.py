"""How a device turns carriers into each other, hour by hour: the one form that sources and conversions share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from assets._errors import InputError

Array = npt.NDArray[np.float64]

BOUGHT = ("electricity", "heat", "cold", "gas", "hydrogen", "biomass", "waste", "oil")
"""Carriers that the district's networks, tanks and lorries bring."""
FREE = ("sun", "wind", "air", "ground", "deep_ground", "water", "wastewater", "waste_heat")
"""What nature and other people's processes give: it has no network of its own, and no price unless one is told."""
REJECTED = "rejected_heat"
"""Heat that a device gives to its surroundings on purpose: condensers, dry coolers."""
_NONE: Mapping[str, Array] = MappingProxyType({})


@dataclass(frozen=True)
class Technology:
    """What a device can do in each hour, per kWh of the carrier that it is run for.

    Attributes
    ----------
    main : str
        Carrier that the device is run for: one of `BOUGHT`.
    capacity_kw : ndarray, shape (T,)
        The most that it can give of it, mean power of the hour [kW].
    inputs : mapping of str to ndarray, shape (T,)
        Energy taken of each carrier per kWh of the main one; lower heating values.
    outputs : mapping of str to ndarray, shape (T,)
        Energy given of other carriers per kWh of the main one.
    least_share : float
        Part of `capacity_kw` below which it stands still [0 to 1].
    must_run : bool
        True where it gives all it can whether it is wanted or not (sun, wind): the rest is curtailed.
    """

    main: str
    capacity_kw: Array
    inputs: Mapping[str, Array] = field(default_factory=lambda: _NONE)
    outputs: Mapping[str, Array] = field(default_factory=lambda: _NONE)
    least_share: float = 0.0
    must_run: bool = False

    def __post_init__(self) -> None:
        known = {*BOUGHT, *FREE, REJECTED}
        hours = np.shape(self.capacity_kw)
        findings = [
            f"no carrier {name}: take one of {', '.join(sorted(known))}"
            for name in (self.main, *self.inputs, *self.outputs)
            if name not in known
        ]
        for name, ratio in (*self.inputs.items(), *self.outputs.items()):
            if np.shape(ratio) != hours:
                findings.append(f"{name}: {np.shape(ratio)} ratios for {hours} hours; give one an hour")
            elif not (np.asarray(ratio) >= 0.0).all():
                findings.append(f"{name}: a ratio is negative or missing; what is taken and given is 0 or more")
        if self.main in self.outputs:
            findings.append(f"{self.main} is what it is run for: it is not among the other outputs")
        if not (np.asarray(self.capacity_kw) >= 0.0).all():
            findings.append("capacity_kw is negative or missing in some hours; give 0 where it cannot run")
        if not findings and (self.loss < -1e-9).any():
            hour = int(np.argmin(self.loss))
            findings.append(f"hour {hour}: gives {-self.loss[hour]:.3g} kWh more than it takes, a kWh of {self.main}")
        if findings:
            raise InputError(findings)

    @property
    def loss(self) -> Array:
        """What is lost per kWh of the main carrier, shape (T,): taken less given."""
        taken = sum(self.inputs.values(), np.zeros_like(self.capacity_kw))
        given = sum(self.outputs.values(), np.ones_like(self.capacity_kw))
        return np.asarray(taken - given)

    def flows(self, main_kwh: Array) -> dict[str, Array]:
        """Energies of hours in which it gives `main_kwh`, shape (T,) [kWh]: given is positive, taken negative.

        Returns
        -------
        dict of str to ndarray
            By carrier; `loss` is what is missing between them, so that all of them sum up to zero with it taken away.
        """
        found = {self.main: np.asarray(main_kwh, dtype=np.float64)}
        for name, ratio in self.outputs.items():
            found[name] = found.get(name, 0.0) + ratio * main_kwh
        for name, ratio in self.inputs.items():
            found[name] = found.get(name, 0.0) - ratio * main_kwh
        return found | {"loss": self.loss * main_kwh}
