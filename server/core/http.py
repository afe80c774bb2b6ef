"""Routes: thin HTTP around the verbs.

A handler names what it needs by type: `actor: Actor`, `body: SomeStruct`, `query: SomeStruct`, `claim: Claim`,
and path parameters by name. The same types validate the request, encode the answer and make the OpenAPI document.
This is the one place where business errors become problem documents.
"""

from __future__ import annotations

import hashlib
import inspect
import logging
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, get_type_hints

import asyncpg
import msgspec
from sanic import HTTPResponse, Request, Sanic
from sanic.exceptions import SanicException
from sanic.response import BaseHTTPResponse
from tortoise.exceptions import BaseORMException

from server.core import db, idempotency
from server.core.actor import Actor
from server.core.errors import BusinessError, InvalidInput, NotFound, NotSignedIn, Problem, Unavailable
from server.core.idempotency import Claim
from server.core.logs import request_id
from server.core.types import MAX_ID
from server.core.validation import decode_body, decode_query

Authenticate = Callable[[str], Awaitable[Actor]]
Handler = TypeVar("Handler", bound=Callable[..., Awaitable[Any]])
Idempotent = Literal["no", "wrapped", "own"]

API = "/api/v1"
TICKET = "ticket:"
_log = logging.getLogger("qutong.http")


class Raw(msgspec.Struct):
    """An answer that is not JSON: a document, a picture."""

    body: bytes
    content_type: str
    headers: dict[str, str] = {}


class RequestInfo(msgspec.Struct, frozen=True):
    """What a handler may know of the transport."""

    address: str
    agent: str


@dataclass(frozen=True)
class Route:
    """One operation of the API, as its handler's signature describes it."""

    method: str
    path: str
    handler: Callable[..., Awaitable[Any]]
    tag: str
    permissions: tuple[str, ...]  # one of them is enough; empty: for everybody who is signed in
    public: bool
    idempotent: Idempotent
    status: int
    errors: tuple[type[BusinessError], ...]
    body: type | None
    query: type | None
    answer: type | None
    parameters: tuple[str, ...]
    etag: bool = False
    media: str = "application/json"
    upload: bool = False

    @property
    def name(self) -> str:
        """The operation's name in the document: that of the verb."""
        return str(getattr(self.handler, "__name__", "operation"))

    @property
    def summary(self) -> str:
        """The first line of the handler's docstring."""
        return (inspect.getdoc(self.handler) or "").split("\n", 1)[0]


class Routes:
    """The routes of one module."""

    def __init__(self, tag: str, prefix: str = "") -> None:
        self.tag, self.prefix = tag, prefix
        self.all: list[Route] = []

    def add(
        self,
        method: str,
        path: str,
        *,
        permission: str | tuple[str, ...] = (),
        public: bool = False,
        idempotent: Idempotent | None = None,
        status: int = 200,
        etag: bool = False,
        media: str = "application/json",
        upload: bool = False,
        errors: Sequence[type[BusinessError]] = (),
    ) -> Callable[[Handler], Handler]:
        """Register the decorated handler.

        `permission`: what the account must hold, or several of which one is enough.
        `media` is the answer's type where it is not JSON; `upload`: the body is a multipart form with a `file`.
        """

        def register(handler: Handler) -> Handler:
            hints = get_type_hints(handler, include_extras=True)
            answer = hints.pop("return")
            self.all.append(
                Route(
                    method=method,
                    path=API + self.prefix + path,
                    handler=handler,
                    tag=self.tag,
                    permissions=(permission,) if isinstance(permission, str) else permission,
                    public=public,
                    idempotent=idempotent or "no",
                    status=204 if answer is type(None) else status,
                    errors=tuple(errors),
                    body=hints.get("body"),
                    query=hints.get("query"),
                    answer=None if answer is type(None) else answer,
                    parameters=tuple(hints),
                    etag=etag,
                    media=media,
                    upload=upload,
                )
            )
            return handler

        return register

    def get(self, path: str, **options: Any) -> Callable[[Handler], Handler]:
        """A read."""
        return self.add("GET", path, **options)

    def post(self, path: str, **options: Any) -> Callable[[Handler], Handler]:
        """A write; with an idempotency key unless said otherwise."""
        options.setdefault("idempotent", "wrapped")
        return self.add("POST", path, **options)

    def patch(self, path: str, **options: Any) -> Callable[[Handler], Handler]:
        """An edit, guarded by the record's version."""
        return self.add("PATCH", path, **options)

    def delete(self, path: str, **options: Any) -> Callable[[Handler], Handler]:
        """A removal; the second time there is nothing to be found any more."""
        return self.add("DELETE", path, **options)


