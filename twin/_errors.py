"""Every error that `twin` raises: what is wrong, where, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence


class TwinError(Exception):
    """What all errors of this package have in common."""


class ScenarioError(TwinError, ValueError):
    """A scenario cannot be understood or does not fit the district; all findings are told at once.

    Attributes
    ----------
    findings : tuple of str
        One human sentence for each thing that is wrong, with file and line where there is one.
    """

    def __init__(self, findings: Sequence[str]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(self.findings))


class DistrictDataError(TwinError, ValueError):
    """A district's tables cannot be computed with."""


class ResultsError(TwinError, ValueError):
    """A results file is missing, broken or of another version."""


class ExportError(TwinError, ValueError):
    """Results cannot be written the way that was asked for."""


class UnknownTextError(TwinError, ValueError):
    """A text's key is missing, or a language is."""
