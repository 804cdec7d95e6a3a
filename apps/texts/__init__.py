"""Every word on the screen, in English, Finnish and Swedish, and numbers as each language writes them."""

from apps.texts.table import texts
from twin.texts import DEFAULT_LANGUAGE, LANGUAGES, Texts, amount, in_unit, round_significant, with_unit

__all__ = ["DEFAULT_LANGUAGE", "LANGUAGES", "Texts", "amount", "in_unit", "round_significant", "texts", "with_unit"]
