# Instruments that are mute, late, garbled, cut off and back, one after another and all at once, over the wire: the others are read as
# before, what is shown is true, and each comes back by itself.
#
# FATMASTER names the built program. FATMASTER_EVERY_FAULT=1: each fault at each instrument, not one fault at each.
import contextlib
import json
import os
import pathlib
import selectors
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "crash")]

import station  # noqa: E402
from station import wait_until  # noqa: E402

# What each shows all the time. CHANNEL: (quantity, value, unit).
INSTRUMENTS = {
    "supply": ("rigol_dp900", {"supply_volts": ("voltage_setpoint 1", 12, "V"), "supply_amperes": ("current_limit 2", 1.5, "A")}),
    "source_meter": ("keithley_2400", {"meter_volts": ("voltage_setpoint", 7, "V"), "meter_amperes": ("current_limit", 0.01, "A")}),
    "high_voltage": ("caen_n1470", {"crate_volts": ("voltage_setpoint 1", 100, "V"), "crate_amperes": ("current_limit 3", 0.0005, "A")}),
    "tube_supply": ("spellman_xrv", {"tube_volts": ("voltage_setpoint", 300, "V"), "tube_amperes": ("current_limit", 0.0002, "A")}),
    "chiller": ("lauda", {"bath": ("setpoint", -7, "degC"), "pump": ("running", 0, "")}),
}
BY_WIRE = ("mute", "late", "garbled", "half-reply", "endless", "close")
KEYS = "first_byte = 200 ms\nwhole_reply = 400 ms\nbetween_bytes = 50 ms\nconnect = 500 ms\npause = 0 s\nlock = 2 s\n"
LATE = "400ms"
EVERY = os.environ.get("FATMASTER_EVERY_FAULT") == "1"
TOLERANCE = 5e-3  # some have 4096 steps


