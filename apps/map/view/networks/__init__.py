"""Looking at networks: what is chosen, and waiting for their year."""
