"""What the map opens with: set once by the server, read by every session."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from apps.api.views import AS_IS, Views

DEFAULT_DISTRICT = "helsinki-centre"


@dataclass(frozen=True)
class Opening:
    """The views of the process and which of them a new session sees first.

    Attributes
    ----------
    views : Views
        Shared by all sessions and the API.
    district, scenario : str
        Shown first.
    """

    views: Views = field(default_factory=Views)
    district: str = DEFAULT_DISTRICT
    scenario: str = AS_IS


_chosen: list[Opening] = []


def choose(opening: Opening) -> None:
    """Let every session that comes open with this."""
    _chosen[:] = [opening]


def chosen() -> Opening:
    """Give what the map opens with; without a server that chose, the default district as it is."""
    if not _chosen:
        _chosen.append(Opening())
    return _chosen[0]


def prepare(opening: Opening) -> threading.Thread:
    """Begin to compute the first view, so that it is ready when the browser is."""

    def work() -> None:
        opening.views.open(opening.district, opening.scenario)
        if opening.scenario != AS_IS:
            opening.views.open(opening.district, AS_IS)

    thread = threading.Thread(target=work, name="first view", daemon=True)
    thread.start()
    return thread
