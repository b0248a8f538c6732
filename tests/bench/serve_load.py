#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What pitbridge serve costs and how late it is: clients of its events, and the CPU that the server takes meanwhile.

Usage: serve_load.py BUILD_DIR [SECONDS [HZ [CLIENTS...]]]
pitbridge simulate publishes 100 times a second. For each number of clients one line: CPU of the server in
percent of a core, events a second of each client, and the time from the publication of the values to their arrival
here. This program reads all clients in one thread, so that with many of them some of the time is its own.
"""
import os
import re
import selectors
import shutil
import socket
import subprocess
import sys
import tempfile
import time

UPDATED = re.compile(rb'data: \{"updated_ns":(\d+)')


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(port, server, clients, hz, seconds):
    selector = selectors.DefaultSelector()
    sockets = []
    for _ in range(clients):
        client = socket.create_connection(("127.0.0.1", port))
        client.sendall(f"GET /api/live/events?hz={hz} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        client.setblocking(False)
        selector.register(client, selectors.EVENT_READ)
        sockets.append(client)
    late_ms = []
    began = until = None
    start = time.monotonic()
    while until is None or time.monotonic() < until:
        if began is None and time.monotonic() - start > 1.5:  # the bridge decodes by then
            began, until = cpu_seconds(server), time.monotonic() + seconds
        for key, _ in selector.select(0.1):
            data = key.fileobj.recv(1 << 18)
            now_ns = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
            if began is not None:
                late_ms += [(now_ns - int(at)) / 1e6 for at in UPDATED.findall(data)]
    used = cpu_seconds(server) - began
    for client in sockets:
        client.close()
    late_ms.sort()
    at = lambda share: late_ms[int(share * (len(late_ms) - 1))]
    print(f"{clients:7d} {hz:4d} {100 * used / seconds:8.2f} {len(late_ms) / seconds / clients:10.1f} "
          f"{at(0.5):9.2f} {at(0.99):9.2f}", flush=True)


def main():
    build = os.path.abspath(sys.argv[1])
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 5
    hz = int(sys.argv[3]) if len(sys.argv) > 3 else 30
    counts = [int(word) for word in sys.argv[4:]] or [1, 10, 100]
    directory = tempfile.mkdtemp(prefix="pitbridge-serve-")
    environment = {**os.environ, "PITBRIDGE_SHM_DIR": directory, "HOME": directory, "XDG_RUNTIME_DIR": directory,
                   "PITBRIDGE_CONFIG_FILE": "/dev/null"}
    start = lambda *words: subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, text=True)
    live = start(f"{build}/bin/pitbridge-simulate", "simulate", "lmu", "--rate", "100")
    server = start(f"{build}/bin/pitbridge-serve", "serve", "--port", "0")
    try:
        port = int(re.search(r":(\d+)/", server.stdout.readline()).group(1))
        print("clients   hz    CPU %  events/s   p50 ms    p99 ms")
        for count in counts:
            measure(port, server.pid, count, hz, seconds)
    finally:
        for program in (server, live):
            program.terminate()
            program.wait()
        shutil.rmtree(directory)


if __name__ == "__main__":
    main()
