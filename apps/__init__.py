"""The scenes: command line, web service, map."""
