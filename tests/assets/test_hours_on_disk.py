"""Arrays on disk: they hold what is written, give their memory back, and leave nothing behind."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assets import hours_on_disk
from assets.hours_on_disk import hours_array, let_go, on_disk, row_blocks, row_sums


def resident_mb() -> float:
    """Memory that this process takes now [MB]."""
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1000.0
    raise AssertionError("no VmRSS")


def test_small_arrays_stay_in_memory() -> None:
    array = hours_array(3, 8760)
    assert on_disk(array) is None
    assert array.dtype == np.float32
    assert not array.any()


def test_large_ones_hold_what_is_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(hours_on_disk, "LARGE_BYTES", 1000)
    monkeypatch.setattr(hours_on_disk.tempfile, "tempdir", str(tmp_path))
    array = hours_array(7, 100)
    assert on_disk(array) is not None
    assert on_disk(array[2:4, ::3]) is on_disk(array)
    assert not list(tmp_path.iterdir())
    told = np.random.default_rng(1).normal(size=(7, 100)).astype(np.float32)
    for row in row_blocks(7, 100, block_bytes=900):
        array[row] = told[row]
        let_go(array)
    np.testing.assert_array_equal(array, told)
    np.testing.assert_array_equal(row_sums(array), told.sum(axis=0, dtype=np.float64))


@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="only Linux tells what memory a process takes")
def test_memory_is_given_back() -> None:
    before = resident_mb()
    array = hours_array(20_000, 8760)  # 700 MB
    most = 0.0
    for row in row_blocks(4000, 8760):
        array[row] = 1.0
        most = max(most, resident_mb() - before)
        let_go(array)
    assert most < 70.0
    assert array[3999, -1] == 1.0


def test_blocks_are_within_their_memory() -> None:
    rows = list(row_blocks(10, 1000, block_bytes=12_000))
    assert rows == [slice(0, 3), slice(3, 6), slice(6, 9), slice(9, 10)]
    assert list(row_blocks(2, 1000, block_bytes=1)) == [slice(0, 1), slice(1, 2)]
    assert list(row_blocks(0, 1000)) == []
