"""What all modules stand on.

`db` statements and transactions · `http` routes, their validation and their OpenAPI · `errors` business errors
and their one mapping to problem documents · `actor` who asks and what he may see · `idempotency` effects that
happen once · `audit` who changed what · `outbox` messages that leave with the change · `live` what open pages are
told · `paging`, `money`, `clock`, `logs`, `redis`.

`core` imports no other module of the server.
"""
