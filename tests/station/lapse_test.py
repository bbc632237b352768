# `fatmaster --virtual station --for SPAN`: the whole station process on a time that jumps. Drivers, wires, interlocks and the readings
# file are those of every day.
#
# FATMASTER names the built program. FATMASTER_SPAN: of the long lapse, 1day or 7days; without it there is none.
import contextlib
import http.server
import os
import pathlib
import re
import sqlite3
import subprocess
import tempfile
import threading
import unittest

PROGRAM = pathlib.Path(os.environ["FATMASTER"]).resolve()
SPAN = os.environ.get("FATMASTER_SPAN", "1day")
BOUND = 600  # s; reached only when something hangs
HOUR = 3600

# NAME as on the virtual bench: (kind, link of the real one, what is read).
EVERY_KIND = {
    "supply": ("rigol_dp900", "tcp 127.0.0.1:1", "voltage_setpoint 1"),
    "source_meter": ("keithley_2400", "tcp 127.0.0.1:2", "voltage_setpoint"),
    "cold_thermometer": ("lakeshore_218", "serial /dev/a 9600 7O1", "temperature 1"),
    "chiller": ("lauda", "serial /dev/b", "setpoint"),
    "freezer": ("julabo", "serial /dev/c 4800 7E1 rtscts", "setpoint"),
    "high_voltage": ("caen_n1470", "tcp 127.0.0.1:3", "voltage_setpoint 1"),
    "desktop_high_voltage": ("caen_dt8033", "serial /dev/d", "voltage_setpoint 1"),
    "tube_supply": ("spellman_xrv", "tcp 127.0.0.1:4", "voltage_setpoint"),
    "drift_supply": ("spellman_slm", "serial /dev/e", "voltage_setpoint"),
    "vacuum": ("pfeiffer_tpg", "serial /dev/f", "pressure 1"),
    "fore_vacuum": ("mks_937b", "serial /dev/g", "pressure 1"),
    "gauge": ("streaming_gauge", "serial /dev/h", "pressure"),
    "plant": ("modbus_plant", "tcp 127.0.0.1:5", "temperature"),
}
WIRE_FAULTS = ("mute", "late", "half-reply", "garbled", "endless", "close")
LATE_US = 15_000_000  # longer than any of them is waited for

BENCH = """[station]
name = bench
time_zone = UTC
[paths]
locks = locks
[device supply]
kind = rigol_dp900
link = tcp 127.0.0.1:1
[device cold_thermometer]
kind = lakeshore_218
link = serial /dev/ttyUSB0 9600 7O1
[channel cold_head]
instrument = cold_thermometer
quantity = temperature 1
period = {period}
valid = [60, 330] K
[channel shield]
instrument = cold_thermometer
quantity = temperature 2
period = {period}
[channel heater]
instrument = supply
quantity = output 1
period = {period}
[channel heater_volts]
instrument = supply
quantity = voltage_setpoint 1
period = {period}
[interlock cold]
channels = cold_head
invalid_after = 1 min
latching = no
action = set
set = heater off
"""


