#!/usr/bin/env bash
# dibs-computing-core 1.0.0 (5R1C of ISO 13790 for German buildings): the west window looks north, and the north window west.
# One would guess: a building's west glass gets the afternoon's sun, and its north glass next to nothing from March to September.
# Seen: the sun's azimuth counts from south, east positive; the windows are built at 0 (south), 90 (east), 180 (called west) and 270 (called
# north). With 800 W/m2 at 15:00 of an October day, azimuth -52, the west glass gets 0 W/m2 and the north glass 356.
# So: the sum over four equal windows is right, which hides it; a building glazed to the west is too cold in spring and never too hot in the
# evening. As an oracle, give it the two areas the other way round.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check --no-compile --prefer-binary \
  'dibs-computing-core==1.0.0'
cd "$work"
"$work/venv/bin/python" - <<'PY'
from types import SimpleNamespace

from dibs_computing_core.iso_simulator.building_simulator.simulator import BuildingSimulator
from dibs_computing_core.iso_simulator.model.location import Location

glass = SimpleNamespace(
    glass_solar_transmittance=0.6, glass_solar_shading_transmittance=0.2, glass_light_transmittance=0.7,
    window_area_south=1.0, window_area_east=1.0, window_area_west=1.0, window_area_north=1.0,
)
house = BuildingSimulator.__new__(BuildingSimulator)
house.datasource = SimpleNamespace(building=glass)
names = ("south", "east", "west", "north")
windows = {name: getattr(house, f"build_{name}_window")() for name in names}
october = 24 * 280
gains = {}
for clock in (9, 15):  # hours of solar time, near enough, on the meridian of Greenwich
    altitude, azimuth = Location().calc_sun_position(50.0, 0.0, 2023, october + clock)
    for name, window in windows.items():
        window.calc_solar_gains(altitude, azimuth, 800, 0, 10.0, october + clock)
        gains[clock, name] = window.solar_gains
    print(f"{clock}:00, altitude {altitude:.0f}, azimuth {azimuth:.0f}:", {name: round(gains[clock, name]) for name in names}, "W through 1 m2")
if not (gains[9, "east"] > 200 and gains[15, "west"] == 0 and gains[15, "north"] > 200):
    raise SystemExit("the behaviour changed: the west window now gets the afternoon's sun")
PY
