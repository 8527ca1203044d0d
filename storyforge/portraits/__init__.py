"""Portraits of the cast: each character alone on a plain ground, in several takes, of which the user approves one.

naming.py     file names for keys in any script, safe on every system
drawing.py    the takes and their contact sheets
approved.py   which picture is the portrait of a character, and how one becomes it
"""

from storyforge.portraits.approved import approve, portrait_of, withdraw
from storyforge.portraits.drawing import Take, draw_portraits, portrait_brief, portrait_tasks
from storyforge.portraits.naming import chosen, file_name

__all__ = [
    "Take",
    "approve",
    "chosen",
    "draw_portraits",
    "file_name",
    "portrait_brief",
    "portrait_of",
    "portrait_tasks",
    "withdraw",
]
