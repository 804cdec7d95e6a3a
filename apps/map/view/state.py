"""What one session of the map looks at: a frozen state, and the transitions that lead from one to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from apps.map.view.deck.camera import Camera
from apps.views.days import DAYS
from apps.views.networks.element_states import ALL
from apps.views.quantities import FIRST_QUANTITY
from twin import load_scenario
from twin.scenario import AnyEdit, History, Scenario

Group = Literal["hour", "year", "kind", "network"]
Mode = Literal["map", "beside", "difference"]
Side = Literal["", "problems", "plant", "line", "network"]
NETWORK: Group = "network"
"""The tab of the panel under which networks are looked at."""
FIRST_STEP = 8  # of a winter weekday: people get up, so does demand
_MOST_PLACES = 12


def as_it_is() -> Scenario:
    """Give the preset without edits."""
    return load_scenario("as-is")


@dataclass(frozen=True)
class PlantDraft:
    """A plant that is being placed.

    Attributes
    ----------
    moving : str or None
        Id of a plant that looks for another place; None for a new one.
    building : str or None
        Building that was clicked.
    place : str
        "network", "building" or "point".
    size_kw, capacity_kwh : float
        Of a new one.
    """

    moving: str | None = None
    building: str | None = None
    place: str = "network"
    size_kw: float = 1000.0
    capacity_kwh: float = 10_000.0


@dataclass(frozen=True)
class LineDraft:
    """A pipe or a cable that is being drawn.

    Attributes
    ----------
    moving : str or None
        Id of a line that gets another way; None for a new one.
    places : tuple of str
        Ids of the buildings and elements that it passes.
    carrier, size : str
        Of a new one; without a size the network chooses.
    streets : bool
        Whether it follows the streets.
    """

    moving: str | None = None
    places: tuple[str, ...] = ()
    carrier: str = "heat"
    size: str = ""
    streets: bool = True


@dataclass(frozen=True)
class ViewState:
    """What a session looks at.

    Attributes
    ----------
    history : History
        Steps of the scenario.
    pinned : Scenario or None
        What changes are told against; None for the district as it is.
    district : str
        Name of the district.
    group : str
        Tab of the quantities.
    quantity_hour, quantity_year, quantity_kind : str
        Quantity that is chosen under each tab.
    day : str
        A day of `apps.views.days.DAYS`, or a date on which networks are at their worst.
    first_step : int
        Place of the playhead before it was moved.
    jump : tuple of int
        Number of the last jump of the playhead from here, and where it went.
    layers : tuple of str
        Layers that are switched on.
    mode : str
        One map, two beside each other, or their difference.
    selected, element : str or None
        Id of the selected building, or of the selected element of a network.
    clicked : tuple of str or None
        Layer and id of the last click that was taken over.
    side : str
        Panel on the right.
    card_part, element_part, problems_part : str
        Part that is open of each card.
    changing : bool
        Whether the panel of changes is open.
    change_part, change_topic, several_by : str
        What it is about, and how buildings are chosen there.
    several_share : int
        Part of the chosen buildings that is changed [%].
    new_round : int
        How often new buildings were built: each time with fresh fields.
    folded, workshop : bool
        Whether the panel is folded away; whether the page is the workshop's.
    tour : int
        Step of the workshop's tour; 0 where there is none.
    camera : Camera or None
        Where the camera was sent; None where it frames the district.
    flights : int
        How often it was sent.
    network_carrier, network_quantity : str
        What is looked at of networks.
    network_to_change : str
        Carrier of the network whose settings are open.
    plant : PlantDraft
        A plant that is being placed.
    line : LineDraft
        A line that is being drawn.
    element_titles : Mapping[str, Mapping[str, str]]
        What people call elements that were changed, by id and language: they may be gone.
    """

    history: History
    pinned: Scenario | None = None
    district: str = ""
    group: Group = "hour"
    quantity_hour: str = FIRST_QUANTITY
    quantity_year: str = "heat_kwh_m2"
    quantity_kind: str = "use"
    day: str = DAYS[0]
    first_step: int = FIRST_STEP
    jump: tuple[int, int] = (0, 0)
    layers: tuple[str, ...] = ("streets", "water", "landuse", "trees", "chargers", "pipes")
    mode: Mode = "map"
    selected: str | None = None
    element: str | None = None
    clicked: tuple[str, str] | None = None
    side: Side = ""
    card_part: str = "figures"
    element_part: str = "state"
    problems_part: str = "problems"
    changing: bool = False
    change_part: str = "buildings"
    change_topic: str = "prices"
    several_by: str = "use"
    several_share: int = 100
    new_round: int = 0
    folded: bool = False
    workshop: bool = False
    tour: int = 0
    camera: Camera | None = None
    flights: int = 0
    network_carrier: str = ALL
    network_quantity: str = "loading"
    network_to_change: str = "heat"
    plant: PlantDraft = field(default_factory=PlantDraft)
    line: LineDraft = field(default_factory=LineDraft)
    element_titles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def present(self) -> Scenario:
        """The scenario that is shown."""
        return self.history.present

    @property
    def baseline(self) -> Scenario:
        """The scenario that changes are told against."""
        return as_it_is() if self.pinned is None else self.pinned

    @property
    def networks_shown(self) -> bool:
        """Whether networks are looked at."""
        return self.group == NETWORK

    @property
    def quantity(self) -> str:
        """Key of what buildings are coloured by; while networks are looked at, of the hour."""
        chosen = {"year": self.quantity_year, "kind": self.quantity_kind}
        return chosen.get(self.group, self.quantity_hour)

    def pin(self, scenario: Scenario | None) -> ViewState:
        """Hold everything against a scenario from now on; None: against the district as it is."""
        return replace(self, pinned=None if scenario is None or not scenario.edits else scenario)

    def apply(self, *edits: AnyEdit) -> ViewState:
        """Add edits as one step."""
        return replace(self, history=self.history.apply(*edits))

    def go_to(self, scenario: Scenario) -> ViewState:
        """Go to another scenario as one step."""
        return replace(self, history=self.history.replace(scenario))

    def with_edits(self, edits: tuple[AnyEdit, ...]) -> ViewState:
        """Let the scenario hold these edits, as one step."""
        return self.go_to(self.present.model_copy(update={"edits": edits}) if edits else as_it_is())

    def put(self, what: str, edit: AnyEdit | None) -> ViewState:
        """Let one edit stand in the place of all of its kind, as one step; None: let none stand."""
        rest = tuple(old for old in self.present.edits if old.what != what)
        return self.with_edits(rest if edit is None else (*rest, edit))

    def remove(self, place: int) -> ViewState:
        """Take one edit out, as one step."""
        edits = self.present.edits
        return self.with_edits(edits[:place] + edits[place + 1 :]) if 0 <= place < len(edits) else self

    def undo(self) -> ViewState:
        """Go one step back, if there is one."""
        return replace(self, history=self.history.undo()) if self.history.can_undo else self

    def redo(self) -> ViewState:
        """Take the last undo back, if there is one."""
        return replace(self, history=self.history.redo()) if self.history.can_redo else self

    def drop_step(self) -> ViewState:
        """Forget the present step and what was undone: it cannot be computed."""
        past = self.history.past
        if not past:
            return replace(self, history=History.start(as_it_is()))
        return replace(self, history=History(past[:-1], past[-1]))

    def open_side(self, side: Side) -> ViewState:
        """Open a panel on the right, or none: what was selected or being placed is let go."""
        plant, line = replace(self.plant, moving=None), replace(self.line, moving=None, places=())
        return replace(self, side=side, changing=False, element=None, selected=None, plant=plant, line=line)

    def open_problems(self) -> ViewState:
        """Look at the networks, and at what is wrong with them."""
        return replace(self.open_side("problems"), group=NETWORK)

    def open_changes(self, opened: bool) -> ViewState:
        """Open the panel of changes, or close it."""
        return replace(self, changing=opened, selected=None)

    def move_plant(self, plant: str) -> ViewState:
        """Look for another place for a plant."""
        opened = self.open_side("plant")
        place = "building" if self.plant.place == "network" else self.plant.place
        return replace(opened, plant=replace(opened.plant, moving=plant, place=place))

    def move_line(self, line: str) -> ViewState:
        """Draw another way for a line."""
        opened = self.open_side("line")
        return replace(opened, line=replace(opened.line, moving=line))

    def add_place(self, name: str) -> ViewState:
        """Let the line that is drawn pass through what was clicked."""
        places = self.line.places
        if (places and places[-1] == name) or len(places) >= _MOST_PLACES:
            return self
        return replace(self, line=replace(self.line, places=(*places, name)))

    def drop_place(self) -> ViewState:
        """Take the last place of the line back."""
        return replace(self, line=replace(self.line, places=self.line.places[:-1]))

    def click(self, layer: str, name: str | None, *, building: bool) -> ViewState:
        """Take over a click: while a line or a plant looks for its place, the click is the answer.

        Parameters
        ----------
        layer : str
            Layer of what was clicked; empty beside everything.
        name : str or None
            Id of what was clicked.
        building : bool
            Whether it is a building.
        """
        clicked = replace(self, clicked=None if name is None else (layer, name))
        if self.networks_shown and self.side == "line":
            return clicked if name is None else clicked.add_place(name)
        if self.networks_shown and self.side == "plant" and (building or name is None):
            plant = replace(self.plant, building=name, place="building")
            return clicked if name is None else replace(clicked, plant=plant)
        return replace(clicked, selected=name if building else None, element=None if building else name)

    def show_element(self, element: str, carrier: str, quantity: str) -> ViewState:
        """Look at an element of a network by a quantity: its card comes first."""
        shown = replace(self, group=NETWORK, network_carrier=carrier, network_quantity=quantity)
        return replace(shown, element=element, selected=None, element_part="state")

    def jump_to(self, step: int) -> ViewState:
        """Put the playhead somewhere; the browser follows."""
        return replace(self, jump=(self.jump[0] + 1, step))

    def fly(self, camera: Camera) -> ViewState:
        """Send the camera somewhere."""
        return replace(self, camera=camera, flights=self.flights + 1)

    def begin_workshop(self) -> ViewState:
        """Turn the page into the workshop's, with the tour's first step."""
        fresh = replace(self, workshop=True, tour=1, mode="map", changing=False, selected=None, folded=False)
        return fresh.pin(None)

    def leave_workshop(self) -> ViewState:
        """Give the planner's page back, with the scenario as it stands."""
        return replace(self, workshop=False, tour=0)

    def restart_workshop(self) -> ViewState:
        """Go back to the district as it is, with the first colours and the tour."""
        history = History.start(as_it_is())
        return replace(
            self,
            history=history,
            pinned=None,
            group="hour",
            quantity_hour=FIRST_QUANTITY,
            selected=None,
            tour=1,
            mode="map",
        )
