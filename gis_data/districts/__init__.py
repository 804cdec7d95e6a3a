"""Districts that come with the program, and how they are remade."""
