"""What objects and fields exist: types, records, and the catalog that reads them. Knows no syntax and no wire."""
