#!/usr/bin/env python3
# The address of `fatmaster serve` -> browsers that listen, browsers that do not read, and a loop of requests, until stdin is closed.
# Then one line of JSON: how late each event came (s), how many requests were answered.
#   tools/bench/web_clients.py ADDRESS LISTENERS SILENT
import datetime
import json
import os
import pathlib
import selectors
import socket
import sys
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tests/web"))
from web_client import Client  # noqa: E402

PATHS = ("/runs/newest", "/runs/newest/events?newest=1&limit=300", "/station")


def open_stream(client):
    stream = socket.create_connection((client.host, client.port))
    lines = ["GET /api/v1/events HTTP/1.1", f"Host: {client.host}:{client.port}", f"Cookie: {client.cookie}", "", ""]
    stream.sendall("\r\n".join(lines).encode())
    return stream


class Moments:
    """When an event happened, by its line: all listeners hear the same ones, and each is read once."""

    def __init__(self):
        self.known = {}

    def of(self, line):
        if line not in self.known:
            at = json.loads(line[6:])["at"]
            self.known[line] = datetime.datetime.fromisoformat(at.replace("Z", "+00:00")).timestamp()
        return self.known[line]

    def lateness(self, text, now):
        """Of every event in these lines."""
        return [now - self.of(line) for line in text.split(b"\n") if line.startswith(b'data: {"id":')]


class Loop(threading.Thread):
    def __init__(self, client):
        super().__init__(daemon=True)
        self.client, self.answered = client, 0

    def run(self):
        while True:
            self.client.request("GET", PATHS[self.answered % len(PATHS)])
            self.answered += 1


def main():
    # In a laboratory they run on other machines: here they get the time that is left.
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    client = Client(sys.argv[1])
    watched = selectors.DefaultSelector()
    rests = {}
    for _ in range(int(sys.argv[2])):
        stream = open_stream(client)
        watched.register(stream, selectors.EVENT_READ)
        rests[stream] = b""
    silent = [open_stream(client) for _ in range(int(sys.argv[3]))]
    watched.register(sys.stdin, selectors.EVENT_READ)
    loop = Loop(client)
    if rests:
        loop.start()
    print("ready", flush=True)
    moments, late, going = Moments(), [], True
    while going:
        for key, _ in watched.select():
            if key.fileobj is sys.stdin:
                going = False
                continue
            now = time.time()
            text = rests[key.fileobj] + key.fileobj.recv(1 << 18)
            whole, _, rests[key.fileobj] = text.rpartition(b"\n")
            late.extend(moments.lateness(whole, now))
    print(json.dumps({"late": late, "answered": loop.answered, "silent": len(silent)}))


if __name__ == "__main__":
    main()
