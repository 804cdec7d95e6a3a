"""Shapes of the API's answers."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Answer(BaseModel):
    """Base of every answer: nothing unnamed goes out."""

    model_config = ConfigDict(extra="forbid")


class Health(Answer):
    """Whether the service stands."""

    status: str = Field(description='"ok" when the service answers')
    version: str = Field(description="Version of city-energy-twin")


class DistrictInfo(Answer):
    """A district that can be opened."""

    name: str = Field(description="Id, safe in addresses and folders")
    title: str = Field(description="Name for people")
    open: bool = Field(description="Whether its results are ready in memory")


class Kpi(Answer):
    """One key figure."""

    value: float | str | None = Field(default=None, description="Figure in `unit`; null where it cannot be told")
    unit: str = Field(default="", description="Unit of the value")
    available: bool = Field(default=True, description="False where the figure cannot be told")
    kind: str = Field(default="", description="measured, modelled, assumed or synthetic")
    limit: float | None = Field(default=None, description="Figure that it is held against")
    exceeded: bool | None = Field(default=None, description="Whether it is beyond that")
    reason: str | None = Field(default=None, description="Why the figure cannot be told")
    todo: str | None = Field(default=None, description="What to run to get it")


class Kpis(Answer):
    """Key figures of a district in a scenario."""

    district: str
    scenario: str
    kpis: dict[str, Kpi]


class Series(Answer):
    """One building's mean power over the steps of a day."""

    building: str
    day: str = Field(description="A typical day, a special day, or year (twelve months)")
    date: str | None = Field(description="Date of a special day, local time")
    unit: dict[str, str] = Field(description="Unit of each series: kW, or °C")
    series: dict[str, list[float]] = Field(description="Values by quantity, one a step")


class NetworkProblem(Answer):
    """An element of a network that is beyond its limit at some hour of the year."""

    element: str
    title: str = Field(description="Name for people")
    carrier: str
    hours_over: int = Field(description="Hours of the year beyond the limit")
    description: str = Field(description="How far, and how long, in words")
    cause: str | None = Field(description="Who and when, in words; null where it was not looked for yet")


class NetworkNote(Answer):
    """What was assumed of the networks, or has not settled."""

    kind: str = Field(description="Key of what it says")
    ids: list[str] = Field(description="Plants, elements or edits that it is about")
    values: dict[str, float | str] = Field(description="Numbers and keys that it says")
    text: str = Field(description="In words")


class Element(Answer):
    """A pipe, a cable, a transformer or a plant."""

    element: str
    title: str
    carrier: str
    kind: str
    size: str = Field(description="Row of the catalogue")
    origin: str = Field(description="mapped, imported, laid, edited or assumed")
    quantity: str = Field(description="What the limit is of: loading, voltage, temperature or pressure")
    unit: str
    worst: float | None
    limit_low: float | None
    limit_high: float | None
    hours_over: int
    worst_date: str = Field(description="Local date of the worst hour")
    worst_day: list[float | None] = Field(description="The hours of that day")
    cause: str
    causes: list[dict[str, Any]] = Field(description="Buildings and plants in the order of blame")


class Flow(Answer):
    """Energy of a year from one place to another."""

    source: str
    target: str
    carrier: str
    kwh: float


class Problem(Answer):
    """An error in plain words."""

    detail: str = Field(description="What is wrong and what to do about it")


PROBLEMS: dict[int | str, dict[str, Any]] = {404: {"model": Problem, "description": "There is no such thing"}}
"""Errors that every route may answer with."""
