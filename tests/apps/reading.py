"""Read what the page says, without a browser."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from streamlit.testing.v1 import AppTest

from apps.map.view.state import ViewState


def told(page: AppTest) -> str:
    """Everything that the page writes itself, as HTML."""
    return " ".join(str(element.proto.body) for element in page.get("html"))


def sentences(page: AppTest) -> list[str]:
    """The scenario's changes, as the panel lists them."""
    return re.findall(r'<div class="cet-edit">(.*?)</div>', told(page))


def figure(page: AppTest, name: str) -> str:
    """The change of a key figure."""
    return re.search(rf'>{name}<span.*?cet-kpi-change"[^>]*>(.*?)</div>', told(page)).group(1)  # type: ignore[union-attr]


def view_state(page: AppTest) -> ViewState:
    """What the session looks at."""
    found: ViewState = page.session_state["view_state"]
    return found


def look_at(page: AppTest, **fields: Any) -> AppTest:
    """Let the session look at something else, as a click on the map would; fields of a draft as `line__places`."""
    state = view_state(page)
    for name, value in fields.items():
        draft, _, inner = name.rpartition("__")
        state = replace(
            state, **({draft: replace(getattr(state, draft), **{inner: value})} if draft else {name: value})
        )
    page.session_state["view_state"] = state
    return page.run()
