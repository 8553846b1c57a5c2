"""A server put far away: a TCP proxy that holds every byte up, each way, as a long line does.

It knows nothing of TLS or HTTP. It delays, and nothing else: any number of bytes is under way at
the same time, and a connection takes as long to be made as it does from afar.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

from cluster.kubeconfig import access, vary

_PIECE = 1 << 18


class Distance:
    """A running delay in front of a server; a context manager.

    Args:
        kubeconfig: leads to the server.
        seconds: of delay each way; half a round trip.
        out: where the kubeconfig that leads here is written.
        context: the context's name in it; by default as it is.

    Attributes:
        kubeconfig: leads here.
        port: where it listens.
    """

    def __init__(
        self, kubeconfig: Path, seconds: float, out: Path, context: str | None = None
    ) -> None:
        self._seconds = seconds
        server = urlsplit(access(kubeconfig).server)
        self._server = (server.hostname or "", server.port or 443)
        self._loop = asyncio.new_event_loop()
        self._ways: set[asyncio.Task[None]] = set()
        self._ends: set[asyncio.StreamWriter] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._listening = self._run(asyncio.start_server(self._connected, "127.0.0.1", 0))
        self.port: int = self._listening.sockets[0].getsockname()[1]
        url = f"https://127.0.0.1:{self.port}"
        self.kubeconfig = vary(kubeconfig, out, context=context, cluster={"server": url})

    def __enter__(self) -> Distance:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work: Coroutine[None, None, asyncio.Server] | Coroutine[None, None, None]):
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _end(self) -> None:
        self._listening.close()
        for way in self._ways:
            way.cancel()
        await asyncio.gather(*self._ways, return_exceptions=True)
        for end in self._ends:
            end.close()
        await asyncio.gather(*(end.wait_closed() for end in self._ends), return_exceptions=True)

    async def _connected(self, near: asyncio.StreamReader, to_near: asyncio.StreamWriter) -> None:
        # TCP's own handshake took no time on loopback: the first byte waits a round trip more.
        self._ends.add(to_near)
        await asyncio.sleep(2 * self._seconds)
        far, to_far = await asyncio.open_connection(*self._server)
        self._ends.add(to_far)
        for reader, writer in ((near, to_far), (far, to_near)):
            line: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
            self._start(self._take(reader, line))
            self._start(self._give(line, writer))

    def _start(self, work: Coroutine[None, None, None]) -> None:
        way = self._loop.create_task(work)
        self._ways.add(way)
        way.add_done_callback(self._ways.discard)

    async def _take(
        self, reader: asyncio.StreamReader, line: asyncio.Queue[tuple[float, bytes]]
    ) -> None:
        piece = b"-"
        while piece:
            try:
                piece = await reader.read(_PIECE)
            except OSError:
                piece = b""
            line.put_nowait((self._loop.time() + self._seconds, piece))

    async def _give(
        self, line: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter
    ) -> None:
        with suppress(OSError):
            while True:
                at, piece = await line.get()
                await asyncio.sleep(at - self._loop.time())
                if not piece:
                    break
                writer.write(piece)
                await writer.drain()
        writer.close()
