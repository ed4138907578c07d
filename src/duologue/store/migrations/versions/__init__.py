"""Revisions, linear, each named like its file."""
