# Built-in tasks beside the station process: each of their transactions is a turn on its wires, so it goes on reading, its orders come
# between two of them, and what was taken over is refused at the next one.
#
# FATMASTER names the built program.
import json
import os
import pathlib
import socketserver
import subprocess
import sys
import threading
import tty
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "web")]

from broker import Broker  # noqa: E402
from cryostat import Cryostat, station, wait_until  # noqa: E402
from web_client import Client  # noqa: E402

BATH = """[device freezer]
kind = julabo
link = tcp 127.0.0.1:{port}
pause = 0 s
first_byte = 10 s
lock = 1 min
[channel bath]
instrument = freezer
quantity = temperature
period = 200 ms
maximum_age = 20 s
[channel bath_setpoint]
instrument = freezer
quantity = setpoint
period = 200 ms
maximum_age = 20 s
[channel bath_runs]
instrument = freezer
quantity = running
period = 200 ms
maximum_age = 20 s
"""
WARM = "[interlock warm]\nchannels = top_plate\ntrip = above 273 K\ninvalid_after = 20 s\naction = set\nset = bath_runs off\nconfirm_within = 10 s\n"
BROKER = "[telemetry broker]\nkind = mqtt\nserver = mqtt://127.0.0.1:{port}\nuser = bench\npassword_file = password\nevery = 1 s\ncommands = yes\n"
AT_ONCE = ("--tolerance", "200 degC", "--steady", "0 s")  # is where it should be
TURNS = 3  # of each contender


