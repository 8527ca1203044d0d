"""Training data: the pictures of one character, ready for musubi-tuner to train a LoRA on.

examples.py   which pictures, and what is to be said of each
captions.py   the words beside a picture, and the word that stands for the character
musubi.py     the data set's settings and the commands, for each model and card
folder.py     written without touching what the user has changed
"""

from storyforge.training.examples import Example, examples
from storyforge.training.folder import Export, export
from storyforge.training.musubi import MEMORIES, MODELS

__all__ = ["MEMORIES", "MODELS", "Example", "Export", "examples", "export"]
