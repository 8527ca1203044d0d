"""The keeper as a process of its own: python -m storyforge.keeper. Programs start it; nobody has to."""

from storyforge.keeper.watch import keep

if __name__ == "__main__":
    keep()
