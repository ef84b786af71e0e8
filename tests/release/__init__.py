"""A release, made in a scratch copy of this repository."""
