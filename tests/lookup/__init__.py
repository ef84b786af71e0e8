"""Tests of what is asked of servers."""
