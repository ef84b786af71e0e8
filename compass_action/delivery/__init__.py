"""Delivery: sending within a budget of time, and keeping what did not arrive."""
