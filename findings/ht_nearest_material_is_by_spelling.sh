#!/usr/bin/env bash
# ht 1.2.0: k_material() takes any word and gives the conductivity of the material whose name is spelt most alike.
# One would guess: a name that the table lacks is an error, or the nearest in kind (an insulation for an insulation).
# Seen: EPS -> slate 1.44 W/mK, air gap -> carbon graphite 67, brick -> birch 0.175, stone wool -> slate rock 2.2, snow -> xenon gas.
# So: no error, no warning, a wall of EPS insulates forty times less. Catalogues of buildings and pipes look materials up by an
# exact key; nearest_material() is printed beside each value before anyone uses it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check --no-compile --prefer-binary \
  'ht==1.2.0'
cd "$work"
"$work/venv/bin/python" - <<'PY'
from ht.insulation import k_material, nearest_material

ASKED = {"EPS": 0.035, "air gap": 0.18, "brick": 0.7, "stone wool": 0.036, "aerated concrete": 0.12, "snow": 0.2, "timber": 0.13}
ratio = {}
for name, usual in ASKED.items():
    got = k_material(name)
    ratio[name] = got / usual
    print(f"{name:17s} -> {nearest_material(name):32s} {got:8.4f} W/mK (usual {usual})")
if not (ratio["EPS"] > 20 and ratio["air gap"] > 100 and ratio["stone wool"] > 20 and ratio["brick"] < 0.5):
    raise SystemExit("the behaviour changed: unknown materials no longer get the conductivity of a like-spelt one")
PY
