"""What is told of a district, a building or an element: figures, charts, problems, tables."""
