"""Photovoltaics as a source of the district: `assets.solar` knows its power, this what it is to the others."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from assets.technology import Technology


def pv_technology(power_kw: npt.ArrayLike) -> Technology:
    """Photovoltaics as a source.

    Parameters
    ----------
    power_kw : array_like, shape (T,)
        Of all modules, as `assets.solar.pv_power` gives it [kW].

    Returns
    -------
    Technology
        Of electricity; it runs where there is sun. A kWh counts as a kWh of sun, as energy statistics have it (IEA).
    """
    power = np.asarray(power_kw, dtype=np.float64)
    return Technology("electricity", power, {"sun": np.ones_like(power)}, must_run=True)
