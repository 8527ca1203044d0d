"""The cut-paper theatre: the built-in illustrator, which draws a scene by code alone."""
