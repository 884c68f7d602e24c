"""slow_registry: the registry of the tests behind a slow line, for pulls that last.

SPDX-License-Identifier: GPL-3.0-or-later
"""

import contextlib
import os
import socket
import socketserver
import threading
import time

BLOCK_BYTES = 64 * 1024


def copy(source, target, get_rate):
    # Whoever cancels a pull hangs up.
    with contextlib.suppress(OSError):
        while data := source.recv(BLOCK_BYTES):
            target.sendall(data)
            rate = get_rate()
            if rate:
                time.sleep(len(data) / rate)
        target.shutdown(socket.SHUT_WR)


class Line(socketserver.BaseRequestHandler):
    def handle(self):
        host, port = os.environ["DW_TEST_REGISTRY"].rsplit(":", 1)
        with socket.create_connection((host, int(port))) as registry:
            asking = threading.Thread(target=copy, args=(self.request, registry, lambda: None),
                                      daemon=True)
            asking.start()
            copy(registry, self.request, lambda: self.server.rate_bytes_per_s)
            with contextlib.suppress(OSError):
                self.request.shutdown(socket.SHUT_RDWR)
            asking.join()


class SlowRegistry(socketserver.ThreadingTCPServer):
    """At an address of its own, and as fast as the other until it is given a rate."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Line)
        self.address = f"127.0.0.1:{self.server_address[1]}"
        self.rate_bytes_per_s = None
        threading.Thread(target=self.serve_forever, daemon=True).start()
