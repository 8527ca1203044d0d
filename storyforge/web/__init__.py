"""Questions over HTTP to programs that a user runs: an image server, a language model. What stands between is told."""
