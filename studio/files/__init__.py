"""FILES THAT GO IN: uploads, checked by their bytes, and how an operation is given them. May import teams, catalog
and gateway."""
