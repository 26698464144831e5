"""WHAT A TEAM KEEPS: presets, their versions, and who may see and change them."""
