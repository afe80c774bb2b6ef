"""What `scripts/run` and `scripts/test` are made of.

Everything here stands on the standard library alone, because it is what installs the rest: `environment` sets
up Python and node packages and builds the front ends, `services` keeps the embedded PostgreSQL and Redis,
`processes` starts and watches the programs, `launch` is the story of `scripts/run`, `checks` that of
`scripts/test`.
"""
