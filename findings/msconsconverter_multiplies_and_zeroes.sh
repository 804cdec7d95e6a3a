#!/usr/bin/env bash
# msconsconverter 2.0.0 (MSCONS meter values to CSV): each reading is written three times and more, substitutes as 0.0.
# One would guess: four quarter hours in, four rows out; a substitute value (QTY 67) is a value with another status.
# Seen: 1 + 2 + 3 (substitute) + 4 kWh are 15 rows that sum to 33 kWh; of them 8 carry times of the reading before or of the whole
# message, and the 3 kWh stand nowhere (0.0, with a line in the log).
# So: after the first end time every segment writes a row again, whatever it is. Sums per meter against the message's own total, one row per
# (point, start), and statuses kept: a substitute is a number that the grid operator will bill.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check --no-compile --prefer-binary \
  'msconsconverter==2.0.0'
cd "$work"
"$work/venv/bin/python" - <<'PY'
import csv
import logging
import pathlib

from msconsconverter.functions import convert_single

QUARTERS = [(220, 1.0, "0000", "0015"), (220, 2.0, "0015", "0030"), (67, 3.0, "0030", "0045"), (220, 4.0, "0045", "0100")]
parts = ["UNB+UNOC:3+9900001000009:500+9900002000008:500+241028:0510+1", "UNH+1+MSCONS:D:04B:UN:2.4c", "BGM+7+1+9"]
parts += ["DTM+137:202410280510?+00:303", "NAD+MS+9900001000009::293", "NAD+MR+9900002000008::293", "UNS+D", "NAD+DP"]
parts += ["LOC+172+DE0001234567890123456789012345678", "DTM+163:202410270000?+00:303", "DTM+164:202410270100?+00:303", "LIN+1"]
parts += ["PIA+5+1-1?:1.29.0:SRW"]
for status, value, start, end in QUARTERS:
    parts += [f"QTY+{status}:{value}", f"DTM+163:20241027{start}?+00:303", f"DTM+164:20241027{end}?+00:303"]
parts += ["UNT+24+1", "UNZ+1+1"]
pathlib.Path("message.txt").write_text("UNA:+.? '" + "".join(part + "'" for part in parts))

logging.disable(logging.CRITICAL)
convert_single("message.txt", "out", logging.getLogger("quiet"))
rows = list(csv.DictReader(open(next(pathlib.Path("out").glob("*.csv")))))
for row in rows:
    print(row["DATE_PERIOD_START"], row["DATE_PERIOD_END"], row["VALUE"])
total = sum(float(row["VALUE"]) for row in rows)
print(f"{len(rows)} rows, {total} kWh; the message has 4 readings and 10 kWh")
if not (len(rows) == 15 and total == 33 and all(row["VALUE"] != "3.0" for row in rows)):
    raise SystemExit("the behaviour changed: readings are no longer multiplied or substitutes no longer zeroed")
PY
