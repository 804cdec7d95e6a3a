"""Stores of electricity, heat, cold and gas: one common form for dispatch, and own models of each one's physics."""
