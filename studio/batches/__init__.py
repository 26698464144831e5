"""MANY AT ONCE: a grid of values becomes cells, cells become tasks as there is room, and stand side by side."""
