"""Prompt Studio. The map of the house is README.md beside this file."""
