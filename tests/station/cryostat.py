# The heating strips of a cryostat: a virtual supply, two sensors that are files, and a station.ini with an interlock over them.
#
# FATMASTER names the built program.
import json
import pathlib
import signal
import socket
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "crash")]

import station  # noqa: E402
from station import wait_until  # noqa: E402

BENCH = """[station]
name = cryostat
time_zone = UTC
[paths]
locks = locks
[device plates]
kind = file_sensor
file = plates
columns = 2
maximum_age = 0 s
[device supply]
kind = rigol_dp900
link = {supply}
first_byte = 300 ms
lock = 2 s
[channel top_plate]
instrument = plates
quantity = value 1
unit = K
calibration = polynomial 0, 1
valid = [70, 400] K
period = 100 ms
maximum_age = 500 ms
[channel bottom]
instrument = plates
quantity = value 2
unit = K
calibration = polynomial 0, 1
valid = [70, 400] K
period = 100 ms
maximum_age = 500 ms
[channel heater_1]
instrument = supply
quantity = output 1
period = 1 s
maximum_age = 20 s
[channel heater_2]
instrument = supply
quantity = output 2
period = 1 s
maximum_age = 20 s
"""

HEATING = """[interlock heating]
channels = top_plate, bottom
trip = above 273 K
reset = 268 K
settle = 300 ms
invalid_after = {invalid_after}
action = set
set = heater_1 off, heater_2 off
confirm_within = 1 s
attempts = 2
"""


class Cryostat(station.Station):
    """`close` ends all of it."""

    def __init__(self, interlocks=HEATING, sections="", invalid_after="2 s"):
        super().__init__(station.CONSTANTS + sections)
        self.bench = None
        self.sim = subprocess.Popen(
            [station.PROGRAM, "sim", "--modules", "1", "--state", str(self.folder), "--json"],
            stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT, cwd=self.folder, start_new_session=True,
        )
        address = wait_until(self.address, what="the virtual bench")
        link = next(one["link"] for one in address["instruments"] if one["name"] == "supply")
        self.supply = int(link.rpartition(":")[2])
        (self.folder / "station.ini").write_text(BENCH.format(supply=link) + interlocks.format(invalid_after=invalid_after))
        self.show(250, 250)

    def close(self):
        for process in (self.bench, self.sim):
            if process and process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
                process.wait()
        super().close()

    def address(self):
        try:
            return json.loads((self.folder / "virtual_station.json").read_text())
        except (OSError, ValueError):
            return None

    # -- the bench

    def show(self, top, bottom):
        """What the sensors show from now on, in kelvin."""
        new = self.folder / "plates.new"
        new.write_text(f"{top} {bottom}\n")
        new.rename(self.folder / "plates")

    def scpi(self, line):
        """Somebody at the supply; a query is answered."""
        with socket.create_connection(("127.0.0.1", self.supply), timeout=station.BOUND) as link:
            link.sendall(line.encode() + b"\n")
            if "?" not in line:
                link.sendall(b"*OPC?\n")
            return link.makefile().readline().strip()

    def heat(self):
        for channel in (1, 2):
            self.scpi(f":OUTP CH{channel},ON")

    def heats(self):
        return [self.scpi(f":OUTP? CH{channel}") == "ON" for channel in (1, 2)]

    def breaks(self, *words):
        done = self.tell("sim", "fault", *words)
        assert done.returncode == 0, done.stderr

    # -- the process that watches it

    def watch(self, *words):
        self.said = self.folder / "station.log"
        with open(self.said, "ab") as log:
            self.bench = subprocess.Popen([station.PROGRAM, "station", *words], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        wait_until(lambda: self.interlocks().get("watched"), what=self.said.read_text)

    def interlocks(self):
        done = self.tell("interlock", "list", "--json")
        state = json.loads(done.stdout)
        for one in state["interlocks"]:
            state[one["name"]] = one["memory"]
        return state

    def wait_for_phase(self, phase, name="heating"):
        def reached():
            return self.interlocks().get(name, {}).get("phase") == phase

        wait_until(reached, what=lambda: f"{phase}: {self.interlocks()}\n{self.said.read_text()}")

    def wait_for_heat(self, *wanted):
        wait_until(lambda: self.heats() == list(wanted), what=lambda: f"heaters {wanted}: {self.heats()}\n{self.said.read_text()}")

    def wait_for_words(self, words):
        wait_until(lambda: words in self.said.read_text(), what=lambda: f"'{words}' in\n{self.said.read_text()}")

    def end_watch(self, number=signal.SIGTERM):
        self.bench.send_signal(number)
        code = self.bench.wait(timeout=station.BOUND)
        self.bench = None
        return code
