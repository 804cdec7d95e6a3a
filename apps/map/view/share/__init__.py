"""Taking a view along: links, pictures, files and reports."""
