"""What a year of networks gives: one dataset, one table of elements, key figures, causes and studies."""
