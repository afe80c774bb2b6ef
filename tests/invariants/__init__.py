"""Tests that try to break the seven invariants of the domain."""
