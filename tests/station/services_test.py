# Supervised services as people use them: real processes under `fatmaster station`, started in order, ended in reverse, adopted
# after kill -9 of the station process, started again by themselves; a run that needs one waits for it.
#
# FATMASTER names the built program.
import json
import os
import pathlib
import re
import signal
import socket
import subprocess

from sensor_station import SensorStation, wait_until

SERVICE = """import os, signal, sys, time
name = sys.argv[1]
def note(what):
    with open("story", "a") as story:
        story.write(f"{name} {what}\\n")
def end(*_):
    note("ends")
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
note("begins")
print("hello from", name, flush=True)
print("READY", flush=True)
while True:
    signal.pause()
"""


class ServicesTest(SensorStation):
    def setUp(self):
        super().setUp()
        self.addCleanup(self.end_what_lives)
        (self.station / "service.py").write_text(SERVICE)

    def end_what_lives(self):
        """No test leaves a process behind, whatever became of it."""
        subprocess.run([self.program(), "-C", self.station, "services", "stop", "all"], capture_output=True, timeout=60)
        mark = f"FATMASTER_STATION={self.station}".encode()
        for process in pathlib.Path("/proc").iterdir():
            try:
                if process.name.isdigit() and mark in (process / "environ").read_bytes().split(b"\0"):
                    os.kill(int(process.name), signal.SIGKILL)
            except OSError:
                continue

    @staticmethod
    def program():
        return pathlib.Path(os.environ["FATMASTER"]).resolve()

    def services(self, *words):
        return self.call("services", *words)

    def state(self, name):
        """What --json says of one service."""
        return next(one for one in json.loads(self.services("--json").stdout)["services"] if one["name"] == name)

    def wait_for_state(self, name, state):
        wait_until(lambda: self.state(name)["state"] == state, what=lambda: f"{name} {state}: {self.state(name)}")

    def story(self):
        file = self.station / "story"
        return file.read_text().split("\n")[:-1] if file.exists() else []

    def three(self):
        """web before camera before rates, against the order of the file."""
        text = ""
        for name, group, order in (("rates", "daq", 300), ("web", "", 100), ("camera", "daq", 200)):
            text += f"[service {name}]\ncommand = python3 service.py {name}\norder = {order}\nstarted_line = READY\nstop_within = 20 s\n"
            text += f"group = {group}\n" if group else ""
        return text

    def test_starts_in_order_and_stops_in_reverse(self):
        self.declare(self.three())
        self.start("service daq:rates: RUNNING")

        self.assertEqual(self.story(), ["web begins", "camera begins", "rates begins"])
        shown = self.services()
        self.assertEqual(shown.returncode, 0, shown.stderr)
        lines = shown.stdout.splitlines()
        self.assertRegex(lines[0], r"^web {30}RUNNING   pid \d+, uptime 0:0\d:\d\d$")
        self.assertRegex(lines[1], r"^daq:camera {23}RUNNING   pid \d+, uptime 0:0\d:\d\d$")
        for name in ("web", "camera", "rates"):
            words = (pathlib.Path("/proc") / str(self.state(name)["pid"]) / "cmdline").read_bytes().split(b"\0")
            self.assertIn(name.encode(), words)

        stopped = self.services("stop", "all")
        self.assertEqual(stopped.returncode, 0, stopped.stderr)
        self.assertEqual(self.story()[3:], ["rates ends", "camera ends", "web ends"])
        self.assertEqual(stopped.stdout.splitlines(), ["daq:rates: stopped", "daq:camera: stopped", "web: stopped"])
        self.assertEqual(self.services("status", "web").returncode, 1)

        started = self.services("start", "daq:*")
        self.assertEqual(started.stdout.splitlines(), ["daq:camera: started", "daq:rates: started"])
        self.assertEqual(self.state("web")["state"], "STOPPED")
        wrong = self.services("start", "dqa:*")
        self.assertEqual(wrong.returncode, 2)
        self.assertIn("station.ini has no service 'dqa:*'; did you mean 'daq:*'?", wrong.stderr)

    def test_lives_on_and_is_adopted_when_the_station_process_is_killed(self):
        self.declare(self.three() + "[service short]\ncommand = sh -c 'echo $$ > short; while test ! -e go; do sleep 0.05; done; exit 3'\n" "restart = never\n")
        station, _ = self.start("service short: RUNNING")
        self.assertEqual(self.services("stop", "rates").returncode, 0)
        before = self.state("camera")

        station.kill()
        station.wait(timeout=60)
        self.assertTrue(pathlib.Path(f"/proc/{before['pid']}").exists())
        unknown = self.services()
        self.assertEqual(unknown.returncode, 1)
        self.assertIn("nobody supervises", unknown.stderr)
        self.assertRegex(unknown.stdout, r"daq:camera +UNKNOWN")
        self.assertEqual(self.services("stop", "all").returncode, 7)
        (self.station / "go").touch()  # one of them ends while nobody looks
        short = int((self.station / "short").read_text())
        wait_until(lambda: not pathlib.Path(f"/proc/{short}").exists(), what="the end of the service")

        _, lines = self.start("adopts services that live")
        after = self.state("camera")
        self.assertEqual(after["pid"], before["pid"])
        self.assertEqual(after["state"], "RUNNING")
        self.assertGreaterEqual(after["uptime_s"], before["uptime_s"])
        self.assertEqual(self.state("rates")["state"], "STOPPED", "what a person said holds")
        self.wait_for_state("short", "EXITED")
        self.assertEqual(self.state("short")["why"], "exit status 3")
        self.assertEqual(self.story().count("camera begins"), 1)

    def test_runs_once_wherever_its_station_process_is_killed(self):
        self.declare(self.three())
        for count in range(1, 12):
            station, lines = self.start("supervises 3 services")
            wait_until(lambda: len(lines) >= count or any("rates: RUNNING" in line or "adopts" in line for line in list(lines)), what=lambda: f"{count} of {lines}")
            station.kill()
            station.wait(timeout=60)

        self.start("adopts services that live")
        for name in ("web", "camera", "rates"):
            self.wait_for_state(name, "RUNNING")

        self.assertEqual(self.story(), ["web begins", "camera begins", "rates begins"])

    def test_is_started_again_when_it_is_killed(self):
        self.declare("[service web]\ncommand = python3 service.py web\nstarted_line = READY\nrestart_delay = 100 ms\n")
        self.start("service web: RUNNING")
        first = self.state("web")["pid"]

        os.kill(first, signal.SIGKILL)

        wait_until(lambda: self.state("web")["restarts"] == 1 and self.state("web")["state"] == "RUNNING", what=lambda: str(self.state("web")))
        self.assertNotEqual(self.state("web")["pid"], first)

    def test_backs_off_and_is_fatal_after_so_many(self):
        self.declare(
            "[service bad]\ncommand = sh -c 'echo try >> tries; exit 3'\nrestarts = 3\nrestart_delay = 100 ms\n"
            "[service gone]\ncommand = sh -c 'exec ./gone'\nrestarts = 0\n"
            "[sink chat]\nkind = webhook\nurl_file = nowhere\n"
        )
        _, lines = self.start("service bad: FATAL")

        self.says(lines, "service bad: BACKOFF, exit status 3, before it counted as started")
        self.assertEqual((self.station / "tries").read_text().split(), ["try"] * 4)
        self.assertRegex(self.services().stdout, r"bad +FATAL +exit status 3")
        self.wait_for_state("gone", "FATAL")
        failed = self.services("start", "bad")
        self.assertEqual(failed.returncode, 1)
        self.assertIn("bad: ERROR (exit status 3", failed.stdout)

    def test_ends_its_whole_group_and_kills_who_does_not_listen(self):
        self.declare(
            "[service deaf]\ncommand = sh -c 'trap \"\" TERM; sleep 1000 & echo $! > child; echo READY; while :; do wait; done'\n"
            "started_line = READY\nstop_within = 200 ms\n"
        )
        self.start("service deaf: RUNNING")
        child = int((self.station / "child").read_text())
        pid = self.state("deaf")["pid"]

        self.assertEqual(self.services("stop", "deaf").returncode, 0)

        for one in (child, pid):
            self.assertFalse(pathlib.Path(f"/proc/{one}").exists())

    def test_gets_no_secret_but_what_its_own_environment_names(self):
        self.declare(
            "[sink chat]\nkind = webhook\nurl_env = CHAT_URL\n"
            "[service plain]\ncommand = sh -c 'env > plain.env; echo READY; exec sleep 1000'\nstarted_line = READY\n"
            "[service chatty]\ncommand = sh -c 'env > chatty.env; echo READY; exec sleep 1000'\nstarted_line = READY\n"
            "environment = MODE=fast 'TITLE=north hall' CHAT_URL NOT_SET_HERE\n"
        )
        os.environ["CHAT_URL"] = "http://127.0.0.1:1/secret-word"
        self.addCleanup(os.environ.pop, "CHAT_URL")
        _, lines = self.start("service chatty: RUNNING")
        self.says(lines, "[service chatty] passes on NOT_SET_HERE, which is not set here")
        self.wait_for_state("plain", "RUNNING")

        self.assertNotIn("secret-word", (self.station / "plain.env").read_text())
        chatty = (self.station / "chatty.env").read_text()
        for line in ("CHAT_URL=http://127.0.0.1:1/secret-word", "MODE=fast", "TITLE=north hall", "FATMASTER_SERVICE=chatty"):
            self.assertIn(line + "\n", chatty)
        for file in ("services.json", "services_state.json"):
            self.assertNotIn("secret-word", (self.station / file).read_text())

    def test_logs_to_a_file_of_the_utc_day_that_tail_shows(self):
        self.declare("[service web]\ncommand = python3 service.py web\nstarted_line = READY\n")
        self.start("service web: RUNNING")

        logs = list((self.station / "services" / "web").glob("*.log"))
        self.assertEqual(len(logs), 1)
        self.assertRegex(logs[0].name, r"^web_\d{4}-\d\d-\d\d\.log$")
        self.assertEqual(self.services("tail", "web").stdout, "hello from web\nREADY\n")
        self.assertEqual(self.services("tail", "web", "--lines", "1").stdout, "READY\n")
        followed = subprocess.Popen([self.program(), "-C", self.station, "services", "tail", "web", "-f"], stdout=subprocess.PIPE, text=True)
        self.addCleanup(followed.stdout.close)
        self.addCleanup(followed.wait)
        self.addCleanup(followed.kill)
        for expected in ("hello from web\n", "READY\n"):
            self.assertEqual(followed.stdout.readline(), expected)
        self.assertEqual(self.services("restart", "web").stdout, "web: started\n")
        self.assertEqual(followed.stdout.readline(), "hello from web\n")

    def test_counts_as_started_when_its_port_answers(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        (self.station / "listen.py").write_text(
            "import os, pathlib, socket, time\ns = socket.socket()\ns.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)\n"
            f"s.bind(('127.0.0.1', {port}))\nwhile not pathlib.Path('go').exists(): time.sleep(0.02)\ns.listen()\ntime.sleep(1000)\n"
        )
        self.declare(f"[service web]\ncommand = python3 listen.py\nstarted_port = {port}\nstarted_within = 60 s\n")
        self.start("service web: STARTING")
        self.assertEqual(self.state("web")["state"], "STARTING")

        (self.station / "go").touch()

        self.wait_for_state("web", "RUNNING")

    def test_is_ended_when_it_does_not_count_as_started_in_time(self):
        self.declare("[service web]\ncommand = sh -c 'echo $$ > pid; exec sleep 1000'\nstarted_line = READY\nstarted_within = 1 s\nrestarts = 0\n")
        self.start("service web: FATAL, did not count as started within 1 s")

        self.assertFalse(pathlib.Path("/proc", (self.station / "pid").read_text().strip()).exists())

    def test_a_run_waits_for_the_services_it_needs(self):
        self.declare(self.three())
        folder = self.station / "runs" / "run"
        folder.mkdir(parents=True)
        (folder / "run_00001.json").write_text("{}")
        (self.station / "s.ini").write_text(
            "[constants]\nrun_file = runs/run/run_00001.json\nneeds_services = daq:*\n[measure]\ncommand = touch measured\n"
        )
        run = subprocess.Popen(
            [self.program(), "-C", self.station, "run", "s.ini", "--no-probe"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        lines = self.read(run)
        self.assertEqual(run.wait(timeout=60), 0, lines)
        self.assertTrue((self.station / "measured").exists())
        self.says(lines, "reads and guards it as long as this run goes on")
        self.says((self.station / "runs/run_00001/station.log").read_text().splitlines(), "service daq:rates: RUNNING")
        self.says((self.station / "runs/run_00001/station.log").read_text().splitlines(), "services go on")

        self.start("adopts services that live")
        self.assertEqual(self.services("stop", "camera").returncode, 0)
        (folder / "run_00002.json").write_text("{}")
        again = subprocess.Popen(
            [self.program(), "-C", self.station, "run", "s.ini", "--run", "runs/run/run_00002.json", "--no-probe"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        lines = self.read(again)
        self.says(lines, "service daq:camera is STOPPED; `fatmaster services start daq:camera`")
        self.assertIn("SUSPENDED", self.call("status").stdout)
        self.assertEqual(self.services("start", "camera").returncode, 0)
        self.assertEqual(again.wait(timeout=60), 0, lines)

        (self.station / "s.ini").write_text((self.station / "s.ini").read_text().replace("daq:*", "daq:camra"))
        refused = self.call("plan", "s.ini")
        self.assertEqual(refused.returncode, 3)
        self.assertIn("s.ini:3: 'needs_services' in [constants]: station.ini has no service 'daq:camra'; did you mean 'daq:camera'?", refused.stderr)

    def test_what_left_station_ini_is_ended(self):
        self.declare(self.three())
        station, lines = self.start("service daq:rates: RUNNING")
        pid = self.state("rates")["pid"]
        station.send_signal(signal.SIGTERM)
        self.assertEqual(station.wait(timeout=60), 0)
        self.says(lines, "services go on")
        self.declare(re.sub(r"\[service rates\]\n(?:[^\[].*\n)*", "", self.three()))

        self.start("adopts services that live")

        wait_until(lambda: not pathlib.Path(f"/proc/{pid}").exists(), what="the end of what station.ini has no more")
        self.assertEqual(self.state("camera")["state"], "RUNNING")

    def test_a_lost_or_old_memory_starts_nothing_twice(self):
        self.declare(self.three())
        memory = self.station / "services.json"
        station, _ = self.start("service daq:rates: RUNNING")
        old = memory.read_text()
        self.assertEqual(self.services("restart", "all").returncode, 0)
        begun = self.story()
        pids = {name: self.state(name)["pid"] for name in ("web", "camera", "rates")}
        for text, says in (('{"at":', "services.json cannot be read"), (old, "adopts services that live: web, daq:camera, daq:rates")):
            station.kill()
            station.wait(timeout=60)
            memory.write_text(text)

            station, _ = self.start(says)

            for name, pid in pids.items():
                self.wait_for_state(name, "RUNNING")
                self.assertEqual(self.state(name)["pid"], pid)
        self.assertEqual(self.story(), begun)

    def test_nothing_is_done_that_cannot_be_written_down(self):
        self.declare(self.three())
        (self.station / "services.json").mkdir()
        self.start("what the services do cannot be written down; none is started or ended")

        refused = self.services("start", "web")
        self.assertEqual(refused.returncode, 7)
        self.assertIn("it cannot be written down (is the disk full?), so nothing is done", refused.stderr)
        self.assertEqual(self.story(), [])

        (self.station / "services.json").rmdir()
        for name in ("web", "camera", "rates"):
            self.wait_for_state(name, "RUNNING")

    def test_needs_no_channel(self):
        (self.station / "station.ini").write_text("[station]\nname = farm\ntime_zone = UTC\n" + self.three())
        station, lines = self.start("service daq:rates: RUNNING")

        self.assertEqual(self.services().returncode, 0)
        station.send_signal(signal.SIGTERM)
        self.assertEqual(station.wait(timeout=60), 0)
        self.says(lines, "services go on, and the next `fatmaster station` adopts them: web, daq:camera, daq:rates")


if __name__ == "__main__":
    import unittest

    unittest.main()
