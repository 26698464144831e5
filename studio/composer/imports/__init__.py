"""What somebody pastes becomes a body and a table of what became of each key. No Django; nothing is sent or kept."""
