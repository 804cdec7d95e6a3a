"""What comes into the district over its border: a carrier, how much, at what price, with which emissions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assets._errors import InputError
from assets.carriers import BOUGHT

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Delivery:
    """A carrier from outside, hour by hour.

    Attributes
    ----------
    carrier : str
        One of `assets.carriers.BOUGHT`.
    available_kw : ndarray, shape (T,)
        The most that comes, mean power of the hour [kW]; infinite where nothing limits it.
    price_eur_kwh : ndarray, shape (T,)
        What a kWh costs [EUR/kWh]; below zero where one is paid to take it.
    fossil_kgco2_kwh, biogenic_kgco2_kwh : ndarray, shape (T,)
        Carbon dioxide a kWh [kg/kWh]; what grew back is counted apart.
    taken_back_kw, taken_back_eur_kwh : ndarray, shape (T,)
        What the outside takes of the district's own [kW], and pays for it [EUR/kWh].
    yearly_kwh : float
        The most that comes in a year [kWh]: fuels are stored, so their hours are not what limits them.
    """

    carrier: str
    available_kw: Array
    price_eur_kwh: Array
    fossil_kgco2_kwh: Array
    biogenic_kgco2_kwh: Array
    taken_back_kw: Array
    taken_back_eur_kwh: Array
    yearly_kwh: float = np.inf

    def __post_init__(self) -> None:
        hours = np.shape(self.available_kw)
        findings = []
        if self.carrier not in BOUGHT:
            findings.append(f"no carrier {self.carrier} comes from outside: take one of {', '.join(BOUGHT)}")
        amounts = ("available_kw", "fossil_kgco2_kwh", "biogenic_kgco2_kwh", "taken_back_kw")
        for name in (*amounts, "price_eur_kwh", "taken_back_eur_kwh"):
            values = np.asarray(getattr(self, name))
            if values.shape != hours or len(hours) != 1:
                findings.append(f"{self.carrier}: {name} has shape {values.shape}, available_kw {hours}; one an hour")
            elif name in amounts and not (values >= 0.0).all():
                findings.append(f"{self.carrier}: {name} is negative or missing in some hours; give 0 or more")
            elif name.endswith("eur_kwh") and not np.isfinite(values).all():
                findings.append(f"{self.carrier}: {name} is missing in some hours")
        if not self.yearly_kwh >= 0.0:
            findings.append(f"{self.carrier}: yearly_kwh is {self.yearly_kwh}; give 0 or more")
        if not findings and bool(((self.taken_back_kw > 0) & (self.taken_back_eur_kwh > self.price_eur_kwh)).any()):
            hour = int(np.argmax((self.taken_back_kw > 0) & (self.taken_back_eur_kwh > self.price_eur_kwh)))
            findings.append(
                f"{self.carrier}: in hour {hour} the outside pays more than it asks, so money could be made of buying "
                "and selling at once; give no more than price_eur_kwh"
            )
        if findings:
            raise InputError(findings)

    def cost_eur(self, taken_kwh: npt.ArrayLike, given_back_kwh: npt.ArrayLike = 0.0) -> float:
        """Cost of the span [EUR].

        Parameters
        ----------
        taken_kwh, given_back_kwh : array_like, shape (T,)
            Energy bought and sold in each hour [kWh].
        """
        paid = np.asarray(taken_kwh) * self.price_eur_kwh - np.asarray(given_back_kwh) * self.taken_back_eur_kwh
        return float(paid.sum())

    def fossil_kgco2(self, taken_kwh: npt.ArrayLike) -> float:
        """Fossil carbon dioxide of the span [kg]."""
        return float((np.asarray(taken_kwh) * self.fossil_kgco2_kwh).sum())


def steady(
    carrier: str,
    hours: int,
    price_eur_kwh: npt.ArrayLike,
    *,
    available_kw: npt.ArrayLike = np.inf,
    fossil_kgco2_kwh: npt.ArrayLike = 0.0,
    biogenic_kgco2_kwh: npt.ArrayLike = 0.0,
    taken_back_kw: npt.ArrayLike = 0.0,
    taken_back_eur_kwh: npt.ArrayLike = 0.0,
    yearly_kwh: float = np.inf,
) -> Delivery:
    """Delivery whose figures may be single numbers that serve every hour.

    Parameters
    ----------
    carrier : str
    hours : int
        T.
    price_eur_kwh, available_kw, fossil_kgco2_kwh, biogenic_kgco2_kwh, taken_back_kw, taken_back_eur_kwh : array_like
        Of shape () or (T,), as in `Delivery`.
    yearly_kwh : float

    Raises
    ------
    InputError
        An array has neither one number nor one an hour.
    """

    def over(value: npt.ArrayLike) -> Array:
        array = np.asarray(value, dtype=np.float64)
        return np.full(hours, float(array)) if array.ndim == 0 else array

    return Delivery(
        carrier,
        over(available_kw),
        over(price_eur_kwh),
        over(fossil_kgco2_kwh),
        over(biogenic_kgco2_kwh),
        over(taken_back_kw),
        over(taken_back_eur_kwh),
        yearly_kwh,
    )
