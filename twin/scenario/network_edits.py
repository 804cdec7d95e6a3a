"""Edits of what buildings share: plants, stores, networks and their pipes and cables."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from assets.carriers import WATERBORNE, NetworkCarrier
from twin.scenario.parts import Name, Part, Share, Where

Longitude = Annotated[float, Field(ge=-180.0, le=180.0)]
Latitude = Annotated[float, Field(ge=-90.0, le=90.0)]
Place = tuple[Longitude, Latitude]
Size = Annotated[float, Field(gt=0.0, le=1e7)]
ElementId = Annotated[str, Field(min_length=1, max_length=120)]
_MOST_POINTS = 500


class PlantEdit(Part):
    """Build, close, resize or move a plant or a store that serves the district."""

    what: Literal["plant"] = "plant"
    """Kind of edit."""
    do: Literal["add", "remove", "resize", "move"] = "add"
    """What happens to it."""
    id: Name
    """Name of the plant in this scenario: sea-heat-pump."""
    kind: Annotated[str, Field(min_length=1, max_length=80)] | None = None
    """Kind of the catalogues of sources, conversions or stores: heat_pump_water; needed to add."""
    size_kw: Size | None = None
    """The most that it gives of its main carrier [kW]; of a store, its highest power."""
    capacity_kwh: Size | None = None
    """What a store holds between empty and full [kWh]."""
    at: Place | None = None
    """Longitude and latitude [°]; without it, where the network of its main carrier begins."""

    @model_validator(mode="after")
    def _makes_sense(self) -> PlantEdit:
        if self.do == "add" and (self.kind is None or (self.size_kw is None and self.capacity_kwh is None)):
            raise ValueError("adds a plant: give `kind`, and `size_kw` or, for a store, `capacity_kwh`")
        if self.do == "resize" and self.size_kw is None and self.capacity_kwh is None:
            raise ValueError("resizes a plant: give `size_kw` or `capacity_kwh`")
        if self.do == "move" and self.at is None:
            raise ValueError("moves a plant: give `at: [longitude, latitude]`")
        if self.do != "add" and self.kind is not None:
            raise ValueError("`kind` is given where a plant is added; to change it, remove the plant and add another")
        return self


class NetworkEdit(Part):
    """Lay a network or take it out, import it, or run it at other temperatures."""

    what: Literal["network"] = "network"
    """Kind of edit."""
    carrier: NetworkCarrier
    """Which network."""
    do: Literal["lay", "remove", "import", "operate"] = "lay"
    """What happens to it."""
    file: str | None = None
    """To import: GeoJSON lines of pipes, or a pandapower net as JSON; relative to the scenario's own folder."""
    generation: Literal["3", "4", "5"] | None = None
    """Of a heat network: 3 (up to 115 °C), 4 (up to 65 °C) or 5 (an ambient loop with heat pumps in the buildings)."""
    supply_temp_c: Annotated[float, Field(ge=-10.0, le=130.0)] | None = None
    """Supply temperature on the coldest day, of a cold network all year [°C]; without it, the generation's own."""
    hydrogen_share: Share | None = None
    """Of a gas network: part of hydrogen in the volume that enters it [0 to 1]."""

    @model_validator(mode="after")
    def _makes_sense(self) -> NetworkEdit:
        if (self.do == "import") != (self.file is not None):
            raise ValueError("`do: import` and `file` belong together")
        if self.generation is not None and self.carrier != "heat":
            raise ValueError("`generation` is said of a heat network")
        if self.supply_temp_c is not None and self.carrier not in WATERBORNE:
            raise ValueError("`supply_temp_c` is said of a heat or a cold network")
        if self.hydrogen_share is not None and self.carrier != "gas":
            raise ValueError("`hydrogen_share` is said of a gas network")
        if self.do == "operate" and self.supply_temp_c is None and self.hydrogen_share is None:
            raise ValueError("says nothing: give `supply_temp_c` or `hydrogen_share`")
        return self


class ElementEdit(Part):
    """Add, remove, resize or move a pipe, a cable or a transformer."""

    what: Literal["element"] = "element"
    """Kind of edit."""
    do: Literal["add", "remove", "resize", "move"]
    """What happens to it."""
    id: ElementId
    """Id of the element as the map shows it; for one that is added, a name of one's own."""
    carrier: NetworkCarrier | None = None
    """Network that it is added to."""
    size: Annotated[str, Field(min_length=1, max_length=80)] | None = None
    """Size of the catalogue of pipes, cables or transformers: DN150; without it, as the load asks for."""
    line: Annotated[tuple[Place, ...], Field(min_length=2, max_length=_MOST_POINTS)] | None = None
    """Where it runs, or runs now: longitude and latitude of its points [°]."""

    @model_validator(mode="after")
    def _makes_sense(self) -> ElementEdit:
        if self.do == "add" and (self.carrier is None or self.line is None):
            raise ValueError("adds an element: give its `carrier` and its `line`")
        if self.do == "resize" and self.size is None:
            raise ValueError("resizes an element: give its `size`")
        if self.do == "move" and self.line is None:
            raise ValueError("moves an element: give its new `line`")
        return self


class CoolingEdit(Part):
    """Change how buildings are cooled, or begin or end cooling them."""

    what: Literal["cooling"] = "cooling"
    """Kind of edit."""
    system: Literal["chiller", "district_cooling", "none"]
    """`chiller` on the building's own roof, `district_cooling`, or `none`."""
    begin: bool = False
    """Whether buildings that were not cooled before are cooled from now on too."""
    share: Share = 1.0
    """Part of the selected buildings; a larger share holds all buildings of a smaller one."""
    where: Where = Where()
    """Which buildings; without it, all that are cooled, or with `begin` all that are heated."""

    @model_validator(mode="after")
    def _makes_sense(self) -> CoolingEdit:
        if self.begin and self.system == "none":
            raise ValueError("`begin` needs a `system` that cools")
        return self
