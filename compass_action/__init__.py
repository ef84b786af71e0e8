"""Compass Event: tell Atlassian Compass what a CI pipeline built and deployed."""

__version__ = "0.2.0"
