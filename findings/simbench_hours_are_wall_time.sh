#!/usr/bin/env bash
# simbench 1.6.3 (SimBench grids): the 35136 rows of a year's profiles are stamped in German wall time, with its two jumps.
# One would guess: 366 x 96 rows without a zone are an even index, so date_range('2016-01-01', periods=35136, freq='15min') is their time.
# Seen: 01:45 is followed by 03:00 on 27 March, 02:45 by 02:00 on 30 October; 20832 rows (all summer) are one hour off the even index, and
# four stamps stand twice. A farm's load moves by four rows in March, the sun does not.
# So: weather or prices joined by row number or by naive stamp are an hour off in summer, where the photovoltaics are. Localise to
# Europe/Berlin with the first 02:00 of October as summer time, then go to UTC.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check --no-compile --prefer-binary \
  'simbench==1.6.3' 'pandas==2.3.3'
cd "$work"
"$work/venv/bin/python" - <<'PY'
import warnings

warnings.simplefilter("ignore")
import numpy as np
import pandas as pd
import simbench

profiles = simbench.get_simbench_net("1-LV-rural1--0-sw").profiles
stamps = pd.to_datetime(profiles["load"]["time"], dayfirst=True)
jumps = [(stamps[row - 1], stamps[row]) for row in np.flatnonzero(stamps.diff() != pd.Timedelta("15min")) if row]
even = pd.date_range("2016-01-01", periods=len(stamps), freq="15min")
off = int((stamps.to_numpy() != even.to_numpy()).sum())
print("jumps:", [f"{before} -> {after}" for before, after in jumps])
print(f"rows off an even index: {off} of {len(stamps)}, stamps that stand twice: {int(stamps.duplicated().sum())}")


def quarters_earlier(column):
    """By how many rows the mean day after the change of March (two weeks) comes before that of the two weeks before."""
    days = column.to_numpy().reshape(-1, 96)
    before, after = days[72:86].mean(axis=0), days[87:101].mean(axis=0)
    return min(range(-8, 9), key=lambda rows: ((np.roll(after, rows) - before) ** 2).sum())


farm, sun = quarters_earlier(profiles["load"]["L1-A_pload"]), quarters_earlier(profiles["renewables"]["PV5"])
print(f"by row, the farm's day comes {farm} quarter hours earlier after the change, the sun's {sun}")
if not (farm == 4 and sun == 0 and len(jumps) == 2 and off == 20832 and int(stamps.duplicated().sum()) == 4 and not stamps.dt.tz):
    raise SystemExit("the behaviour changed: the profiles are no longer stamped in wall time")
PY