def problem_response(problem: Problem, headers: dict[str, str] | None = None) -> HTTPResponse:
    """A problem document as an answer; extra members stand beside the standard ones."""
    document = msgspec.to_builtins(problem)
    document.update(document.pop("extra", {}))
    return HTTPResponse(
        msgspec.json.encode(document), problem.status, headers or {}, content_type="application/problem+json"
    )


def error_response(error: BusinessError) -> HTTPResponse:
    """The answer to a refused request."""
    headers = {}
    if "retry_after" in error.extra:
        headers["Retry-After"] = str(error.extra["retry_after"])
    if isinstance(error, NotSignedIn):
        headers["WWW-Authenticate"] = "Bearer"
    return problem_response(error.problem(request_id.get()), headers)


def token_of(request: Request) -> str:
    """The bearer token of a request, the ticket of a live stream, or an empty text."""
    header = request.headers.get("authorization", "")
    if header[:7].lower() == "bearer ":
        token = header[7:].strip()
        return token if token.isascii() and not token.startswith(TICKET) else ""
    if request.path == API + "/events":  # EventSource cannot send headers; a ticket opens nothing else
        return TICKET + (request.args.get("ticket") or "")
    return ""


def _path_values(route: Route, values: dict[str, Any]) -> dict[str, Any]:
    for item in values.values():
        if isinstance(item, int) and not 0 < item <= MAX_ID:
            raise NotFound("没有找到")
        if isinstance(item, str) and "\x00" in item:
            raise InvalidInput("地址里有无法识别的字符")
    return {name: item for name, item in values.items() if name in route.parameters}


def _answer(route: Route, result: Any) -> HTTPResponse:
    if isinstance(result, HTTPResponse):
        return result
    if result is None:
        return HTTPResponse(None, 204)
    if isinstance(result, Raw):
        return HTTPResponse(result.body, route.status, result.headers, content_type=result.content_type)
    return HTTPResponse(msgspec.json.encode(result), route.status, content_type="application/json")


def _tagged(request: Request, response: HTTPResponse) -> HTTPResponse:
    """The answer with its ETag, or 304 when the client has it already."""
    tag = f'"{hashlib.blake2b(response.body or b"", digest_size=12).hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    known = [item.strip().removeprefix("W/") for item in request.headers.get("if-none-match", "").split(",")]
    if tag in known or known == ["*"]:
        return HTTPResponse(None, 304, headers)
    response.headers.update(headers)
    return response


async def _once(route: Route, claim: Claim, arguments: dict[str, Any]) -> HTTPResponse:
    """The effect, its answer and its key in one transaction."""

    async def work() -> idempotency.Answer:
        response = _answer(route, await route.handler(**arguments))
        return idempotency.Answer(response.status, (response.body or b"").decode())

    answer = await idempotency.once(claim, work)
    return HTTPResponse(answer.response or None, answer.status, content_type="application/json")


