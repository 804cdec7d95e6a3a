"""What can be wrong with the inputs of the solar models."""


class SolarInputError(ValueError):
    """An array, a weather table or a catalogue name that the solar models can't use."""
