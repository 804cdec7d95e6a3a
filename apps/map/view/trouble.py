"""What went wrong, in a box that says what to change."""

from __future__ import annotations

from html import escape


def trouble_html(title: str, *lines: str) -> str:
    """Write an error for people as HTML.

    Parameters
    ----------
    title : str
        What could not be done.
    *lines : str
        Why, and what to do about it.
    """
    told = "".join(f"<p>{escape(line)}</p>" for line in lines)
    return f'<div class="cet-trouble" role="alert"><h2>{escape(title)}</h2>{told}</div>'
