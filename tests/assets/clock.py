"""Clocks for tests: as many steps as an array has columns."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets.time_grid import TimeGrid


def clock(steps: int | npt.ArrayLike, step_h: float = 1.0, zone: str = "UTC") -> TimeGrid:
    """Steps from the start of 2025 on: so many, or as many as an array has columns."""
    n = steps if isinstance(steps, int) else np.shape(steps)[-1]
    return TimeGrid(pd.Timestamp("2025-01-01", tz=zone), pd.Timedelta(hours=step_h), n, zone)
