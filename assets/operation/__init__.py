"""Run a district's plants: which unit gives what in which step."""

from assets.operation.merit_order import ORDER, Operation, operate
from assets.operation.problem import OperationProblem, OperationState, Outside, Unit

__all__ = ["ORDER", "Operation", "OperationProblem", "OperationState", "Outside", "Unit", "operate"]
