"""What a person wrote about a batch becomes its cells. Pure: no rows, no requests; the catalog judges each cell."""
