"""The OpenAPI 3.1 document, made from the routes and their msgspec types."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from server.core.errors import BusinessError, Forbidden, InvalidInput, NotFound, NotSignedIn, Problem
from server.core.http import Route
from server.core.idempotency import KeyReused

_PARAMETER = re.compile(r"<(\w+)(?::(\w+))?>")
_REF = "#/components/schemas/{name}"
_ALWAYS: tuple[type[BusinessError], ...] = (InvalidInput,)
_SIGNED_IN: tuple[type[BusinessError], ...] = (NotSignedIn, Forbidden)


def _path_parameters(path: str) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "integer", "minimum": 1, "maximum": 2**53 - 1}
            if kind == "int"
            else {"type": "string", "minLength": 1},
        }
        for name, kind in _PARAMETER.findall(path)
    ]


def _query_parameters(kind: type) -> list[dict[str, Any]]:
    schema, components = msgspec.json.schema_components([kind], ref_template=_REF)
    shape = components[kind.__name__]
    required = set(shape.get("required", ()))
    return [
        {"name": name, "in": "query", "required": name in required, "schema": item}
        for name, item in shape["properties"].items()
    ]


def _problems(route: Route) -> dict[str, Any]:
    kinds = {*route.errors, *_ALWAYS}
    if not route.public:
        kinds |= {*_SIGNED_IN}
    if "<" in route.path:
        kinds.add(NotFound)
    if route.idempotent != "no":
        kinds.add(KeyReused)
    by_status: dict[int, list[str]] = {}
    for kind in kinds:
        by_status.setdefault(kind.status, []).append(kind.code)
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    answers = {
        str(status): {"description": " · ".join(sorted(set(codes))), "content": content}
        for status, codes in sorted(by_status.items())
    }
    answers["default"] = {"description": "problem", "content": content}
    return answers


def _operation(route: Route) -> dict[str, Any]:
    parameters = _path_parameters(route.path)
    if route.query is not None:
        parameters += _query_parameters(route.query)
    if route.idempotent != "no":
        parameters.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": True,
                "schema": {"type": "string", "minLength": 8, "maxLength": 80, "pattern": "^[A-Za-z0-9_-]+$"},
            }
        )
    answer: dict[str, Any] = {"description": "done"}
    if route.media != "application/json":
        answer["content"] = {route.media: {"schema": {"type": "string"}}}
    elif route.answer is not None:
        schema, _ = msgspec.json.schema_components([route.answer], ref_template=_REF)
        answer["content"] = {"application/json": {"schema": schema[0]}}
    operation: dict[str, Any] = {
        "operationId": route.name,
        "summary": route.summary,
        "tags": [route.tag],
        "parameters": parameters,
        "responses": {str(route.status): answer, **_problems(route)},
    }
    if route.permissions:
        operation["x-permission"] = " | ".join(route.permissions)
    if route.public:
        operation["security"] = []
    if route.body is not None:
        schema, _ = msgspec.json.schema_components([route.body], ref_template=_REF)
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema[0]}}}
    if route.upload:
        form = {"type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary"}}}
        operation["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": form}}}
    return operation


def _types(routes: Iterable[Route]) -> list[Any]:
    found: list[Any] = [Problem]
    for route in routes:
        answer = route.answer if route.media == "application/json" else None
        found += [kind for kind in (route.body, answer) if kind is not None]
    return found


def document(routes: Sequence[Route], version: str) -> dict[str, Any]:
    """The whole API as an OpenAPI 3.1 document."""
    _, components = msgspec.json.schema_components(_types(routes), ref_template=_REF)
    components["Problem"]["additionalProperties"] = True
    components["Problem"]["properties"].pop("extra", None)
    paths: dict[str, Any] = {}
    for route in routes:
        path = _PARAMETER.sub(r"{\1}", route.path)
        paths.setdefault(path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {"title": "渠通 Qutong API", "version": version},
        "servers": [{"url": "/"}],
        "security": [{"session": []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"session": {"type": "http", "scheme": "bearer"}},
        },
    }
