"""Sites and random years for the tests of conversions."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from assets.conversions import ConversionSite, ConversionYear
from assets.sources import HeatSource

HOURS = 48


def site(hours: int = HOURS, **changes: object) -> ConversionSite:
    """A network of 85/45 °C, cold of 7 °C, every source at hand."""
    asked: dict[str, object] = {
        "air_temp_c": np.full(hours, 10.0),
        "supply_temp_c": np.full(hours, 85.0),
        "return_temp_c": np.full(hours, 45.0),
        "cold_supply_temp_c": np.full(hours, 7.0),
        "sources": {
            "ground": HeatSource("ground", np.full(hours, 5.0), np.full(hours, np.inf)),
            "water": HeatSource("water", np.full(hours, 6.0), np.full(hours, np.inf), 0.5),
            "wastewater": HeatSource("wastewater", np.full(hours, 12.0), np.full(hours, 5e4), 3.0, 0.02),
            "waste_heat": HeatSource("waste_heat", np.full(hours, 30.0), np.full(hours, 5e4), 10.0),
        },
    }
    return ConversionSite(**{**asked, **changes})  # type: ignore[arg-type]


@st.composite
def sites(draw: st.DrawFn, hours: int = HOURS) -> ConversionSite:
    """Any weather, any network, any source."""

    def series(low: float, high: float) -> np.ndarray:
        return draw(arrays(np.float64, hours, elements=st.floats(low, high, allow_subnormal=False)))

    back = series(25.0, 65.0)
    sources = {
        name: HeatSource(name, series(low, high), series(0.0, 1e4), limit, share)
        for name, low, high, limit, share in (
            ("ground", -3.0, 12.0, -np.inf, 0.03),
            ("water", -0.3, 22.0, 0.5, 0.02),
            ("wastewater", 4.0, 22.0, 3.0, 0.01),
            ("waste_heat", 5.0, 60.0, 8.0, 0.0),
        )
    }
    return ConversionSite(series(-35.0, 35.0), back + series(1.0, 60.0), back, series(3.0, 14.0), sources)


def wanted(devices: int = 2, hours: int = HOURS, most: float = 2000.0) -> st.SearchStrategy[np.ndarray]:
    """Any sequence of what may be asked for, zeros and more than there is among it."""
    return arrays(
        np.float64,
        (devices, hours),
        elements=st.one_of(st.just(0.0), st.floats(0.0, most, allow_subnormal=False)),
    )


def assert_conserved(year: ConversionYear) -> None:
    """Nothing negative, nothing out of nothing: taken = given + loss to 1e-6 of what passes."""
    flows: list[Mapping[str, np.ndarray]] = [year.given_kwh, year.taken_kwh]
    for each in flows:
        for name, values in each.items():
            assert np.isfinite(values).all(), name
            assert (values >= 0.0).all(), name
    passes = np.maximum(sum(year.taken_kwh.values()), 1e-9)
    assert (year.loss_kwh >= -1e-6 * passes).all()
    assert (year.loss_kwh <= passes * (1 + 1e-6)).all()
    balance = sum(year.taken_kwh.values()) - sum(year.given_kwh.values()) - year.loss_kwh
    assert (np.abs(balance) <= 1e-6 * passes).all()


def assert_within(
    year: ConversionYear, asked: np.ndarray, capacity: np.ndarray, least: np.ndarray, ramp: np.ndarray
) -> None:
    """Main carrier within what is wanted, capacity, least load and ramp."""
    main = year.main_kwh
    assert (main <= asked + 1e-9).all()
    assert (main <= capacity * (1 + 1e-12) + 1e-9).all()
    floor = least[:, None] * capacity
    assert ((main == 0.0) | (main >= floor * (1 - 1e-9))).all()
    before = np.concatenate([np.zeros((len(main), 1)), main[:, :-1]], axis=1)
    rise = before + np.minimum(ramp, 2.0)[:, None] * capacity
    limit = np.where(before < floor, np.maximum(floor, rise), rise)
    assert (main <= limit + 1e-9 * capacity + 1e-9).all()
