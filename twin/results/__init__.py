"""Results of a year, and what is made of them: totals, key figures, comparisons, energy flows."""
