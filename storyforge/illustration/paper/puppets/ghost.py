"""Ghosts, and jellies: one piece of paper with a face."""

from __future__ import annotations

from storyforge.illustration.paper.cut import glow, transformed
from storyforge.illustration.paper.geometry import ribbon, smooth
from storyforge.illustration.paper.puppets.collars import collar
from storyforge.illustration.paper.puppets.expressions import Expression
from storyforge.illustration.paper.puppets.eyes import cheeks, eyes
from storyforge.illustration.paper.puppets.marks import fur, motif
from storyforge.illustration.paper.puppets.mouth import mouth
from storyforge.illustration.paper.puppets.paint import Drawing, Paint
from storyforge.illustration.paper.puppets.resting import snores
from storyforge.illustration.paper.puppets.wear import headwear

# Height of the hands, turn, lift above its usual height, and how much it is flattened.
_STANCES: dict[str, tuple[float, float, float, float]] = {
    "look": (0, -6, 0, 1), "walk": (0, 4, 0, 1), "run": (14, 12, 10, 1), "leap": (44, 6, 90, 1.04),
    "fly": (24, 16, 150, 1), "sneak": (20, 10, -40, 0.86), "fight": (40, 8, 0, 1), "cheer": (64, 0, 26, 1.04),
    "wave": (60, 0, 0, 1), "cast": (50, -4, 10, 1), "sit": (-20, 0, -50, 0.9), "lie": (-26, 0, -56, 0.74),
    "sleep": (-26, 4, -56, 0.78),
}  # fmt: skip
_SHEET = smooth(
    [(0, -330), (84, -306), (124, -220), (130, -100), (150, -10, "c"), (104, -34), (70, 6, "c"), (30, -30),
     (-6, 8, "c"), (-44, -30), (-84, 4, "c"), (-112, -34), (-152, -8, "c"), (-130, -100), (-124, -220), (-84, -306)]
)  # fmt: skip
_JELLY = smooth([(-150, 0), (-146, -70), (-104, -180), (0, -236), (104, -180), (146, -70), (150, 0), (0, 8)])


def ghost(paint: Paint, pose: str, mood: Expression) -> Drawing:
    reach, turn, rise, stretch = _STANCES.get(pose, (0, 0, 0, 1))
    floats = paint.sheet.hem
    y = -214 if floats else -124
    drawn = _arms(paint, reach, pose) if floats else ""
    drawn += fur(paint, _SHEET if floats else _JELLY, paint.base, 11)
    face = cheeks(paint, 10, 40, 62) + eyes(paint, mood, 10, 6, 42, lid=paint.base) + mouth(paint, mood, 12, 44, 1.1)
    drawn += transformed(face + motif(paint, 10, -64) + headwear(paint, 10, -30), 0, y) + collar(paint, 4, y + 92, 1.15)
    wide = 2 - stretch  # what is pressed flat grows wide
    drawn = f'<g transform="rotate({turn}) scale({wide:.2f} {stretch})">{drawn}</g>'
    light = glow(0, -170, 300, paint.glow, 0.4) if paint.glow else ""
    lift = (60 if floats else 0) + (rise if floats else max(0, rise))
    return Drawing(light + drawn + (snores(paint, 120, y - 60) if pose == "sleep" else ""), (10, y * stretch), lift)


def _arms(paint: Paint, reach: float, pose: str) -> str:
    drawn = ""
    for side in (-1, 1):
        up = 0 if pose == "wave" and side < 0 else reach
        arm = [(side * 104, -170), (side * 150, -170 - up * 0.2), (side * 176, -206 - up)]
        drawn += paint.piece(ribbon(arm, [56, 44, 34]), paint.base.shade(0.03), 7)
    return drawn
