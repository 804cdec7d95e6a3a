#!/usr/bin/env bash
# hszinc 1.3.2 (Project Haystack's Zinc): arithmetic of quantities drops the units.
# One would guess: 1 kWh + 1 MWh is 1001 kWh, or an error, since comparing the same two raises a TypeError.
# Seen: the sum is the plain number 2, and 21 degC + 3 kW is 24; only comparison checks the unit.
# So: sum() over the points of a site is a number without meaning as soon as one meter counts in MWh. Convert each to kWh by
# its own unit when it is read, and keep quantities out of sums.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check --no-compile --prefer-binary \
  'hszinc==1.3.2' 'iso8601==2.1.0'
cd "$work"
"$work/venv/bin/python" - <<'PY'
import hszinc
from hszinc import Quantity

grid = hszinc.parse('ver:"2.0"\nid,val\n@house,1kWh\n@school,1MWh\n')
grid = grid[0] if isinstance(grid, list) else grid
values = [row["val"] for row in grid]
total = values[0] + values[1]
odd = Quantity(21, "degC") + Quantity(3, "kW")
print("read:", values, "sum:", repr(total), "| 21 degC + 3 kW:", repr(odd))
try:
    compared = values[0] < values[1]
except TypeError as error:
    compared = error
print("comparison:", compared)
if not (total == 2 and odd == 24 and isinstance(compared, TypeError)):
    raise SystemExit("the behaviour changed: sums of unlike units are no longer plain numbers")
PY
