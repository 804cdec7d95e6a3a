"""The view as a few lines of Python that give its figures."""

from __future__ import annotations

from collections.abc import Mapping

from apps.views.days import TYPICAL_DAYS
from apps.views.map_quantities import quantity_of
from apps.views.networks.element_states import ALL, KIND, Look
from apps.views.quantities import HOURLY
from apps.views.view import View
from twin.scenario import Scenario, dump_scenario

_SEASONS = {"winter": [12, 1, 2], "spring": [3, 4, 5], "summer": [6, 7, 8], "autumn": [9, 10, 11]}


def snippet(view: View, scenario: Scenario, key: str, day: str, step: int) -> str:
    """Write a program that gives the figures on the map as the Series `shown`.

    Parameters
    ----------
    view : View
        District and scenario.
    scenario : Scenario
        The scenario itself.
    key : str
        Key of a quantity.
    day : str
        A day of `apps.views.days.DAYS`.
    step : int
        Place of the playhead: an hour, or a month less one.
    """
    quantity = quantity_of(key)
    given = "district, scenario" if scenario.edits else "district"
    lines = [*_begin(view, scenario), f"results = twin.run({given})"]
    lines.append("")
    if quantity.group == "hour":
        lines += _hourly(view, key, day, step)
    elif quantity.sources[0] in view.building_kpis:
        factor = f" * {quantity.factor:g}" if quantity.factor != 1.0 else ""
        against = ", twin.run(district)" if scenario.edits else ""
        lines.append(f'shown = twin.kpi_table(results{against})["{quantity.sources[0]}"]{factor}')
    else:
        name = quantity.sources[0]
        lines.append(f'shown = twin.make_twin({given}).buildings["{name}"]')
    unit = f"  # {quantity.unit}" if quantity.unit else ""
    return "\n".join([*lines, f"print(shown){unit}", ""])


def network_snippet(view: View, scenario: Scenario, look: Look, step: int, dates: Mapping[str, str]) -> str:
    """Write a program that gives the states of networks on the map as the Series `shown`.

    Parameters
    ----------
    view : View
        District and scenario.
    scenario : Scenario
        The scenario itself.
    look : Look
        What is looked at.
    step : int
        Place of the playhead: an hour, or a month less one.
    dates : Mapping[str, str]
        Date of each day that is one day of the year.
    """
    given = "district, scenario" if scenario.edits else "district"
    lines = [*_begin(view, scenario), f"networks = twin.run_networks({given})"]
    if look.carrier == ALL:
        lines.append("elements = networks.elements")
    else:
        lines.append(f'elements = networks.elements[networks.elements["carrier"] == "{look.carrier}"]')
    if look.quantity == KIND:
        return "\n".join([*lines, 'shown = elements["carrier"]', "print(shown)", ""])
    factor = "100 * " if look.quantity in {"loading", "hydrogen"} else ""
    lines += [
        f'state = networks.state("{look.quantity}")',
        'time = networks.dataset.indexes["time"]',
        f'local = time.tz_localize("UTC").tz_convert("{view.district.timezone}")',
        *_hours(view, look.day, step, dates),
        f"shown = pd.Series({factor}state.values[:, hours].mean(axis=1), index=state.ids)",
        "shown = shown[shown.index.isin(elements.index)] if shown.index.isin(elements.index).any() else shown",
        "print(shown)",
        "",
    ]
    return "\n".join(["import pandas as pd", *lines])


def _begin(view: View, scenario: Scenario) -> list[str]:
    lines = ["import twin", "", f'district = twin.load_district("{view.district.name}")']
    if not scenario.edits:
        return lines
    # Names of new buildings may hold what Python's own strings are ended or escaped with.
    text = dump_scenario(scenario).strip().replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return [*lines, f'scenario = twin.parse_scenario("""\n{text}\n""")']


def _hourly(view: View, key: str, day: str, step: int) -> list[str]:
    quantity = HOURLY[key]
    names = ", ".join(f'"{name}"' for name in quantity.sources if name in view.steps)
    return [
        "data = results.dataset",
        f'local = data.indexes["time"].tz_localize("UTC").tz_convert("{view.district.timezone}")',
        *_hours(view, day, step),
        f"found = sum(data[name] for name in [{names}])",
        'mean = found.isel(time=hours).mean("time")',
        *(
            ['shown = (1000 * mean / data["floor_area_m2"]).to_series()']
            if quantity.per_floor
            else ["shown = mean.to_series()"]
        ),
    ]


def _hours(view: View, day: str, step: int, dates: Mapping[str, str] | None = None) -> list[str]:
    """Choose the hours of the year that the step of the day is the mean of."""
    known = view.dates if dates is None else dates
    if day in known:
        date = f'local.strftime("%Y-%m-%d") == "{known[day]}"'
        return [f"hours = ({date}) & (local.hour == {step})"]
    if day not in TYPICAL_DAYS:
        return [f"hours = local.month == {step + 1}"]
    season, kind = day.split("_")
    resting = "resting" if kind == "weekend" else "~resting"
    return [
        "import holidays",
        "",
        f'public = holidays.country_holidays("{view.district.country}", years=sorted(set(local.year)))',
        "resting = (local.dayofweek >= 5) | [date in public for date in local.date]",
        f"hours = local.month.isin({_SEASONS[season]}) & {resting} & (local.hour == {step})",
    ]
