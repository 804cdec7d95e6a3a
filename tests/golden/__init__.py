"""Golden cases: folders of input, parameters and what an oracle made of them, with the tolerance of each figure."""
