"""The API of projects, by noun."""
