"""What surrounds a conversion, hour by hour: outdoor air, the networks' temperatures, the sources of heat at hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from assets._errors import InputError
from assets.sources.heat_source import HeatSource, air_source

Array = npt.NDArray[np.float64]
_TEMPERATURES = ("air_temp_c", "supply_temp_c", "return_temp_c", "cold_supply_temp_c")


@dataclass(frozen=True)
class ConversionSite:
    """Hourly conditions at the place of conversions.

    Attributes
    ----------
    air_temp_c : ndarray, shape (T,)
        Outdoor air [°C].
    supply_temp_c, return_temp_c : ndarray, shape (T,)
        Of the heat network [°C].
    cold_supply_temp_c : ndarray, shape (T,)
        Supply of the cold network [°C].
    sources : mapping of str to HeatSource
        Sources of heat at hand by their name: "ground", "water", "wastewater", "waste_heat"; the air is always there.
    """

    air_temp_c: Array
    supply_temp_c: Array
    return_temp_c: Array
    cold_supply_temp_c: Array
    sources: Mapping[str, HeatSource] = field(default_factory=dict)

    def __post_init__(self) -> None:
        hours = np.shape(self.air_temp_c)
        findings = []
        for name in _TEMPERATURES:
            values = np.asarray(getattr(self, name))
            if values.ndim != 1 or values.shape != hours:
                findings.append(f"{name} has shape {values.shape}, the air {hours}: give one an hour")
            elif not np.isfinite(values).all():
                findings.append(f"{name} is missing in some hours; fill the gaps first")
        findings += [
            f"source {name} has {np.shape(source.temp_c)} hours, the air {hours}: give one an hour"
            for name, source in self.sources.items()
            if np.shape(source.temp_c) != hours
        ]
        if not findings and (np.asarray(self.return_temp_c) > np.asarray(self.supply_temp_c)).any():
            findings.append("return_temp_c is above supply_temp_c in some hours; swap them or mend these hours")
        if findings:
            raise InputError(findings)

    def source(self, name: str) -> HeatSource:
        """Source of heat by its name.

        Raises
        ------
        InputError
            The site has none of this name.
        """
        if name in self.sources:
            return self.sources[name]
        if name == "air":
            return air_source(self.air_temp_c)
        at_hand = ", ".join(["air", *self.sources])
        raise InputError([f"the site has no source {name}; it has {at_hand}: add it to the site's sources"])
