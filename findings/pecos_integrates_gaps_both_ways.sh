#!/usr/bin/env bash
# pecos 1.0.0: metrics.time_integral fills a gap that is missing rows and empties one that is NaN, and drops the last interval.
# One would guess: 24 hourly means of 1 kW are 24 kWh, and an outage of 8 hours leaves 16 kWh in either form.
# Seen: 23 kWh for the whole day; still 23 kWh when rows 8 to 15 are absent (the trapezoids go straight across); 15 kWh when the same rows are NaN.
# So: the energy of a logger depends on how its outage was written down; a day is short by its last interval, 4 % of an hourly day, so days do
# not sum to the month. Multiply means by their own length and tell the coverage beside it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check --no-compile --prefer-binary \
  'pecos==1.0.0' 'numpy==2.4.6' 'pandas==2.3.3'
cd "$work"
"$work/venv/bin/python" - <<'PY'
import warnings

warnings.simplefilter("ignore")
import numpy as np
import pandas as pd
import pecos

whole = pd.DataFrame({"kw": 1.0}, index=pd.date_range("2024-03-01", periods=24, freq="h", tz="UTC"))
absent = whole.drop(whole.index[8:16])
empty = whole.copy()
empty.iloc[8:16] = np.nan
seen = {name: float(pecos.metrics.time_integral(frame)["kw"]) / 3600 for name, frame in (("whole", whole), ("absent", absent), ("empty", empty))}
print("kWh of a day at 1 kW:", seen)
if seen != {"whole": 23.0, "absent": 23.0, "empty": 15.0}:
    raise SystemExit(f"the behaviour changed: {seen}")
PY
