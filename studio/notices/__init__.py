"""Who is told: comments with @mentions, and what somebody missed. What it is about it knows by foreign keys and by name
(`targets.py`): it imports no room that has prompts, presets, tasks or batches, and those may import it."""
