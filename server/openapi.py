"""`python -m server.openapi`: print the OpenAPI document, for the front ends' types."""

from __future__ import annotations

import json

from server import modules
from server.core.openapi import document


def main() -> None:
    """Print the document."""
    print(json.dumps(document(modules.ROUTES, modules.VERSION), ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
