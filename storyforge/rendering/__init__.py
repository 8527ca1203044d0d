"""Picture and speech become film. Every ffmpeg graph of the program is here, and nothing here knows of stories' words.

`shoot` makes one silent clip, `mix` the one soundtrack, `join` the film; `camera`, `subtitles` and `levels` are pure.
"""
