"""The forms of the project's own pages, by noun."""
