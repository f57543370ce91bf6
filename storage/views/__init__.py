"""Pages of `storage`: folders with their findings and shares, protected folders, and access to these in an emergency."""
