"""Models fitted to measurements: where fits, forecasts and their backtests will live. There is nothing in it yet.

It stands between the physics (`assets`) and the twin, and sees only frames: of what was measured and of what was
modelled for the same ids and hours.
"""
