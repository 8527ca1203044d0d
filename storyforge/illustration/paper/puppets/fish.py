"""The body of fish and whales, which swim a little above the ground."""

from __future__ import annotations

from storyforge.illustration.paper.cut import cut, transformed
from storyforge.illustration.paper.geometry import Point, smooth
from storyforge.illustration.paper.puppets.expressions import Expression
from storyforge.illustration.paper.puppets.eyes import cheeks, eyes
from storyforge.illustration.paper.puppets.marks import fur, motif
from storyforge.illustration.paper.puppets.mouth import mouth
from storyforge.illustration.paper.puppets.paint import Drawing, Paint, line, within
from storyforge.illustration.paper.puppets.resting import snores
from storyforge.illustration.paper.puppets.wear import headwear

# Turn of the body and height above the ground.
_STANCES = {
    "look": (-12, 120), "run": (6, 130), "leap": (-28, 200), "fly": (-14, 220), "sneak": (10, 60), "fight": (-8, 120),
    "cheer": (-20, 160), "wave": (-8, 130), "cast": (-10, 140), "sit": (0, 30), "lie": (0, 20), "sleep": (4, 24),
}  # fmt: skip
_BODY = smooth([(150, -150), (110, -220), (10, -252), (-90, -200), (-140, -150), (-90, -92), (10, -50), (110, -84)])
_BELLY = smooth([(170, -120), (60, -110), (-140, -130), (-90, -30), (120, -30)])
_FORKED = smooth([(-120, -150), (-220, -240, "c"), (-196, -150), (-230, -70, "c"), (-130, -120)])
_FLUKE: list[Point] = [
    (-116, -164),
    (-160, -196),
    (-176, -262, "c"),
    (-208, -226),
    (-262, -240, "c"),
    (-240, -186),
    (-176, -150),
    (-120, -128),
]
_DORSAL = smooth([(-40, -230), (0, -300, "c"), (60, -240)])
_FLIPPER = smooth([(0, 0), (-60, 10), (-74, 54, "c"), (-20, 50), (12, 24)])


def fish(paint: Paint, pose: str, mood: Expression) -> Drawing:
    turn, lift = _STANCES.get(pose, (0, 120))
    is_whale = paint.sheet.tail == "fin"
    fin = paint.colour(paint.sheet.wing_colour, paint.dark.mix(paint.base, 0.4))
    drawn = paint.piece(smooth(_FLUKE) if is_whale else _FORKED, fin, 8)
    drawn += _spout() if is_whale and pose != "sleep" else paint.piece(_DORSAL, fin, 7)
    drawn += fur(paint, _BODY, paint.base, 10) + within(_BODY, cut(_BELLY, paint.belly, 1.6))
    face = eyes(paint, mood, 62, 0, 40, 0.95) + cheeks(paint, 62, 34, 60) + mouth(paint, mood, 64, 34, 0.9)
    drawn += transformed(face + transformed(motif(paint, 0, 0), 40, -54, 0.8), 0, -170)
    drawn += transformed(headwear(paint, 30), 30, -172, 0.85) + transformed(
        paint.piece(_FLIPPER, fin, 7), -10, -120, 1, 20 if pose == "wave" else 0
    )
    drawn = f'<g transform="rotate({turn} 0 -150)">{drawn}</g>' if turn else drawn
    return Drawing(drawn + (snores(paint, 150, -280) if pose == "sleep" else ""), (62, -165), lift)


def _spout() -> str:
    return line("M6 -254Q4 -300 -24 -314M6 -254Q8 -306 38 -318M6 -254V-322", "#d9f1fb", 9, 0.9)
