"""How the command line speaks: progress bars, tables and errors."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

OUT = Console(highlight=False, soft_wrap=True)
ERR = Console(stderr=True, highlight=False, soft_wrap=True)
_OURS = {"gis_data", "assets", "calibration", "twin", "apps"}


@contextmanager
def errors() -> Iterator[None]:
    """Tell an error that one of our packages raised on purpose in its own words and exit with 2.

    Anything else is a fault of the program and keeps its traceback.
    """
    try:
        yield
    except KeyboardInterrupt:
        ERR.print("Interrupted. Nothing half-written was left behind.")
        sys.exit(130)
    except Exception as error:
        if type(error).__module__.partition(".")[0] not in _OURS:
            raise
        if logging.getLogger().isEnabledFor(logging.INFO):
            logging.getLogger(__name__).info("where it happened", exc_info=error)
        ERR.print("Error:", style="bold red", end=" ")
        # Square brackets in a message would be read as markup.
        ERR.print(str(error), markup=False)
        sys.exit(2)


@contextmanager
def progress(title: str) -> Iterator[Callable[[float, str], None]]:
    """Show a bar on the terminal and give the callback that moves it.

    Parameters
    ----------
    title : str
        What the bar is called before the first step reports itself.

    Yields
    ------
    callable
        Takes the share done, 0 to 1, and a few words on what is going on.
    """
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        console=ERR,
    )
    with bar:
        task = bar.add_task(title, total=1.0)

        def report(done: float, what: str) -> None:
            bar.update(task, completed=done, description=what or title)

        yield report
        bar.update(task, completed=1.0, description=title)
