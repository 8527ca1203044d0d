"""What sheets and their loose parts do by themselves in a film. Shares of the picture's width and height, a second."""

from __future__ import annotations

from storyforge.plate import Motion

STILL = Motion()

CLOUDS, STORM_CLOUDS = Motion(drift=(0.003, 0.0)), Motion(drift=(-0.006, 0.0))
FOG = Motion(drift=(0.004, 0.0))
BIRDS = Motion(drift=(0.006, -0.0006))
LEAVES_BEFORE_THE_LENS = Motion(sway=0.002)

STARS = Motion(twinkle=0.75)
SPARKLES = Motion(twinkle=0.85)
FIREFLIES = Motion(twinkle=0.85, sway=0.012)

SNOW, SNOW_BEHIND = Motion(fall=(-0.006, 0.085), sway=0.006), Motion(fall=(-0.004, 0.055), sway=0.004)
# What is driven, and rain, goes along the way that it is drawn out to.
BLIZZARD, BLIZZARD_BEHIND = Motion(fall=(-0.30, 0.24)), Motion(fall=(-0.20, 0.16))
RAIN = Motion(fall=(-0.22, 1.4))
WIND, WIND_OF_A_BLIZZARD = Motion(fall=(0.12, 0.0)), Motion(fall=(-0.12, 0.0))

FLUTTER = Motion(fall=(0.01, 0.06), sway=0.012)  # petals, leaves, confetti
BUBBLES = Motion(fall=(0.0, -0.045), sway=0.004)
EMBERS = Motion(fall=(0.008, -0.07), sway=0.006, twinkle=0.5)
