"""How much PV fits on a roof and how it stands."""

from __future__ import annotations

import numpy as np
import pytest

from assets.solar import SolarInputError, module_plane, pv_capacity, pv_losses, pv_modules, pv_mountings


def test_racks_stand_to_the_equator_and_roofs_carry_their_own_plane():
    got = module_plane([0.0, 35.0, 90.0], [180.0, 250.0, 90.0])
    np.testing.assert_array_equal(got.tilt_deg, [15.0, 35.0, 90.0])
    np.testing.assert_array_equal(got.azimuth_deg, [180.0, 250.0, 90.0])
    assert got.mounting == ("rack", "roof", "facade")
    np.testing.assert_array_equal(got.row_cover_ratio, [0.7, 0.0, 0.0])
    assert module_plane([0.0], [180.0], latitude=-33.0).azimuth_deg[0] == 0.0


def test_capacity_of_a_roof_worked_out_by_hand():
    # 100 m² flat: 70 m² of modules at 190 W/m²; 100 m² tilted: 98 m².
    np.testing.assert_allclose(pv_capacity([100.0, 100.0, 0.0], [0.0, 30.0, 30.0]), [13.3, 18.62, 0.0])
    assert pv_capacity(10.0, [30.0], module="standard_2014")[0] == pytest.approx(1.47)
    with pytest.raises(SolarInputError, match="usable_m2 has negative"):
        pv_capacity([-1.0], [0.0])
    with pytest.raises(SolarInputError, match="take one of standard"):
        pv_capacity([1.0], [0.0], module="best")


@pytest.mark.parametrize("table", [pv_modules(), pv_mountings(), pv_losses()])
def test_every_row_of_the_catalogue_names_its_source(table):
    assert table.index.is_unique
    assert (table["source"].str.len() > 10).all()
