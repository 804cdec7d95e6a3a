"""How a device turns carriers into each other, hour by hour: the one form that sources and conversions share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from assets._errors import InputError
from assets.carriers import BOUGHT, FREE, REJECTED

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Technology:
    """What a device can do in each hour, per kWh of the carrier that it is run for.

    Attributes
    ----------
    main : str
        Carrier that the device is run for: one of `assets.carriers.BOUGHT`.
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
    inputs: Mapping[str, Array] = field(default_factory=dict)
    outputs: Mapping[str, Array] = field(default_factory=dict)
    least_share: float = 0.0
    must_run: bool = False

    def __post_init__(self) -> None:
        # Copies of its own: nobody changes a technology by changing what it was made of.
        object.__setattr__(self, "capacity_kw", np.array(self.capacity_kw, dtype=np.float64))
        for side in ("inputs", "outputs"):
            ratios = {name: np.array(ratio, dtype=np.float64) for name, ratio in getattr(self, side).items()}
            object.__setattr__(self, side, ratios)
        findings = self._findings()
        if not findings:
            given = sum(self.outputs.values(), np.ones_like(self.capacity_kw))
            made = -self.loss
            if (made > 1e-9 * given).any():
                hour = int(np.argmax(made))
                findings.append(f"hour {hour}: gives {made[hour]:.3g} kWh more than it takes, a kWh of {self.main}")
        if findings:
            raise InputError(findings)

    def _findings(self) -> list[str]:
        known = {*BOUGHT, *FREE, REJECTED}
        hours = self.capacity_kw.shape
        findings = [
            f"no carrier {name}: take one of {', '.join(sorted(known))}"
            for name in dict.fromkeys((self.main, *self.inputs, *self.outputs))
            if name not in known
        ]
        if self.main in known and self.main not in BOUGHT:
            findings.append(f"nothing is run for {self.main}: the main carrier is one of {', '.join(BOUGHT)}")
        for name, ratio in (*self.inputs.items(), *self.outputs.items()):
            if ratio.shape != hours:
                findings.append(f"{name}: {ratio.shape} ratios for {hours} hours; give one an hour")
            elif not ((ratio >= 0.0) & (ratio < np.inf)).all():
                findings.append(f"{name}: a ratio is negative, infinite or missing; give 0 or more in every hour")
        if self.main in self.outputs:
            findings.append(f"{self.main} is what it is run for: it is not among the other outputs")
        if len(hours) != 1:
            findings.append(f"capacity_kw has shape {hours}: give one number an hour, shape (T,)")
        if not (self.capacity_kw >= 0.0).all():
            findings.append("capacity_kw is negative or missing in some hours; give 0 where it cannot run")
        if not 0.0 <= self.least_share <= 1.0:
            findings.append(f"least_share is {self.least_share:g}: give a share of the capacity from 0 to 1")
        return findings

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
            By carrier, and `loss`, which is what it gives to nobody: all of them sum up to zero.

        Raises
        ------
        InputError
            `main_kwh` is not one number an hour.
        """
        main = np.asarray(main_kwh, dtype=np.float64)
        if main.shape != self.capacity_kw.shape:
            raise InputError(
                [f"main_kwh has shape {main.shape}, capacity_kw {self.capacity_kw.shape}: give both alike"]
            )
        found = {self.main: main.copy()}
        for name, ratio in self.outputs.items():
            found[name] = found.get(name, 0.0) + ratio * main
        for name, ratio in self.inputs.items():
            found[name] = found.get(name, 0.0) - ratio * main
        return found | {"loss": self.loss * main}
