"""Read what the page says, without a browser."""

from __future__ import annotations

import re

from streamlit.testing.v1 import AppTest


def told(page: AppTest) -> str:
    """Everything that the page writes itself, as HTML."""
    return " ".join(str(element.proto.body) for element in page.get("html"))


def sentences(page: AppTest) -> list[str]:
    """The scenario's changes, as the panel lists them."""
    return re.findall(r'<div class="cet-edit">(.*?)</div>', told(page))


def figure(page: AppTest, name: str) -> str:
    """The change of a key figure."""
    return re.search(rf'>{name}<span.*?cet-kpi-change"[^>]*>(.*?)</div>', told(page)).group(1)  # type: ignore[union-attr]
