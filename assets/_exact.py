"""Grids on which sums of single-precision energies are exact.

Every energy of a building is a multiple of one power of two of a kWh and stays below 2^24 of it: adding and taking
away such numbers in single precision loses nothing, so that balances of models hold to the last bit.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numba as nb
import numpy as np

MANTISSA_BITS = 24
"""Of single precision."""


@nb.njit(cache=True, error_model="numpy")
def grid_of(largest_kwh):
    """Return the grid (kWh) on which sums of up to twice `largest_kwh` are exact."""
    return 2.0 ** (np.ceil(np.log2(max(2.0 * largest_kwh, 1e-3))) - MANTISSA_BITS)


@nb.njit(cache=True, error_model="numpy")
def nearest(energy_kwh, grid_kwh):
    """Return the multiple of the grid nearest to an energy."""
    return np.rint(energy_kwh / grid_kwh) * grid_kwh


@nb.njit(cache=True, error_model="numpy")
def below(energy_kwh, grid_kwh):
    """Return the largest multiple of the grid that an energy (0 or more) holds."""
    return np.floor(energy_kwh / grid_kwh) * grid_kwh
