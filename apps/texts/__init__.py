"""Every word on the screen, in English, Finnish and Swedish, and numbers as each language writes them."""

from apps.texts.numbers import amount, round_significant, with_unit
from apps.texts.table import DEFAULT_LANGUAGE, LANGUAGES, Texts, texts

__all__ = ["DEFAULT_LANGUAGE", "LANGUAGES", "Texts", "amount", "round_significant", "texts", "with_unit"]
