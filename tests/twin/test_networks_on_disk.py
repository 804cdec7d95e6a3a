"""A year of networks whose hours lie on disk, in blocks, is the same as one in memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from assets import hours_on_disk
from gis_data import District
from tests.twin.test_networks_coupling import PLANTS, coupled
from twin import NetworkResults, causes, load_networks, network_kpis
from twin.networks.operation import power_network
from twin.networks.results.states import QUANTITIES

_SUMMED = ("branch_loss_kwh",)


@pytest.fixture(scope="module")
def both(district: District) -> tuple[NetworkResults, NetworkResults]:
    """The same year in memory and on disk, with blocks of a few rows and of 1024 hours."""
    whole = coupled(district, PLANTS)[1]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hours_on_disk, "LARGE_BYTES", 8760)
        patch.setattr(power_network, "_LOAD_BYTES", 8 * 1024)
        return whole, coupled(district, PLANTS)[1]


def same(one: Any, other: Any) -> None:
    assert set(one.variables) == set(other.variables)
    for name, variable in one.variables.items():
        found = other[name]
        assert (found.dims, found.attrs) == (variable.dims, variable.attrs), name
        if variable.dtype != object:  # words come back from a file as words of fixed length
            assert found.dtype == variable.dtype, name
        if name in _SUMMED:
            np.testing.assert_allclose(found, variable, rtol=1e-12)
        else:
            np.testing.assert_array_equal(found, variable, err_msg=str(name))


def test_hours_are_the_same(both: tuple[NetworkResults, NetworkResults]) -> None:
    whole, parts = both
    assert hours_on_disk.on_disk(parts.dataset["voltage_pu"].to_numpy()) is not None
    same(whole.dataset, parts.dataset)
    pd.testing.assert_frame_equal(
        pd.DataFrame(whole.elements.drop(columns="geometry")), pd.DataFrame(parts.elements.drop(columns="geometry")),
        rtol=1e-12,
    )  # fmt: skip


def test_figures_states_and_causes_are_the_same(
    both: tuple[NetworkResults, NetworkResults], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, parts = both
    told, found = network_kpis(whole), network_kpis(parts)
    assert told.keys() == found.keys()
    for name, figure in told.items():
        assert found[name]["value"] == pytest.approx(figure["value"], rel=1e-12), name
    for quantity in QUANTITIES:
        one, other = whole.state(quantity), parts.state(quantity)
        np.testing.assert_array_equal(one.ids, other.ids)
        for field in ("values", "limit_low", "limit_high"):
            np.testing.assert_array_equal(getattr(one, field), getattr(other, field), err_msg=quantity)
    for kind in ("cable", "pipe", "service", "substation"):
        element = str(whole.elements.index[whole.elements["kind"] == kind][0])
        pd.testing.assert_frame_equal(causes(whole, element), causes(parts, element))


def test_they_are_saved_and_read_as_they_are(
    both: tuple[NetworkResults, NetworkResults], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, parts = both
    saved = parts.save(tmp_path / "parts")
    same(parts.dataset, load_networks(saved).dataset)
    monkeypatch.setattr(hours_on_disk, "LARGE_BYTES", 8760)
    found = load_networks(saved)
    assert hours_on_disk.on_disk(found.dataset["voltage_pu"].to_numpy()) is not None
    same(parts.dataset, found.dataset)
    same(whole.dataset, load_networks(whole.save(tmp_path / "whole")).dataset)
