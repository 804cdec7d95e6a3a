"""What the map opens with: set once by the server, read by every session."""

from __future__ import annotations

import gc
import logging
import threading
from dataclasses import dataclass, field
from functools import cached_property

from apps.views.district_views import AS_IS, Views
from apps.views.networks.network_views import Networks

DEFAULT_DISTRICT = "helsinki-centre"


@dataclass(frozen=True)
class Opening:
    """The views of the process and which of them a new session sees first.

    Attributes
    ----------
    views : Views
        Shared by all sessions and the API.
    district, scenario : str
        MapQuantity first.
    """

    views: Views = field(default_factory=Views)
    district: str = DEFAULT_DISTRICT
    scenario: str = AS_IS

    @cached_property
    def networks(self) -> Networks:
        """Networks of the views, computed when somebody looks at them."""
        return Networks(self.views)


_LOG = logging.getLogger(__name__)
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
        try:
            for scenario in dict.fromkeys((opening.scenario, AS_IS)):
                opening.views.open(opening.district, scenario)
        except Exception:  # noqa: BLE001  a thread has nobody to raise to; it is logged
            # The page opens it again and tells the error where it can be read.
            _LOG.exception("The first view of %s could not be computed.", opening.district)
        # Streamlit collects garbage after every step of the play: what stays for good need not be looked at, which
        # takes 0.15 s off each.
        gc.collect()
        gc.freeze()

    thread = threading.Thread(target=work, name="first view", daemon=True)
    thread.start()
    return thread
