"""Trace codes, diversions, recalls."""
