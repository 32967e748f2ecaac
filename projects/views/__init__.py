"""The pages of a project itself, by noun, and a user's inbox."""
