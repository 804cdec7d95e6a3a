"""First steps for students: notebooks in the percent format that jupytext opens."""
