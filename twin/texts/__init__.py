"""What the twin says to people, in English, Finnish and Swedish, and numbers as each language writes them."""

from twin.texts.notes import Note, dump_notes, load_notes
from twin.texts.numbers import amount, in_unit, round_significant, scaled, spelled, tick, with_unit
from twin.texts.table import DEFAULT_LANGUAGE, LANGUAGES, Texts, texts

__all__ = [
    "DEFAULT_LANGUAGE",
    "LANGUAGES",
    "Note",
    "Texts",
    "amount",
    "dump_notes",
    "in_unit",
    "load_notes",
    "round_significant",
    "scaled",
    "spelled",
    "texts",
    "tick",
    "with_unit",
]
