#!/usr/bin/env bash
# pvanalytics 0.2.2: quality.gaps.completeness_score divides each day by 24 hours, also the days of 23 and 25.
# One would guess: on a local index a day with every quarter hour there scores 1.0, and no day scores more.
# Seen: 31 March 2024 in Helsinki, all 92 quarters there: 0.958; 27 October, all 100 there: 1.042; with an hour missing it is 1.0.
# So: a gate at 0.96 or above throws out a whole day in March each year and passes one with a gap in October, and the mean over the year looks
# right. Count expected intervals in the zone's calendar, or score in UTC days.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check --no-compile --prefer-binary \
  'pvanalytics==0.2.2' 'numpy==2.4.6' 'pandas==2.3.3'
cd "$work"
"$work/venv/bin/python" - <<'PY'
import pandas as pd
from pvanalytics.quality import gaps


def scores(start, end, drop=0):
    series = pd.Series(1.0, index=pd.date_range(start, end, freq="15min", tz="Europe/Helsinki", inclusive="left"))
    middle = len(series) // 2
    series.iloc[middle : middle + drop] = None
    return gaps.completeness_score(series).groupby(lambda stamp: str(stamp.date())).first()


march, october, gap = scores("2024-03-30", "2024-04-02"), scores("2024-10-26", "2024-10-29"), scores("2024-10-26", "2024-10-29", drop=4)
print(march.round(3).to_dict(), october.round(3).to_dict(), "an hour missing:", gap.round(3).to_dict())
if not (abs(march["2024-03-31"] - 23 / 24) < 1e-9 and abs(october["2024-10-27"] - 25 / 24) < 1e-9 and abs(gap["2024-10-27"] - 1) < 1e-9):
    raise SystemExit("the behaviour changed: days of 23 and 25 hours now score 1")
PY
