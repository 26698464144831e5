"""FROM FORM TO BODY: forms, preview, import. No tables; may import teams, catalog, library, tasks, assets."""
