# How long an interlock takes from the reading that crosses its level to the heaters that read back off, while everything else hangs: sinks
# that take and never answer, the readings file locked, dashboards and people who look all the time.
#
# FATMASTER names the built program. FATMASTER_TRIPS: how often it trips (5).
import contextlib
import http.client
import os
import socket
import sqlite3
import subprocess
import threading
import unittest

from cryostat import HEATING, Cryostat, station, wait_until
from servers import serve

TRIPS = int(os.environ.get("FATMASTER_TRIPS", "5"))
PERIOD = 1000  # ms, of every channel
LISTENERS = 8
HANGING = """[telemetry hole]
kind = influx
server = http://127.0.0.1:{port}
database = fat
every = 1 s
[telemetry broker]
kind = mqtt
server = mqtt://127.0.0.1:{port}
[sink chat]
kind = webhook
url_file = url
"""


class Hole:
    """A server that takes everything and never says a word."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.taken = []
        threading.Thread(target=self.take, daemon=True).start()

    def take(self):
        with contextlib.suppress(OSError):
            while True:
                self.taken.append(self.listener.accept()[0])

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for one in self.taken:
            one.close()


class Reaction(unittest.TestCase):
    def setUp(self):
        self.hole = Hole()
        self.addCleanup(self.hole.close)
        self.place = Cryostat(HEATING.replace("settle = 300 ms", "settle = 0 s"), invalid_after="1 min")
        self.addCleanup(self.place.close)
        ini = self.place.folder / "station.ini"
        text = ini.read_text().replace("period = 100 ms", f"period = {PERIOD} ms").replace("maximum_age = 500 ms", "maximum_age = 20 s").replace("first_byte = 300 ms", "first_byte = 10 s")
        ini.write_text(text + HANGING.format(port=self.hole.port))
        (self.place.folder / "url").write_text(f"http://127.0.0.1:{self.hole.port}/\n")
        (self.place.folder / "url").chmod(0o600)
        self.over = threading.Event()

    def look(self, target):
        """A dashboard that asks again at once."""
        while not self.over.is_set():
            connection = http.client.HTTPConnection(target, timeout=station.BOUND)
            with contextlib.suppress(OSError, http.client.HTTPException):
                for path in ("/api/v1/bench", "/metrics"):
                    connection.request("GET", path)
                    connection.getresponse().read()
            connection.close()

    def keep_reading(self):
        while not self.over.is_set():
            self.place.tell("read", "--json")

    def load(self):
        _, target = serve(self, self.place.folder)
        threads = [threading.Thread(target=self.look, args=(target,)) for _ in range(LISTENERS)] + [threading.Thread(target=self.keep_reading)]
        for thread in threads:
            thread.start()
            self.addCleanup(thread.join)
        self.addCleanup(self.over.set)  # called first

    def stored(self, text, *values):
        with contextlib.closing(sqlite3.connect(self.place.folder / "readings.db", timeout=station.BOUND)) as file:
            return file.execute("SELECT at, value FROM single JOIN channels ON id = channel WHERE " + text + " ORDER BY at", values).fetchall()

    @contextlib.contextmanager
    def locked(self):
        """Nobody else can write what was read."""
        with contextlib.closing(sqlite3.connect(self.place.folder / "readings.db", timeout=station.BOUND, isolation_level=None)) as file:
            file.execute("BEGIN IMMEDIATE")
            yield
            file.execute("ROLLBACK")

    def test_within_two_periods_while_sinks_hang_the_file_is_locked_and_people_look(self):
        self.place.watch()
        self.load()
        wait_until(lambda: self.hole.taken, what="the sinks")
        taken = []
        for _ in range(TRIPS):
            self.place.heat()
            wait_until(lambda: self.shows(1), what="heaters that are on")
            before = self.stored("name = 'top_plate'")[-1][0]
            with self.locked():
                self.place.show(280, 250)
                self.place.wait_for_heat(False, False)
            wait_until(lambda: self.shows(0), what="heaters that are off")

            crossed = self.stored("name = 'top_plate' AND value >= 273 AND at > ?", before)[0][0]
            off = max(self.stored("name = ? AND value = 0 AND at >= ?", name, crossed)[0][0] for name in ("heater_1", "heater_2"))
            taken.append(off - crossed)
            self.place.show(250, 250)
            self.place.wait_for_phase("latched")
            self.assertEqual(self.place.tell("interlock", "reset", "heating").returncode, 0)
        print(f"an interlock reacts within {taken} ms; two periods are {2 * PERIOD}")
        self.assertLessEqual(max(taken), 2 * PERIOD)

    def shows(self, value):
        """Both heaters, as stored last."""
        return [self.stored("name = ?", name)[-1:] and self.stored("name = ?", name)[-1][1] for name in ("heater_1", "heater_2")] == [value, value]


if __name__ == "__main__":
    unittest.main()
