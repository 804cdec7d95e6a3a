#!/usr/bin/env bash
# py_wake 2.6.20: a power curve given as a table holds its last value for every wind above it; there is no cut-out.
# One would guess: a curve from 3 to 25 m/s gives nothing above 25 m/s, as in FLORIS and as turbines do.
# Seen: a 2 MW table that ends at 25 m/s gives 2000 kW at 25.5, 30 and 40 m/s.
# So: in a storm, when a twin most wants to know, the park is at full power, and so is a time series' yield. Append a row of 0 just above the
# last one, and test the curve at 30 m/s.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check --no-compile --prefer-binary \
  'py_wake==2.6.20' 'numpy==2.4.6' 'scipy==1.17.1'
cd "$work"
"$work/venv/bin/python" - <<'PY'
import warnings

warnings.simplefilter("ignore")
import numpy as np
from py_wake.wind_turbines import WindTurbine
from py_wake.wind_turbines.power_ct_functions import PowerCtTabular

speed, power = np.array([3, 5, 8, 12, 25.0]), np.array([0, 200, 900, 2000, 2000.0])
turbine = WindTurbine("T", 80, 100, PowerCtTabular(speed, power, "kW", np.full(5, 0.8)))
asked = np.array([2.0, 12.0, 25.0, 25.5, 30.0, 40.0])
seen = dict(zip(asked.tolist(), (turbine.power(asked) / 1000).tolist()))
print("kW by wind in m/s:", seen)
if not (seen[2.0] == 0 and seen[25.0] == seen[30.0] == seen[40.0] == 2000):
    raise SystemExit("the behaviour changed: a table now ends where its rows end")
PY
