"""Run a district's plants: which unit gives what in which step."""

from assets.operation.merit_order import Operation, operate
from assets.operation.problem import OperationProblem, OperationState, Outside, Unit

__all__ = ["Operation", "OperationProblem", "OperationState", "Outside", "Unit", "operate"]
