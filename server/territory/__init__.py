"""Territories: which dealer may sell which categories where, from when until when, alone or beside others.

Owns `authority`, a row per dealer, region and category. Two that meet in region, category and days, one of them
exclusive, are held by dealers of one line of the channel tree, or one of them is refused. What a lower dealer is
granted lies within what the nearest dealer above it holds, where that one holds anything. Nothing here forbids an
order: who sells outside is seen, not stopped. (S1.3)
"""
