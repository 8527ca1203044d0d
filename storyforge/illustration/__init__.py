"""Scene -> picture: the illustrators, built in and remote."""
