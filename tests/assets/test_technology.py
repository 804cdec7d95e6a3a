"""The one form of sources and conversions: what it refuses, and that nothing comes out of nothing."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets._errors import InputError
from assets.carriers import BOUGHT, FREE, REJECTED
from assets.technology import Technology


def flat(value: float, hours: int = 3) -> np.ndarray:
    return np.full(hours, value)


def chp() -> Technology:
    """Back-pressure plant: of 100 kWh of gas 40 of electricity and 50 of heat."""
    return Technology("heat", flat(500.0), {"gas": flat(2.0)}, {"electricity": flat(0.8)}, least_share=0.3)


def test_flows_and_loss_of_a_plant_by_hand() -> None:
    flows = chp().flows(flat(50.0))
    assert {name: values[0] for name, values in flows.items()} == pytest.approx(
        {"heat": 50.0, "electricity": 40.0, "gas": -100.0, "loss": 10.0}
    )
    np.testing.assert_allclose(chp().loss, 0.2)


def test_own_use_of_the_main_carrier_is_netted() -> None:
    """A power plant whose pumps take 5 % of what it makes."""
    plant = Technology("electricity", flat(10.0), {"gas": flat(2.5), "electricity": flat(0.05)})
    flows = plant.flows(flat(100.0))
    assert flows["electricity"][0] == pytest.approx(95.0)
    np.testing.assert_allclose(sum(flows.values()), 0.0, atol=1e-9)


ratio = st.lists(st.floats(0.0, 5.0), min_size=4, max_size=4).map(np.array)
carriers = st.sampled_from(sorted({*BOUGHT, *FREE, REJECTED}))


@given(
    st.sampled_from(BOUGHT),
    st.dictionaries(carriers, ratio, max_size=4),
    st.dictionaries(carriers, ratio, max_size=3),
    st.lists(st.floats(0.0, 1e6), min_size=4, max_size=4).map(np.array),
)
def test_what_passes_is_conserved_or_the_device_is_refused(
    main: str, inputs: dict[str, np.ndarray], outputs: dict[str, np.ndarray], amount: np.ndarray
) -> None:
    outputs.pop(main, None)
    taken, given_ = sum(inputs.values(), np.zeros(4)), sum(outputs.values(), np.ones(4))
    if (given_ - taken > 1e-9 * given_).any():
        with pytest.raises(InputError, match="more than it takes"):
            Technology(main, flat(1.0, 4), inputs, outputs)
        return
    technology = Technology(main, flat(1.0, 4), inputs, outputs)
    flows = technology.flows(amount)
    assert (technology.loss >= -1e-9 * given_).all()
    np.testing.assert_allclose(sum(flows.values()), 0.0, atol=1e-6 * max(float((taken * amount).max()), 1e-9))


def test_findings_come_all_at_once() -> None:
    with pytest.raises(InputError) as caught:
        Technology(
            "heat",
            np.array([1.0, -1.0, np.nan]),
            {"coal": flat(1.0), "gas": flat(np.inf), "biomass": flat(1.0, 2)},
            {"heat": flat(0.1), "electricity": flat(-0.1)},
            least_share=1.5,
        )
    said = "\n".join(caught.value.findings)
    assert len(caught.value.findings) == 7
    for part in ("no carrier coal", "gas: a ratio", "biomass: (2,)", "electricity: a ratio", "least_share is 1.5"):
        assert part in said
    assert "capacity_kw is negative" in said
    assert "heat is what it is run for" in said


def test_nobody_runs_a_device_for_what_nature_gives() -> None:
    with pytest.raises(InputError, match="nothing is run for wind"):
        Technology("wind", flat(1.0), {"electricity": flat(2.0)})
    with pytest.raises(InputError, match="capacity_kw has shape"):
        Technology("heat", np.float64(1.0), {"gas": np.float64(2.0)})


def test_a_perpetual_motion_names_its_hour() -> None:
    with pytest.raises(InputError, match=r"hour 1: gives 0\.1 kWh more"):
        Technology("heat", flat(1.0), {"gas": np.array([1.1, 0.9, 1.1])})


def test_shape_of_the_amounts_is_checked() -> None:
    with pytest.raises(InputError, match="main_kwh has shape"):
        chp().flows(flat(1.0, 5))


def test_it_keeps_its_own_numbers() -> None:
    """What it was made of may change afterwards; a copy and a pickle are equal to it."""
    gas, inputs = flat(2.0), {}
    inputs["gas"] = gas
    plant = Technology("heat", flat(500.0), inputs)
    gas[:] = 0.5
    inputs["oil"] = flat(1.0)
    np.testing.assert_allclose(plant.loss, 1.0)
    for twin in (copy.deepcopy(plant), pickle.loads(pickle.dumps(plant))):  # noqa: S301  our own bytes
        np.testing.assert_array_equal(twin.loss, plant.loss)
    mine = flat(5.0)
    flows = plant.flows(mine)
    flows["heat"][:] = 0.0
    np.testing.assert_array_equal(mine, 5.0)


def test_an_unlimited_device_is_allowed() -> None:
    grid = Technology("heat", flat(np.inf), {"electricity": flat(1.0)})
    assert np.isinf(grid.capacity_kw).all()
    assert not grid.outputs