class Lapse(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="fat-lapse-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def live(self, span, faults="", period="10 s", more="", code=0):
        """What the process said."""
        (self.folder / "station.ini").write_text(BENCH.format(period=period) + more)
        (self.folder / "faults").write_text(faults)
        words = [PROGRAM, "-C", self.folder, "--virtual", "station", "--for", span, "--leave-outputs", "--faults", self.folder / "faults"]
        done = subprocess.run(words, capture_output=True, text=True, timeout=BOUND)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def rows(self, text, *values):
        with contextlib.closing(sqlite3.connect(self.folder / "readings_virtual.db")) as file:
            return file.execute(text, values).fetchall()

    def readings(self, channel):
        """[(seconds since the first, value)]"""
        rows = self.rows("SELECT at, value FROM single JOIN channels ON id = channel WHERE name = ? ORDER BY at", channel)
        return [((at - rows[0][0]) / 1000, value) for at, value in rows]

    def test_an_hour_of_readings_stands_at_every_period(self):
        said = self.live("1h")

        for channel, value in (("cold_head", 87.3), ("shield", 88.3), ("heater", 0), ("heater_volts", 0)):
            readings = self.readings(channel)
            self.assertEqual([value for _, value in readings], [value] * 360, channel)
            self.assertLess(max(abs(at - 10 * place) for place, (at, _) in enumerate(readings)), 1, channel)
        self.assertIn("1440 readings of 4 channels, 0 of them without a value", said)

    def test_what_breaks_and_comes_back_by_script(self):
        """The sensor opens for ten minutes: it alone is invalid, the interlock trips a minute later and is clear again by itself."""
        said = self.live("1h", "20 min: fault cold_thermometer open channel=1\n30 min: clear cold_thermometer\n")

        invalid = [at for at, value in self.readings("cold_head") if value is None]
        self.assertEqual(len(invalid), 60)
        self.assertAlmostEqual(invalid[0], 20 * 60, delta=11)
        self.assertAlmostEqual(invalid[-1], 30 * 60, delta=11)
        self.assertFalse([at for at, value in self.readings("shield") if value is None])
        self.assertEqual(said.count("interlock cold: tripped"), 1, said)
        self.assertEqual(said.count("interlock cold: clear again"), 1, said)
        (tripped,) = re.findall(r"(\S+ \S+) \+0000  .*interlock cold: tripped", said)
        (lost,) = re.findall(r"(\S+ \S+) \+0000  cold_head failed", said)
        self.assertAlmostEqual(self.seconds(tripped) - self.seconds(lost), 50, delta=12)  # a minute after the last that was valid

    @staticmethod
    def seconds(text):
        hours, minutes, seconds = text.split()[1].split(":")
        return (int(hours) * 60 + int(minutes)) * 60 + int(seconds)

    def test_a_mute_instrument_holds_no_other_up(self):
        said = self.live("1h", "10 min: fault cold_thermometer mute\n50 min: clear cold_thermometer\n", period="1 s")

        supply = self.readings("heater_volts")
        self.assertEqual(len(supply), HOUR)
        self.assertLess(max(after - before for (before, _), (after, _) in zip(supply, supply[1:])), 1.5)
        self.assertFalse([at for at, value in supply if value is None])
        self.assertEqual(said.count("shield is valid again"), 1, said)

    def test_ends_in_words_when_a_channel_is_not_valid(self):
        said = self.live("30min", "20 min: fault cold_thermometer open channel=1\n", code=1)
        self.assertIn("cold_head failed", said.splitlines()[-1] + said)

    def test_a_sink_hears_all_of_it_from_the_first_reading_on(self):
        """In the order in which it was read; what it has not heard when the process ends is kept for the next one."""
        heard = {}

        class Sink(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                for line in self.rfile.read(int(self.headers["Content-Length"])).decode().splitlines():
                    channel = re.search(r",channel=(\w+)", line)[1]
                    heard.setdefault(channel, []).append(int(line.rpartition(" ")[2]) // 1_000_000)
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Sink) as server:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            try:
                self.live("12h", more=f"[telemetry db]\nkind = influx\nserver = http://127.0.0.1:{server.server_address[1]}\ndatabase = fat\nevery = 1 s\n")
            finally:
                server.shutdown()
                thread.join()
        self.assertEqual(set(heard), {"cold_head", "shield", "heater", "heater_volts"})
        for channel, times in heard.items():
            stored = [at for (at,) in self.rows("SELECT at FROM single JOIN channels ON id = channel WHERE name = ? ORDER BY at", channel)]
            self.assertEqual(sorted(set(times)), stored[: len(set(times))], channel)
            self.assertGreater(len(set(times)), 60, channel)

    def test_every_instrument_and_every_fault_of_its_wire(self):
        """One after another, four minutes each: its own channel alone is lost, and back within half a minute; no value is wrong."""
        text, faults, windows = "[station]\nname = bench\n[paths]\nlocks = locks\n", "", []
        for name, (kind, link, quantity) in EVERY_KIND.items():
            text += f"[device {name}]\nkind = {kind}\nlink = {link}\n"
            text += "registers = temperature 142 float degC\nfirst_byte = 100 ms\n" if kind == "modbus_plant" else ""
            text += f"[channel {name}]\ninstrument = {name}\nquantity = {quantity}\nperiod = 10 s\n"
            for fault in WIRE_FAULTS:
                if kind == "modbus_plant" and fault in ("garbled", "endless"):
                    continue  # Modbus TCP has no checksum, and its replies say how long they are: what follows is nobody's
                begin = 300 + 240 * len(windows)
                windows.append((name, fault, begin, begin + 120))
                more = f" delay={LATE_US}" if fault == "late" else ""
                faults += f"{begin} s: fault {name} {fault}{more}\n{begin + 120} s: clear {name}\n"
        (self.folder / "station.ini").write_text(text)
        (self.folder / "faults").write_text(faults)
        words = [PROGRAM, "-C", self.folder, "--virtual", "station", "--for", f"{300 + 240 * len(windows)} s", "--faults", self.folder / "faults"]
        done = subprocess.run(words, capture_output=True, text=True, timeout=BOUND)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

        for name in EVERY_KIND:
            readings = self.readings(name)
            healthy = [value for at, value in readings if at < 290]
            low, high = min(healthy), max(healthy)
            for at, value in readings:
                own = [fault for whose, fault, begin, end in windows if whose == name and begin - 11 <= at <= end + 30]
                if value is None:
                    self.assertTrue(own, f"{name} at {at} s: lost without a fault of its own")
                else:
                    self.assertTrue(low - 0.5 <= value <= high + 0.5, f"{name} at {at} s: {value}, {own}")
            for whose, fault, begin, end in windows:
                if whose == name:
                    lost = [at for at, value in readings if begin <= at <= end + 11 and value is None]
                    self.assertTrue(lost, (name, fault))

    def test_refuses_what_it_cannot_do(self):
        self.assertIn("turbo", self.live("1h", "1 min: fault supply turbo\n", code=3))
        self.assertIn("expected DURATION: ORDER", self.live("1h", "soon: clear\n", code=3))
        self.assertIn("a duration", self.live("soon", code=2))
        done = subprocess.run([PROGRAM, "-C", self.folder, "station", "--for", "1h"], capture_output=True, text=True, timeout=BOUND)
        self.assertEqual(done.returncode, 2)
        self.assertIn("--virtual", done.stderr)

    @unittest.skipUnless("FATMASTER_SPAN" in os.environ, "station.week lives through it")
    def test_a_long_time_with_everything(self):
        """Two faults a day; between them all is well, and the history has the size that follows."""
        days = {"1day": 1, "7days": 7}[SPAN]
        faults = ""
        for day in range(days):
            faults += f"{24 * day + 3} h: fault cold_thermometer open channel=1\n{24 * day + 4} h: clear cold_thermometer\n"
            faults += f"{24 * day + 9} h: fault supply mute\n{60 * (24 * day + 9) + 1} min: clear supply\n"

        said = self.live(SPAN, faults)

        count = days * 24 * 360
        for channel in ("cold_head", "shield"):
            self.assertEqual(len(self.readings(channel)), count)
        for channel in ("heater", "heater_volts"):
            self.assertLessEqual(abs(len(self.readings(channel)) - count), 2 * days, channel)
        self.assertEqual(len([1 for _, value in self.readings("cold_head") if value is None]), days * 360)
        self.assertEqual(len([1 for _, value in self.readings("shield") if value is None]), 0)
        for table, length in (("minutes", 60_000), ("ten_minutes", 600_000)):
            for low, high, valid, invalid in self.rows(f"SELECT min(at), max(at), sum(valid), sum(invalid) FROM {table} JOIN channels ON id = channel WHERE name = 'cold_head'"):
                self.assertEqual((valid, invalid), (count - days * 360, days * 360))
                self.assertLessEqual(abs((high - low) / length + 1 - days * 86_400_000 / length), 1)
        self.assertEqual(said.count("interlock cold: tripped"), days, said)
        self.assertEqual(said.count("interlock cold: clear again"), days, said)


if __name__ == "__main__":
    unittest.main()
