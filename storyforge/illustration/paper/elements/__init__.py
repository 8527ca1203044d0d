"""Drawn parts of scenery. Each function draws one thing and returns its SVG; (x, y) is where it stands, unless it says
otherwise. Colours arrive already lit; `random` makes each one a little different."""
