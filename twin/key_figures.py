"""What every KPI is: declared once, in kpis.csv."""

from __future__ import annotations

from functools import cache
from importlib import resources

import pandas as pd


@cache
def kpi_catalogue() -> pd.DataFrame:
    """Read what every KPI is.

    Returns
    -------
    pandas.DataFrame
        Index `id`; `label`, `unit`, `scale` (`amount` grows with the building, `intensity` and `share` do not),
        `better` (`lower` or `higher`), `carrier`, `level` (`building`, `district` or `both`), `kind` (`modelled`, or
        `assumed` where it rests on assumed prices, factors and costs), `rests_on` (words of `twin.rests.sources_of`),
        `description`.
    """
    with (resources.files("twin") / "kpis.csv").open(encoding="utf-8") as file:
        return pd.read_csv(file).set_index("id")
