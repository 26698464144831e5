"""How numbers are written, where Django's own formats would leave them hard to read."""
