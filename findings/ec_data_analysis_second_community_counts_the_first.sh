#!/usr/bin/env bash
# ec-data-analysis 0.9.1 (energy communities): all data sets of a process share one list of market results.
# One would guess: a second ECDataset, with other members or another battery, stands by itself.
# Seen: two members trade 1 kWh in one quarter hour: the first set says 1, a second one made of the same numbers 2, and a third one
# in a night without any sun 2 as well.
# So: any comparison of variants in one process, the purpose of the package, adds up what it compares; self-consumption, which is computed another
# way, stays right beside it. One process for each variant, and traded volume held against the smaller of supply and demand.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check --no-compile --prefer-binary \
  'ec-data-analysis==0.9.1'
cd "$work"
"$work/venv/bin/python" - <<'PY'
import warnings

warnings.simplefilter("ignore")
import matplotlib

matplotlib.use("Agg")
import pandas as pd
from ec_data_analysis import ECDataset


def traded(sun, use):
    return ECDataset(pd.DataFrame([sun]), pd.DataFrame([use]), 0.25).getTradingVolume


def number(value):
    return float(value() if callable(value) else value)


first = number(traded([2.0, 0.0], [1.0, 1.0]))
same = number(traded([2.0, 0.0], [1.0, 1.0]))
night = number(traded([0.0, 0.0], [1.0, 1.0]))
print("traded kWh: first", first, "| the same again", same, "| a night without any sun", night)
if not (first == 1 and same == 2 and night == 2):
    raise SystemExit("the behaviour changed: each data set now has results of its own")
PY
