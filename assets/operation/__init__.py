"""Run a district's plants: which unit gives what in which hour."""

from assets.operation.merit_order import Operation, Outside, Unit, operate

__all__ = ["Operation", "Outside", "Unit", "operate"]
