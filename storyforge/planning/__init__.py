"""A story becomes a storyboard."""
