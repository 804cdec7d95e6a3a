#!/usr/bin/env bash
# ladybug-core 0.44.62 and pvlib 0.16.1: the "missing" marks of an EPW file (9999 Wh/m2, 99.9 degC, 999 m/s) are read as values.
# One would guess: readers made for the format know its marks; a missing hour is NaN, and means and totals leave it out.
# Seen: a year at 100 W/m2 with 60 missing hours: ladybug's mean is 167.8 W/m2, its maximum 9999; pvlib returns 9999 in each;
# a file whose wind was never filled in blows at 999 m/s.
# So: no warning at all, and 60 missing hours are 68 % more sun in a year. One gate with the format's own marks before any model
# (PySAM, the other way round, reads a missing irradiance as night).
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check --no-compile --prefer-binary \
  'ladybug-core==0.44.62' 'pvlib==0.16.1'
cd "$work"
"$work/venv/bin/python" - <<'PY'
import os

import pvlib
from ladybug.epw import EPW
from ladybug.location import Location

year = EPW.from_missing_values()
year.location = Location("Town", "-", "FIN", 60.2, 24.9, 2, 10)
year.dry_bulb_temperature.values = [5.0] * 8760
year.global_horizontal_radiation.values = [100.0] * 8700 + [9999.0] * 60
year.save(os.path.abspath("year.epw"))

again = EPW("year.epw").global_horizontal_radiation
frame, _ = pvlib.iotools.read_epw("year.epw", coerce_year=2023)
print(f"ladybug: mean {again.average:.1f} W/m2, max {again.max:.0f} (true: 100)")
print(f"pvlib: last hour {frame['ghi'].iloc[-1]} W/m2, mean {frame['ghi'].mean():.1f}, wind {frame['wind_speed'].mean():.0f} m/s, NaN {frame.isna().sum().sum()}")
if not (again.max == 9999 and abs(again.average - 167.8) < 0.1 and frame["ghi"].iloc[-1] == 9999 and frame["wind_speed"].iloc[0] == 999):
    raise SystemExit("the behaviour changed: missing marks of EPW files are no longer read as values")
PY
