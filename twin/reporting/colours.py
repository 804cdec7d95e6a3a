"""Colours of maps and charts: amounts, differences and scenarios."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from assets.carriers import carriers

CIVIDIS = ("#00224e", "#123570", "#3b496c", "#575d6d", "#707173", "#8a8678", "#a59c74", "#c3b369", "#e1cc55", "#fee838")
"""Amounts, low to high (Nuñez, Anderton, Renslow, PLoS ONE 13(7), 2018)."""
LESS, NONE, MORE = "#0072b2", "#f2f0eb", "#d55e00"
"""Differences, zero in the middle."""
SCENARIOS = ("#000000", "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f7f7f")
"""Kinds (Okabe and Ito, 2008), black for the baseline; an eighth is grey."""
CARRIERS = {carrier.id: carrier.colour for carrier in carriers().values()}
"""One colour a carrier, in every chart."""
UNTOLD = "#d9d6cf"
"""Where a figure can't be told."""


def amounts(values: npt.NDArray[np.float64], low: float, high: float) -> list[str]:
    """Colours of amounts between two ends; grey where there is none."""
    return _between(CIVIDIS, (values - low) / max(high - low, 1e-12), values)


def differences(values: npt.NDArray[np.float64], most: float) -> list[str]:
    """Colours of differences, the strongest at `most` either way; grey where there is none."""
    return _between((LESS, NONE, MORE), 0.5 + 0.5 * values / max(most, 1e-12), values)


def _between(stops: tuple[str, ...], share: npt.NDArray[np.float64], values: npt.NDArray[np.float64]) -> list[str]:
    table = np.array([[int(stop[i : i + 2], 16) for i in (1, 3, 5)] for stop in stops], dtype=np.float64)
    place = np.clip(np.nan_to_num(share), 0.0, 1.0) * (len(stops) - 1)
    rgb = np.column_stack([np.interp(place, np.arange(len(stops)), table[:, k]) for k in range(3)])
    return [
        f"#{r:02x}{g:02x}{b:02x}" if np.isfinite(value) else UNTOLD
        for (r, g, b), value in zip(np.rint(rgb).astype(int), values, strict=True)
    ]
