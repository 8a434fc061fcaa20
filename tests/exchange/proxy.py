"""A TCP proxy on loopback that treats connections as bad networks do: slow, cut, one-way, half-open, in slices."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

NEVER = 1 << 62


@dataclass
class Weather:
    """What happens to the connections made from now on; bytes are counted per connection and direction.

    ``reset_up_at`` and ``reset_down_at`` cut with a reset after so many bytes to and from the server;
    ``deaf_up_at`` and ``deaf_down_at`` acknowledge and pass nothing on after so many: one is a one-way partition,
    both together are half-open. ``slice_bytes`` passes so many at once.
    """

    latency_s: float = 0.0
    reset_up_at: int = NEVER
    reset_down_at: int = NEVER
    deaf_up_at: int = NEVER
    deaf_down_at: int = NEVER
    slice_bytes: int = 65_536

    def at(self, way: str) -> tuple[int, int]:
        """Return after how many bytes a direction is reset, and after how many it goes deaf."""
        if way == "up":
            return self.reset_up_at, self.deaf_up_at
        return self.reset_down_at, self.deaf_down_at


class Proxy:
    """Listens on a free port; :func:`proxy` makes one and takes it away."""

    def __init__(self, port: int) -> None:
        self.weather = Weather()
        self.resets = self.swallowed = self.connections = 0
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._sockets: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, name="proxy", daemon=True)]
        self._threads[0].start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            server = socket.create_connection(("127.0.0.1", self._target))
            self._sockets += [client, server]
            weather = self.weather
            for one, other, way in ((client, server, "up"), (server, client, "down")):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                thread = threading.Thread(target=self._pass, args=(one, other, weather, way), name="proxy", daemon=True)
                self._threads.append(thread)
                thread.start()

    def _pass(self, one: socket.socket, other: socket.socket, weather: Weather, way: str) -> None:
        passed = 0
        with contextlib.suppress(OSError):
            while some := one.recv(weather.slice_bytes):
                # Looked at again each time: a partition may come while a connection is open.
                reset_at, deaf_at = weather.at(way)
                if passed >= deaf_at:
                    self.swallowed += len(some)
                    continue
                time.sleep(weather.latency_s)
                if passed + len(some) > reset_at:
                    other.sendall(some[: reset_at - passed])
                    self.resets += 1
                    self._reset(one, other)
                    return
                other.sendall(some)
                passed += len(some)
            other.shutdown(socket.SHUT_WR)

    @staticmethod
    def _reset(*sockets: socket.socket) -> None:
        for one in sockets:
            # A close that lingers for no time is a reset on the wire.
            one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RD)
            one.close()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for one in self._sockets:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        for thread in self._threads:
            thread.join(5)


@contextlib.contextmanager
def proxy(port: int) -> Iterator[Proxy]:
    """Stand between a counter and the server at ``port`` of this machine."""
    made = Proxy(port)
    try:
        yield made
    finally:
        made.close()
