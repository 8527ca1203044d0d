"""storyforge: a story file goes in, a narrated film comes out, on the user's own machine."""

__version__ = "0.1.0"
