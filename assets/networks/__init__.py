"""Networks that carry electricity, heat, cold and gas: the graph they are laid in, and the physics of each."""
