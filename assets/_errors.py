"""Every error that `assets` raises: what is wrong, where, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence


class AssetsError(Exception):
    """What all errors of this package have in common."""


class CatalogueError(AssetsError):
    """A catalogue lacks a table, a row or a column that was asked for."""


class InputError(AssetsError, ValueError):
    """Inputs of a model do not fit it; all findings are told at once.

    Attributes
    ----------
    findings : tuple of str
        One human sentence for each thing that is wrong.
    """

    def __init__(self, findings: Sequence[str]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(self.findings))


class BalanceError(InputError):
    """A carrier's balance does not hold in some building and hour."""
