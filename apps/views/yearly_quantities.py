"""Figures of the year by building: every KPI makes a map."""

from __future__ import annotations

from apps.texts import in_unit
from apps.views.quantities import Quantity
from assets.carriers import carriers
from twin import kpi_catalogue

_FIRST = ("intensity", "share", "amount")


def _yearly() -> tuple[Quantity, ...]:
    """List the KPIs of buildings, those first that compare large buildings with small ones."""
    table = kpi_catalogue()
    # What needs a year of networks is told where they are shown.
    table = table[table["level"].isin(["building", "both"]) & ~table["rests_on"].str.contains("networks")]
    order = table["scale"].map({scale: place for place, scale in enumerate(_FIRST)}).sort_values(kind="stable").index
    return tuple(
        Quantity(
            str(name),
            "year",
            in_unit(0.0, str(table.loc[name, "unit"]), large=True)[1],
            (str(name),),
            factor=in_unit(1.0, str(table.loc[name, "unit"]), large=True)[0] or 1.0,
            per_year=str(table.loc[name, "unit"]).endswith(("/a", "m²a", "m2a")),
            carrier=str(table.loc[name, "carrier"]) if table.loc[name, "carrier"] in carriers() else "",
        )
        for name in order
    )


YEARLY = _yearly()
"""KPIs of buildings."""
