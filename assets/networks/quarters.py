"""A town in quarters: what is planned by tables of everybody against everybody is planned one quarter at a time."""

from __future__ import annotations

import numpy as np

from assets.networks.graph import Array, Index


def quarters(x_m: Array, y_m: Array, most: int) -> list[Index]:
    """Halve places across their longer side until no part has more than some.

    Parameters
    ----------
    x_m, y_m : ndarray, shape (n,)
        Places [m].
    most : int
        Most places of a part.

    Returns
    -------
    list of ndarray of int64
        Places of each part, rising; all of them in one where they are few enough.
    """
    parts, found = [np.arange(len(x_m))], []
    while parts:
        part = parts.pop()
        if len(part) <= most:
            found.append(part)
            continue
        x, y = x_m[part], y_m[part]
        order = np.argsort(x if np.ptp(x) >= np.ptp(y) else y, kind="stable")
        half = len(part) // 2
        parts += [np.sort(part[order[half:]]), np.sort(part[order[:half]])]
    return found
