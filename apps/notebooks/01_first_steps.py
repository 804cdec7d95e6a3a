# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---
# ruff: noqa: D100, ERA001, N999, T201  a notebook: told in its cells, numbered, with a header, and it prints

# %% [markdown]
# # First steps with a city's energy
#
# A *district* is a part of a city, made from OpenStreetMap. A *scenario* is what you change in it. The *twin* joins the
# two and computes every hour of a year. The map calls the same functions as this notebook.
#
# Open it with `jupytext --to ipynb 01_first_steps.py`, or run it as it is.

# %%
import dataclasses
from pathlib import Path
from tempfile import mkdtemp

import matplotlib.pyplot as plt
import numpy as np

import twin

# %% [markdown]
# ## 1. Load a district
#
# Each row of `buildings` is a building; columns that end in `_source` say where a value comes from.

# %%
district = twin.load_district("helsinki-centre")
buildings = district.buildings
print(district.title, "·", len(buildings), "buildings")
print(buildings[["use", "use_source", "construction_year", "floor_area_m2"]].head())

# %% [markdown]
# ## 2. The district as it is
#
# `results.dataset` holds a value for every building and hour; units stand in the attributes.

# %%
as_it_is = twin.run(district)
data = as_it_is.dataset
heat_kwh = (data["space_heat_kwh"] + data["hot_water_kwh"]).sum("building")
print(f"heat of the year: {float(heat_kwh.sum()) / 1e6:.0f} GWh")

# %% [markdown]
# ## 3. Change something
#
# A scenario is a short text. Try other shares, other uses, or a `heating` edit.

# %%
scenario = twin.parse_scenario("""
name: sunny-offices
title: Solar panels on offices, old houses retrofitted
edits:
  - {what: pv, share: 0.6, where: {use: [office]}}
  - {what: retrofit, level: deep, where: {built_before: 1960, use: [apartment_block]}}
""")
changed = twin.run(district, scenario)
for name in ("heat_kwh", "pv_kwh", "grid_import_kwh", "co2_t"):
    before, after = (twin.kpis(found)["district"][name]["value"] for found in (as_it_is, changed))
    print(f"{name:16} {before:14,.0f} -> {after:14,.0f}")

# %% [markdown]
# ## 4. Plot it
#
# The mean day of the electricity bought, before and after.

# %%
figure, axes = plt.subplots(1, 2, figsize=(11, 3.6))
for found, label, colour in ((as_it_is, "as it is", "#6B665E"), (changed, "sunny offices", "#E69F00")):
    bought = found.dataset["grid_import_kwh"].sum("building").to_series()
    local = bought.tz_localize("UTC").tz_convert(district.timezone)
    axes[0].plot(local.groupby(local.index.hour).mean() / 1000, color=colour, label=label)
axes[0].set(xlabel="hour of the day", ylabel="electricity bought, MW", ylim=(0, None))
axes[0].legend()
saved = twin.kpi_table(as_it_is)["heat_kwh_m2"] - twin.kpi_table(changed)["heat_kwh_m2"]
buildings.assign(saved=saved).plot("saved", ax=axes[1], cmap="cividis", legend=True)
axes[1].set_axis_off()
axes[1].set_title("heat saved, kWh/m²")
figure.tight_layout()

# %% [markdown]
# ## 5. A model of your own
#
# Every model is a function of numbers. Here the heat of a building is told by its size and the cold outside alone:
# *degree hours*, the oldest model of all. `losses_w_k_m2` is fitted so that the year's sum is right; is the shape?

# %%
outdoors_c = data["air_temp_c"].to_numpy()
area_m2 = data["floor_area_m2"].to_numpy()


def degree_hours(temperature_c: np.ndarray, losses_w_k_m2: float, warm_enough_c: float = 17.0) -> np.ndarray:
    """Heat for rooms [kWh in each hour] of all buildings together."""
    heat: np.ndarray = losses_w_k_m2 / 1000 * area_m2.sum() * np.clip(warm_enough_c - temperature_c, 0, None)
    return heat


modelled = data["space_heat_kwh"].sum("building").to_numpy()
losses = modelled.sum() / degree_hours(outdoors_c, 1.0).sum()
mine = degree_hours(outdoors_c, losses)
likeness = np.corrcoef(mine, modelled)[0, 1]
print(f"losses {losses:.2f} W/K for each m², likeness of the hours {likeness:.2f}")

# %% [markdown]
# Put it in the place of the twin's own: a new dataset, the same figures and maps on top of it.

# %%
share = data["space_heat_kwh"].sum("time") / modelled.sum()
own = data.assign(space_heat_kwh=(share * data["air_temp_c"].copy(data=mine)).transpose("building", "time"))
own["space_heat_kwh"].attrs = data["space_heat_kwh"].attrs
with_my_model = dataclasses.replace(as_it_is, dataset=own)
for name in ("space_heat_kwh", "peak_heat_kw"):
    theirs, ours = (twin.kpis(found)["district"][name]["value"] for found in (as_it_is, with_my_model))
    print(f"{name:16} {theirs:14,.0f} with the twin's model, {ours:14,.0f} with mine")

# %% [markdown]
# ## 6. Take it along
#
# Tables for a spreadsheet, the scenario for a colleague: `twin app --scenario sunny-offices.yaml` shows it on the map.

# %%
folder = Path(mkdtemp())
twin.kpi_table(changed).to_csv(folder / "buildings.csv")
twin.save_scenario(scenario, folder / "sunny-offices.yaml")
figure.savefig(folder / "sunny-offices.png", dpi=120)
print("\n".join(sorted(path.name for path in folder.iterdir())))
