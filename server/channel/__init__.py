"""The channel: brand, dealers of any depth, stores, and their delivery addresses.

Owns `org` and `delivery_address`. An org's `path` names all its ancestors and is what scope is made of. A buyer's
supplier is its parent in the tree. (S1.1, S1.2, D3.1)
"""
