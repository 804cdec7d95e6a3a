"""Reports: scenarios of a district side by side in one HTML file that needs nothing else."""

from twin.report.page import report

__all__ = ["report"]
