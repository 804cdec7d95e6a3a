#!/usr/bin/env bash
# openleadr 0.5.36 (OpenADR 2.0b): a duration in weeks is read as zero, and so are fractions of a second.
# One would guess: P1W, valid in the RFC 5545 durations that OpenADR uses, is seven days (or an error).
# Seen: P1W and P2W -> 0:00:00, PT0.5S -> 0:00:00, without a warning; P7D -> 7 days.
# So: in OpenADR an event of duration 0 is one without an end: a week's reduction becomes an open one, or ends as it starts, depending on who
# reads it. A client checks that a duration above zero was meant, and writes weeks as days.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check --no-compile --prefer-binary \
  'openleadr==0.5.36'
cd "$work"
"$work/venv/bin/python" - <<'PY'
from openleadr.utils import parse_duration

seen = {text: parse_duration(text) for text in ("PT15M", "P7D", "P1DT12H", "P1W", "P2W", "PT0.5S")}
for text, value in seen.items():
    print(f"{text:8s} -> {value}")
if not (seen["P7D"].days == 7 and not seen["P1W"] and not seen["P2W"] and not seen["PT0.5S"]):
    raise SystemExit("the behaviour changed: a duration in weeks is no longer zero")
PY