class Cable(threading.Thread):
    """Between a client and a port. Who pulls it out ends every connection, and nobody answers until it is in again."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.behind = port
        self.plug = socket.create_server(("127.0.0.1", 0))
        self.port = self.plug.getsockname()[1]
        self.listener = self.plug
        self.ways = {}  # socket -> where its bytes go
        self.orders, self.wake = [], socket.socketpair()
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.wake[1], selectors.EVENT_READ)
        self.selector.register(self.plug, selectors.EVENT_READ)
        self.start()

    def order(self, word):
        done = threading.Event()
        self.orders.append((word, done))
        self.wake[0].send(b"!")
        assert done.wait(station.BOUND), word

    def run(self):
        while True:
            for key, _ in self.selector.select():
                if key.fileobj is self.wake[1]:
                    self.wake[1].recv(1)
                    word, done = self.orders.pop(0)
                    getattr(self, word)()
                    done.set()
                    if word == "end":
                        return
                elif key.fileobj is self.listener:
                    self.connect()
                elif key.fileobj in self.ways:
                    self.carry(key.fileobj)

    def connect(self):
        client, _ = self.listener.accept()
        server = socket.create_connection(("127.0.0.1", self.behind))
        for one, other in ((client, server), (server, client)):
            self.ways[one] = other
            self.selector.register(one, selectors.EVENT_READ)

    def carry(self, one):
        data = b""
        with contextlib.suppress(OSError):
            data = one.recv(65536)
        if data:
            with contextlib.suppress(OSError):
                self.ways[one].sendall(data)
            return
        self.part(one)

    def part(self, one):
        for end in (one, self.ways[one]):
            del self.ways[end]
            self.selector.unregister(end)
            end.close()

    def pull(self):
        self.selector.unregister(self.listener)
        self.listener.close()
        while self.ways:
            self.part(next(iter(self.ways)))

    def plug_in(self):
        self.listener = socket.create_server(("127.0.0.1", self.port))
        self.selector.register(self.listener, selectors.EVENT_READ)

    def end(self):
        self.pull()
        self.selector.close()
        for one in self.wake:
            one.close()


class Bench(station.Station):
    """Five virtual instruments whose settings are known, two channels of each; those by TCP behind a cable."""

    def __init__(self):
        super().__init__(station.CONSTANTS)
        self.reader = None
        self.cables = {}
        self.sim = subprocess.Popen([station.PROGRAM, "sim", "--modules", "1", "--state", str(self.folder)], stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT, cwd=self.folder, start_new_session=True)
        links = wait_until(self.links, what="the virtual bench")
        text = "[station]\nname = faults\n[paths]\nlocks = locks\n"
        for name, (kind, channels) in INSTRUMENTS.items():
            link = links[name]
            if link.startswith("tcp "):
                self.cables[name] = Cable(int(link.rpartition(":")[2]))
                link = f"tcp 127.0.0.1:{self.cables[name].port}"
            text += f"[device {name}]\nkind = {kind}\nlink = {link}\n{KEYS}"
            for channel, (quantity, _, _) in channels.items():
                text += f"[channel {channel}]\ninstrument = {name}\nquantity = {quantity}\nperiod = 100 ms\nmaximum_age = 10 s\n"
        (self.folder / "station.ini").write_text(text)

    def links(self):
        try:
            return {one["name"]: one["link"] for one in json.loads((self.folder / "virtual_station.json").read_text())["instruments"]}
        except (OSError, ValueError):
            return None

    def close(self):
        for process in (self.reader, self.sim):
            if process and process.poll() is None:
                process.kill()
                process.wait()
        for cable in self.cables.values():
            cable.order("end")
        super().close()

    def watch(self):
        self.said = self.folder / "station.log"
        with open(self.said, "ab") as log:
            self.reader = subprocess.Popen([station.PROGRAM, "station"], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)

    # -- what breaks

    def strike(self, instrument, fault):
        if fault == "cable":
            self.cables[instrument].order("pull")
            return
        words = ("--delay", LATE) if fault == "late" else ()
        self.must("sim", "fault", instrument, fault, *words)

    def mend(self, instrument, fault):
        if fault == "cable":
            self.cables[instrument].order("plug_in")
            return
        self.must("sim", "fault", "--clear", instrument)

    def must(self, *words):
        done = self.tell(*words)
        assert done.returncode == 0, (words, done.stdout, done.stderr)

    # -- what was read

    def rows(self, text, *values):
        with contextlib.closing(sqlite3.connect(self.folder / "readings.db", timeout=station.BOUND)) as file:
            return file.execute(text, values).fetchall()

    def newest(self):
        """{channel: (value, at)}"""
        if not (self.folder / "readings.db").exists():
            return {}
        try:
            return {name: (value, at) for name, value, at in self.rows("SELECT name, value, at FROM newest JOIN channels ON id = channel")}
        except sqlite3.OperationalError:  # it is being made
            return {}


def channels_of(instrument):
    return INSTRUMENTS[instrument][1]


class InstrumentFaults(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.bench = Bench()
        cls.addClassCleanup(cls.bench.close)
        for name in INSTRUMENTS:
            for channel, (_, value, unit) in channels_of(name).items():
                if unit:
                    cls.bench.must("set", channel, f"{value} {unit}")
        cls.bench.watch()

    def setUp(self):
        self.wait_for_all()

    def wait_for_all(self, *instruments):
        """Each channel of these has been read since, and has its value."""
        since = max([at for _, at in self.bench.newest().values()], default=0)

        def well():
            shown = self.bench.newest()
            return all(self.is_right(channel, shown) and shown[channel][1] > since for name in instruments or INSTRUMENTS for channel in channels_of(name))

        wait_until(well, what=lambda: f"{instruments}: {self.bench.newest()}\n{self.bench.said.read_text()[-2000:]}")

    @staticmethod
    def is_right(channel, shown):
        wanted = next(channels_of(name)[channel][1] for name in INSTRUMENTS if channel in channels_of(name))
        value = shown.get(channel, (None, 0))[0]
        return value is not None and abs(value - wanted) <= TOLERANCE * abs(wanted) + 1e-9

    def wait_until_lost(self, *instruments):
        def lost():
            shown = self.bench.newest()
            return all(shown[channel][0] is None for name in instruments for channel in channels_of(name))

        wait_until(lost, what=lambda: f"{instruments} lost: {self.bench.newest()}\n{self.bench.said.read_text()[-2000:]}")

    def judge(self, since, broken):
        """From `since` on: of those that were well every reading is there; and nobody ever showed what was not so."""
        for name in INSTRUMENTS:
            for channel, (_, wanted, _) in channels_of(name).items():
                values = [value for (value,) in self.bench.rows("SELECT value FROM single JOIN channels ON id = channel WHERE name = ? AND at > ?", channel, since)]
                shown = [value for value in values if value is not None]
                self.assertTrue(all(abs(value - wanted) <= TOLERANCE * abs(wanted) + 1e-9 for value in shown), (channel, wanted, set(shown)))
                if name not in broken:
                    self.assertEqual(len(shown), len(values), channel)
                    self.assertGreater(len(values), 1, channel)

    def newest_time(self):
        return max(at for _, at in self.bench.newest().values())

    def faults_of(self, instrument):
        return (*BY_WIRE, "cable") if instrument in self.bench.cables else BY_WIRE

    def test_one_after_another(self):
        for place, name in enumerate(INSTRUMENTS):
            others = [one for one in INSTRUMENTS if one != name]
            faults = self.faults_of(name)
            for fault in faults if EVERY else [faults[-1 - place % len(faults)]]:
                with self.subTest(instrument=name, fault=fault):
                    since = self.newest_time()
                    self.bench.strike(name, fault)
                    self.wait_until_lost(name)
                    self.wait_for_all(*others)

                    self.bench.mend(name, fault)

                    self.wait_for_all(name)
                    self.judge(since, [name])

    def test_all_but_one_at_once_and_all_come_back(self):
        names = list(INSTRUMENTS)
        for turn, well in enumerate(names):
            broken = {name: self.faults_of(name)[(place + turn) % len(self.faults_of(name))] for place, name in enumerate(names) if name != well}
            with self.subTest(well=well, broken=broken):
                since = self.newest_time()
                for name, fault in broken.items():
                    self.bench.strike(name, fault)
                self.wait_until_lost(*broken)
                self.wait_for_all(well)

                for name, fault in broken.items():
                    self.bench.mend(name, fault)

                self.wait_for_all()
                self.judge(since, list(broken))

    def test_everything_silent_and_back_with_the_bench_s_power(self):
        since = self.newest_time()
        self.bench.sim.send_signal(signal.SIGSTOP)
        self.addCleanup(self.bench.sim.send_signal, signal.SIGCONT)
        self.wait_until_lost(*INSTRUMENTS)

        self.bench.sim.send_signal(signal.SIGCONT)

        self.wait_for_all()
        self.judge(since, list(INSTRUMENTS))


if __name__ == "__main__":
    unittest.main()
