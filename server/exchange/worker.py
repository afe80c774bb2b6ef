"""A worker: takes jobs, does them one after the other, keeps them while it lives, and says what became of them."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import fields
from pathlib import Path
from typing import Any

import asyncpg
import msgspec

from server.core import live, logs
from server.core.errors import BusinessError
from server.exchange import jobs
from server.exchange.jobs import Job, Lost
from server.exchange.work import STEPS, ChangedSince, Progress, peak_kb
from server.settings import Settings, WeChatSettings, WeComSettings

BEAT_SECONDS = 0.4
_log = logging.getLogger("qutong.exchange")


class Orders(msgspec.Struct):
    """What a server tells its worker at the start."""

    worker: str
    settings: dict[str, Any]


def pack(settings: Settings) -> dict[str, Any]:
    """Settings as plain values, for the worker."""
    plain = {item.name: getattr(settings, item.name) for item in fields(settings)}
    for name in ("wecom", "wechat"):
        plain[name] = {item.name: getattr(plain[name], item.name) for item in fields(plain[name])}
    return plain | {"data_folder": str(settings.data_folder.absolute())}


def unpack(plain: dict[str, Any]) -> Settings:
    """The settings of the server; the worker needs few connections."""
    wecom, wechat = WeComSettings(**plain["wecom"]), WeChatSettings(**plain["wechat"])
    folder = Path(plain["data_folder"])
    return Settings(**{**plain, "wecom": wecom, "wechat": wechat, "data_folder": folder, "database_connections": 3})


class Worker:
    """One worker, known by its name."""

    def __init__(self, settings: Settings, name: str) -> None:
        self.settings, self.name = settings, name

    async def next(self) -> bool:
        """Do the next job; False when none waits."""
        job = await jobs.take(self.name)
        if job is None:
            return False
        logs.request_id.set(f"{job.direction}-{job.id}")
        _log.info("job_taken", extra={"job": job.id, "kind": job.kind, "step": job.step, "attempt": job.attempts})
        try:
            await self._do(job)
        except Lost:
            _log.warning("job_lost", extra={"job": job.id})
        await self._tell(job)
        return True

    async def _do(self, job: Job) -> None:
        if job.attempts > jobs.ATTEMPTS:
            await jobs.settle(job, self.name, "failed", error=_gave_up(job))
            return
        progress = Progress()
        work = asyncio.create_task(STEPS[job.step](self.settings.data_folder, job, self.name, progress))
        beat = asyncio.create_task(self._beat(job, progress, work))
        try:
            await work
        except asyncio.CancelledError:
            if not beat.done():
                raise
            if beat.exception() is not None:  # the job is lost, or nobody can be asked
                raise Lost from beat.exception()
            await jobs.settle(job, self.name, "cancelled", error="已取消，没有改动任何内容")
        except Lost:
            raise
        except Exception as error:
            await self._failed(job, error)
        finally:
            beat.cancel()
            await asyncio.gather(beat, return_exceptions=True)

    async def _beat(self, job: Job, progress: Progress, work: asyncio.Task[None]) -> None:
        """Keep the job, write how far it is, and end the work when its owner wants that."""
        told: tuple[str, int | None, int] | None = None
        try:
            while not work.done():
                now = (progress.phase, progress.percent, progress.rows)
                if await jobs.beat(job, self.name, *now):
                    work.cancel()
                    return
                if now != told:
                    await live.tell_account(job.account_id, "exchange", _news(job, "running", progress.percent))
                    told = now
                await asyncio.sleep(BEAT_SECONDS)
        except Lost:
            if not work.done():
                work.cancel()
            raise

    async def _failed(self, job: Job, error: Exception) -> None:
        result = error.report if isinstance(error, ChangedSince) else None
        words = _words(job, error)
        if not isinstance(error, BusinessError):
            _log.error("job_failed", exc_info=error, extra={"job": job.id})
        await jobs.settle(job, self.name, "failed", result=result, error=words, peak_kb=peak_kb())

    async def _tell(self, job: Job) -> None:
        await live.tell_account(job.account_id, "exchange", _news(job, "over", None))


def _news(job: Job, state: str, percent: int | None) -> dict[str, Any]:
    return {"id": job.id, "state": state, "percent": percent}


def _nothing_done(job: Job) -> str:
    return "没有导出任何内容" if job.direction == "export" else "没有导入任何内容"


def _gave_up(job: Job) -> str:
    return f"处理到一半时程序中断了 {jobs.ATTEMPTS} 次，{_nothing_done(job)}；文件可能太大，请分成几个文件再试"


def _words(job: Job, error: Exception) -> str:
    """A failure in the words of the job's owner."""
    if isinstance(error, BusinessError):
        return error.detail
    if isinstance(error, MemoryError):
        return f"文件太大，内存不够，{_nothing_done(job)}；请分成几个文件再试"
    if isinstance(error, asyncpg.IntegrityConstraintViolationError):
        return f"正好有人登记了同样的内容，{_nothing_done(job)}；请重新上传检查"
    if isinstance(error, FileNotFoundError):
        return "上传的文件已经不在了，请重新上传"
    return f"处理时出错了，{_nothing_done(job)}；请再试一次，如果一直这样，请把编号 {job.id} 告诉客服"
