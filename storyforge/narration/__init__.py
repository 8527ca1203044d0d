"""Narration: a line of the story goes in, its speech with the time of each word comes out."""
