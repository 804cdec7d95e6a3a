"""Reports: scenarios of a district side by side in one HTML file that needs nothing else."""

from twin.reporting.page import report

__all__ = ["report"]