async def _handle(route: Route, request: Request, authenticate: Authenticate, values: dict[str, Any]) -> HTTPResponse:
    arguments = _path_values(route, values)
    actor: Actor | None = None
    if not route.public:
        actor = await authenticate(token_of(request))
        request.ctx.account_id = actor.account_id
        if route.permissions:
            actor.require(*route.permissions)
    if "actor" in route.parameters:
        arguments["actor"] = actor
    if route.body is not None:
        arguments["body"] = decode_body(request.body, route.body)
    if route.query is not None:
        arguments["query"] = decode_query(dict(request.args), route.query)
    if "info" in route.parameters:
        agent = "".join(sign for sign in request.headers.get("user-agent", "") if sign.isprintable())
        arguments["info"] = RequestInfo(request.remote_addr or request.ip, agent)
    if "request" in route.parameters:
        arguments["request"] = request
    if actor is None or route.idempotent == "no":
        answer = _answer(route, await route.handler(**arguments))
        return _tagged(request, answer) if route.etag else answer
    key = request.headers.get("idempotency-key")
    who = (actor.account_id, actor.root_id)
    claim = idempotency.make_claim(*who, key, route.method, request.path, request.body)
    if route.idempotent == "own":
        return _answer(route, await route.handler(claim=claim, **arguments))
    return await db.retried(lambda: _once(route, claim, arguments))


def failure_response(request: Request, error: Exception) -> HTTPResponse:
    """The answer to anything that is not a business error; the trace goes to the log only."""
    if isinstance(error, BusinessError):
        return error_response(error)
    if isinstance(error, SanicException) and error.status_code < 500:
        title = {404: "没有这个地址", 405: "不支持这种操作", 413: "内容太大"}.get(error.status_code, "请求有误")
        code = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}.get(error.status_code, "bad_request")
        headers = {str(k): str(v) for k, v in (getattr(error, "headers", None) or {}).items()}
        return problem_response(
            Problem(f"urn:qutong:problem:{code}", title, error.status_code, code, title, request_id.get()), headers
        )
    if db.is_away(error):
        _log.error("database_away", exc_info=error)
        return error_response(Unavailable("系统暂时连不上数据库，请稍后再试", retry_after=5))
    too_much = getattr(error, "constraint_name", None) == "orders_total_limit"
    if too_much or isinstance(error, asyncpg.NumericValueOutOfRangeError):
        return error_response(InvalidInput("数量或金额太大，系统无法记账"))
    _log.error("failed", exc_info=error, extra={"path": request.path})
    return problem_response(
        Problem(
            "urn:qutong:problem:internal",
            "系统出错了",
            500,
            "internal",
            "系统出错了，请稍后再试；如果一直这样，请把编号告诉客服",
            request_id.get(),
        )
    )


def _bind(app: Sanic[Any, Any], route: Route, authenticate: Authenticate) -> None:
    async def endpoint(request: Request, **values: Any) -> HTTPResponse | None:
        started = time.perf_counter()
        statements = db.count_statements()
        try:
            response = await _handle(route, request, authenticate, values)
        except (BusinessError, SanicException, BaseORMException, asyncpg.PostgresError, OSError) as error:
            response = failure_response(request, error)
        except Exception as error:  # the last barrier: nothing but a problem document leaves the server
            response = failure_response(request, error)
        _log.info(
            "request",
            extra={
                "route": route.name,
                "method": route.method,
                "status": response.status,
                "account": getattr(request.ctx, "account_id", None),
                "ms": round((time.perf_counter() - started) * 1000, 1),
                "statements": statements.count,
            },
        )
        return None if request.responded else response  # a stream has sent itself already

    name = f"{route.tag}_{route.name}"
    app.add_route(endpoint, route.path, methods=[route.method], name=name, strict_slashes=True, unquote=True)


def _identify(request: Request) -> None:
    """Name the request before anything can go wrong: the client's own id where it is harmless, else a new one."""
    given = request.headers.get("x-request-id", "")
    request_id.set(given if given.isascii() and given.isalnum() and len(given) <= 40 else uuid.uuid4().hex)


def _named(request: Request, response: BaseHTTPResponse) -> None:
    response.headers["X-Request-Id"] = request_id.get()


def mount(app: Sanic[Any, Any], routes: Sequence[Route], authenticate: Authenticate) -> None:
    """Give all routes to the application."""
    app.register_middleware(_identify, "request")
    app.register_middleware(_named, "response")
    for route in routes:
        _bind(app, route, authenticate)
    app.error_handler.add(Exception, failure_response)
