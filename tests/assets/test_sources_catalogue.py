"""Tables of the sources are as declared, and every row says where it comes from."""

from __future__ import annotations

import pandas as pd
import pytest

import assets.sources as package
from assets.catalogue import table

DECLARED = table("attributes_sources")


@pytest.mark.parametrize("name", sorted(DECLARED["table"].unique()))
def test_tables_are_as_declared(name: str) -> None:
    rows, declared = table(name), DECLARED[DECLARED["table"] == name]
    assert list(rows.columns) == list(declared["attribute"])
    assert rows["source"].str.len().gt(7).all()
    for attribute, kind in zip(declared["attribute"], declared["type"], strict=True):
        assert pd.api.types.is_numeric_dtype(rows[attribute]) == (kind in {"float", "int"}), attribute
    if "kind" in rows:
        assert set(rows["kind"]) <= {"measured", "modelled", "assumed", "synthetic"}
    assert declared["description"].str.len().gt(3).all()


def test_no_module_bears_the_name_of_what_the_package_exports() -> None:
    modules = {name for name in dir(package) if type(getattr(package, name)).__name__ == "module"}
    assert not modules & set(package.__all__)
    assert sorted(package.__all__) == list(package.__all__)