class Wire(socketserver.ThreadingTCPServer):
    """Stands between everybody and the freezer's serial line: remembers each command, and each that came before the last one's answer."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, line):
        super().__init__(("127.0.0.1", 0), WireLink)
        self.line = os.open(line, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(self.line)
        self.heard = []  # (connection, command)
        self.broken = []  # what came while another one waited for its answer
        self.last = self.waits = None
        self.mutex = threading.Lock()
        for work in (self.serve_forever, self.answer):
            threading.Thread(target=work, daemon=True).start()

    @property
    def port(self):
        return self.server_address[1]

    def handle_error(self, request, client_address):
        """A client that goes away is no news."""

    def hear(self, link, command):
        with self.mutex:
            if self.waits and self.waits[0] != link:
                self.broken.append((self.waits, (link, command)))
            self.waits = None if command.startswith("OUT_") else (link, command)
            self.last = link
            self.heard.append((id(link), command))

    def gone(self, link):
        with self.mutex:
            if self.waits and self.waits[0] == link:
                self.waits = None

    def answers(self):
        """Until the virtual bench has gone."""
        try:
            while data := os.read(self.line, 4096):
                yield data
        except OSError:
            os.close(self.line)

    def answer(self):
        for data in self.answers():
            with self.mutex:
                link, self.waits = self.last, None
            try:
                link.sendall(data)
            except OSError:
                pass  # it has gone


class WireLink(socketserver.BaseRequestHandler):
    def handle(self):
        waiting = b""
        while data := self.request.recv(4096):
            waiting += data
            *commands, waiting = waiting.split(b"\r")
            for command in commands:
                self.server.hear(self.request, command.decode().strip())
            os.write(self.server.line, data)

    def finish(self):
        self.server.gone(self.request)


class Turns(unittest.TestCase):
    def bench(self, more=""):
        self.place = place = Cryostat(WARM)
        self.addCleanup(place.close)
        self.wire = Wire(next(one["link"] for one in place.address()["instruments"] if one["name"] == "freezer").split()[1])
        self.addCleanup(self.wire.server_close)
        self.addCleanup(self.wire.shutdown)
        secret = place.folder / "password"
        secret.write_text("broker-secret\n")
        secret.chmod(0o600)
        ini = place.folder / "station.ini"
        ini.write_text(ini.read_text().replace("first_byte = 300 ms", "first_byte = 10 s") + BATH.format(port=self.wire.port) + more)
        place.watch()
        wait_until(lambda: self.shown("bath_setpoint") is not None, what=place.said.read_text)
        return place

    def readings(self):
        return {one["channel"]: one for one in json.loads(self.place.tell("read", "--json").stdout)}

    def shown(self, channel):
        """None: no valid reading."""
        return self.readings().get(channel, {}).get("value")

    def task(self, target, *words, **more):
        return subprocess.Popen(
            [station.PROGRAM, "task", "set_temperature", "--target", f"{target} degC", *words],
            cwd=self.place.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more,
        )

    def moving(self, target):
        """A task that goes on for hours."""
        task = self.task(target)
        self.addCleanup(task.stdout.close)
        self.addCleanup(task.wait)
        self.addCleanup(task.kill)
        wait_until(lambda: self.shown("bath_setpoint") == target, what=lambda: f"{self.readings()}\n{self.place.said.read_text()}")
        return task

    def test_the_station_goes_on_reading_and_its_interlock_acts_while_a_task_holds_the_freezer(self):
        place = self.bench()

        task = self.moving(-40)

        at = self.readings()["bath"]["time"]
        wait_until(lambda: self.shown("bath") is not None and self.readings()["bath"]["time"] > at, what=self.readings)
        self.assertEqual(len({link for link, _ in self.wire.heard[-20:]}), 1)  # nobody opens it twice
        self.assertIn("leased to", place.tell("lease", "list").stdout)
        self.assertEqual(self.shown("bath_runs"), 1)
        place.show(280, 250)
        place.wait_for_phase("tripped", "warm")
        wait_until(lambda: self.shown("bath_runs") == 0, what=lambda: f"{self.readings()}\n{place.said.read_text()}")
        self.assertIsNone(task.poll())  # in the middle of its step
        self.assertNotIn("NOT set", place.said.read_text())
        self.assertEqual(self.wire.broken, [])

    def test_what_is_taken_over_is_refused_at_the_next_transaction(self):
        place = self.bench()
        task = self.moving(-30)

        done = place.tell("--as", "anna", "lease", "take-over", "freezer", "--reason", "it is too cold", "--purpose", "warming up")
        self.assertEqual(done.returncode, 0, done.stderr)

        heard = len(self.wire.heard)
        second = self.task(-20, env=os.environ | {"FATMASTER_LEASES": "freezer=1"})
        said = second.communicate(timeout=station.BOUND)[0]
        self.assertNotEqual(second.returncode, 0)
        self.assertIn("leased to anna", said)
        self.assertNotIn("OUT_SP_00 -20.00", [command for _, command in self.wire.heard[heard:]])
        self.assertIsNone(task.poll())

    def test_the_safe_state_waits_for_no_lease(self):
        place = self.bench()
        place.tell("--as", "anna", "lease", "take", "freezer", "--purpose", "warming up")

        task = self.task(-10, *AT_ONCE, env=os.environ | {"FATMASTER_SAFE_STATE": "1"})

        said = task.communicate(timeout=station.BOUND)[0]
        self.assertEqual(task.returncode, 0, said)
        self.assertIn("OUT_SP_00 -10.00", [command for _, command in self.wire.heard])

    def test_eight_of_all_kinds_and_not_one_transaction_within_another(self):
        broker = Broker(self)
        place = self.bench(BROKER.format(port=broker.port))
        place.wait_for_words("hears commands")
        page = Client(self.serve())
        problems = []

        def celsius(one, turn):
            return -1.0 - one - 0.1 * turn

        def run(words):
            done = subprocess.run([station.PROGRAM, *words], cwd=place.folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=station.BOUND * 10)
            if done.returncode != 0:
                problems.append((words, done.stdout + done.stderr))
            return done.stdout

        def task(one, turn):
            process = self.task(celsius(one, turn), *AT_ONCE)
            said = process.communicate(timeout=station.BOUND * 10)[0]
            if process.returncode != 0:
                problems.append((one, turn, said))

        def program(one, turn):
            run(["lease", "run", "freezer", "--purpose", "program", "--", station.PROGRAM, "set", "bath_setpoint", f"{celsius(one, turn):.2f} degC"])

        def person(one, turn):
            run(["--as", f"p{one}", "lease", "take", "freezer", "--purpose", "by hand", "--wait", "5min"])
            run(["--as", f"p{one}", "set", "bath_setpoint", f"{celsius(one, turn):.2f} degC"])
            run(["--as", f"p{one}", "lease", "free", "freezer"])

        def at_the_broker(one, turn):
            run(["--as", "script", "lease", "take", "freezer", "--purpose", "script", "--wait", "5min"])
            leases = json.loads(run(["lease", "list", "--json"]))["leases"]
            number = next(lease["fence"] for lease in leases if lease["instrument"] == "freezer")
            answer = broker.ask("fat/cryostat/freezer/bath_setpoint/set", {"id": f"{one}-{turn}", "value": celsius(one, turn), "lease": number})
            if not answer["accepted"]:
                problems.append(answer)
            run(["--as", "script", "lease", "free", "freezer"])

        def at_the_page(one, turn):
            def is_set():
                answer = page.request("POST", "/bench/settings", {"channel": "bath_setpoint", "value": f"{celsius(one, turn):.2f} degC"})
                return answer.status == 200 or ("leased" not in answer.json["text"] and problems.append(answer.json))

            wait_until(is_set, seconds=station.BOUND * 10, what="nobody holds it")

        def contend(one, kind):
            for turn in range(TURNS):
                kind(one, turn)

        kinds = [task, task, task, program, program, person, at_the_broker, at_the_page]
        threads = [threading.Thread(target=contend, args=(one, kind)) for one, kind in enumerate(kinds)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        self.assertEqual(problems, [])
        self.assertEqual(self.wire.broken, [])
        heard = [command for _, command in self.wire.heard]
        set_at = [at for at, command in enumerate(heard) if command.startswith("OUT_SP_00 ")]
        wanted = {f"OUT_SP_00 {celsius(one, turn):.2f}" for one in range(8) for turn in range(TURNS)}
        self.assertEqual({heard[at] for at in set_at}, wanted)
        for at, following in zip(set_at, set_at[1:] + [len(heard)]):
            self.assertIn("IN_SP_00", heard[at:following], heard[at:following])

    def serve(self):
        process = subprocess.Popen([station.PROGRAM, "-C", str(self.place.folder), "serve", "--listen", "127.0.0.1:0"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process.stdout.readline()


if __name__ == "__main__":
    unittest.main()
