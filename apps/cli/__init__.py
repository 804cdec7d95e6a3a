"""The command `twin`."""

from apps.cli.main import app, main

__all__ = ["app", "main"]
