"""ONE SEARCH: over prompts, presets, tasks and results; and the palette that leads everywhere. No tables."""
