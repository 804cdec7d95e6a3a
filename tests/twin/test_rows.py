"""What is remembered row by row is what would be computed."""

from __future__ import annotations

from functools import partial

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from twin._cache.memo import Memo
from twin._cache.rows import joined_keys, remembered, row_keys


def squares(values: np.ndarray, asked: list):
    def compute(rows: np.ndarray) -> dict[str, np.ndarray]:
        asked.append(rows.tolist())
        return {"square": values[rows, None] ** 2 * np.ones(3), "one": values[rows]}

    return compute


@given(st.lists(st.lists(st.integers(0, 9), max_size=12), min_size=1, max_size=6))
def test_only_new_rows_are_computed_and_all_come_out_right(runs: list[list[int]]) -> None:
    memo, known = Memo(), [set()]
    for values in runs:
        array = np.array(values, dtype=np.float64)
        asked: list[list[int]] = []
        rows = remembered(memo, "stage", len(array), partial(row_keys, len(array), "v", array), squares(array, asked))
        if len(array):
            np.testing.assert_array_equal(rows["square"], array[:, None] ** 2 * np.ones(3))
            np.testing.assert_array_equal(rows["one"], array)
        computed = {values[row] for part in asked for row in part}
        assert any(computed == set(values) - before or not computed for before in known)
        known.append(set(values))


def test_the_very_arrays_are_shared_where_nothing_changed() -> None:
    memo, array = Memo(), np.arange(4.0)
    keys = row_keys(4, "v", array)
    first = remembered(memo, "stage", 4, lambda: keys, squares(array, []))
    again = remembered(memo, "stage", 4, lambda: keys, squares(array, []))
    assert first["square"] is again["square"]


def test_keys_follow_content_of_every_part_and_of_what_is_common() -> None:
    a, texts = np.array([1.0, 1.0, 2.0]), np.array(["x", "x", "y"], dtype=object)
    keys = row_keys(3, "c", a, texts)
    assert keys[0] == keys[1] != keys[2]
    assert row_keys(3, "d", a, texts)[0] != keys[0]
    assert row_keys(3, "c", a, np.array(["z", "x", "y"], dtype=object))[0] != keys[0]
    owner = np.array([0, 1, 0, -1])
    four = row_keys(4, "c", np.arange(4.0))
    joined = joined_keys(2, owner, four)
    assert joined[0] != joined[1]
    assert joined_keys(2, owner[::-1], four[::-1])[0] != joined[0], "the order of the parts counts"
    assert joined_keys(2, owner, np.array([*four[:3], four[0]]))[0] == joined[0], "what is nobody's counts for none"
