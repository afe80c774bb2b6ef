"""Tools a person calls: run, test, bench, demo data."""
