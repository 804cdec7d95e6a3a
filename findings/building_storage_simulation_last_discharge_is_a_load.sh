#!/usr/bin/env bash
# building-energy-storage-simulation 0.9.0: a discharge that empties the battery comes out with the wrong sign.
# One would guess: asked for 20 kWh with 5 kWh left, the battery gives 5 and the building buys 5 less.
# Seen: use(-4) is -4, use(-20) with 6 kWh left is +6: the building's purchase rises from 10 to 16 kWh in the hour in which it should fall to 4, and
# the battery is empty after it.
# So: every cycle that runs to the bottom loses twice its last part and charges for it; a policy learnt on it keeps a reserve for no reason,
# and its savings are understated. Check for each step: change of the store = what the battery took, sign included.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check --no-compile --prefer-binary \
  'building-energy-storage-simulation==0.9.0'
cd "$work"
"$work/venv/bin/python" - <<'PY'
import numpy as np
from building_energy_storage_simulation.battery import Battery
from building_energy_storage_simulation.building_simulation import BuildingSimulation

battery = Battery(capacity=10, initial_state_of_charge=10, max_battery_charge_per_timestep=20)
part = battery.use(-4)
rest = battery.use(-20)
print(f"asked for 4 of 10 kWh: {part:+} kWh; then for 20 of 6 kWh: {rest:+} kWh, left {battery.state_of_charge} kWh")

house = BuildingSimulation(
    electricity_load_profile=np.full(3, 10.0), solar_generation_profile=np.zeros(3), electricity_price=30.0,
    battery_capacity=10, max_battery_charge_per_timestep=6,
)
bought = [house.simulate_one_step(action)[0] for action in (1.0, -1.0, -1.0)]
house.reset()
house.battery.max_battery_charge_per_timestep = 8
house.simulate_one_step(0.75)
short = house.simulate_one_step(-1.0)[0]
print(f"load 10 kWh: charging 6 buys {bought[0]}, giving 6 buys {bought[1]}, giving from an empty battery buys {bought[2]}")
print(f"asked for 8 kWh with 6 in it: buys {short} kWh")
if not (part == -4 and rest == 6 and battery.state_of_charge == 0 and bought[1] == 4 and short == 16):
    raise SystemExit("the behaviour changed: the last discharge now lowers the purchase")
PY
