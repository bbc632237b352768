#!/usr/bin/env python3
"""Whole runs: a schedule that states its own expectation -> passed, or everything that was not as expected.

    run_campaigns.py PROGRAM FILE.ini...        --keep leaves the station folders where they are

Each campaign gets a station folder of its own. Comment lines of the schedule say what has to happen; README.md lists them.
"""
import argparse
import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
PATIENCE = 90  # seconds for one campaign, on a machine that builds something else meanwhile
SCRIPT = {"WHEN", "ANSWER", "THEN", "REFUSED", "OWNED", "SIGNAL", "OPEN", "AGAIN"}
KNOWN = SCRIPT | {"DESC", "RUN", "PASS", "FAIL", "EXIT", "STATION", "FOLDER", "GATE", "MODULES", "SPEED", "SILENT", "CHECK"}
RUN_FILE = "runs/run/run_00001.json"


class Unexpected(Exception):
    pass


class Campaign:
    """What the comment lines of one schedule say."""

    def __init__(self, path):
        self.path = path
        self.values = {name: [] for name in KNOWN}
        self.script = []
        for line in path.read_text(encoding="utf-8").splitlines():
            match = re.fullmatch(r"#([A-Z]+) (.*)", line)
            if not match:
                continue
            name, value = match.groups()
            if name not in KNOWN:
                raise SystemExit(f"{path}: unknown directive #{name}")
            self.values[name].append(value)
            if name in SCRIPT:
                self.script.append((name, value))

    def words(self, name):
        return [word for value in self.values[name] for word in shlex.split(value)]

    @property
    def modules(self):
        return int((self.values["MODULES"] or ["0"])[0])

    @property
    def is_virtual(self):
        """With a silent module it is a bench like any other, as far as the program knows."""
        return self.modules > 0 and not self.values["SILENT"]

    @property
    def exits(self):
        return [int(value) for value in self.values["EXIT"]] or [0]


class Start:
    """One `run` or `resume` from its start to its exit status; its output is read as it comes."""

    def __init__(self, words, folder):
        self.output = ""
        self.seen = 0
        self.ended = False
        self.news = threading.Condition()
        self.process = subprocess.Popen(words, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        while block := os.read(self.process.stdout.fileno(), 65536):
            with self.news:
                self.output += block.decode("utf-8", "backslashreplace")
                self.news.notify_all()
        with self.news:
            self.ended = True
            self.news.notify_all()

    def wait_for(self, text, deadline):
        """The text stands in what was printed since the last one that was waited for."""
        with self.news:
            self.news.wait_for(lambda: self.ended or text in self.output[self.seen :], max(0, deadline - time.monotonic()))
            at = self.output.find(text, self.seen)
            if at < 0:
                raise Unexpected(f"waited in vain for '{text}'")
            self.seen = at + len(text)

    def wait(self, deadline):
        try:
            status = self.process.wait(max(0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            raise Unexpected("it did not end in time") from None
        self.reader.join(5)
        return status

    def kill(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.reader.join(5)
        if not self.reader.is_alive():  # else a step still holds the other end; what it is, the campaign tells
            self.process.stdout.close()


class Performance:
    """Plays one campaign in a folder of its own and collects what is not as expected."""

    def __init__(self, program, campaign, folder):
        self.program = program
        self.campaign = campaign
        self.folder = folder
        self.deadline = time.monotonic() + PATIENCE
        self.starts = []
        self.statuses = []
        self.silent = []  # servers that accept and never answer
        self.said = ""  # what the answering and asking processes printed
        self.front = [str(program), "-C", str(folder)] + (["--virtual"] if campaign.is_virtual else [])

    def play(self):
        self.prepare()
        station = self.virtual_station()
        problems = []
        try:
            self.start(["run", f"schedules/{self.campaign.path.name}"] + self.campaign.words("RUN"))
            for name, value in self.campaign.script:
                getattr(self, "do_" + name.lower())(value)
            self.finish()
        except Unexpected as error:
            problems.append(str(error))
        finally:
            for start in self.starts:
                start.kill()
            if station:
                station.terminate()
                station.wait()
                station.stdout.close()
            for server in self.silent:
                server.close()
        return problems + self.judge()

    def prepare(self):
        for part in ["schedules", "runs/run", "runs/run_00001"] + self.campaign.values["FOLDER"]:
            (self.folder / part).mkdir(parents=True)
        for gate in self.campaign.values["GATE"]:
            os.mkfifo(self.folder / gate)
        lines = ["[station]", "name = campaign", "[paths]", f"python = {HERE / 'steps'}"] + self.campaign.values["STATION"]
        (self.folder / "station.ini").write_text("\n".join(lines) + "\n", encoding="utf-8")
        shutil.copy(self.campaign.path, self.folder / "schedules")
        (self.folder / RUN_FILE).write_text(json.dumps({"comment": "a campaign of the tests", "date": "2026-11-21"}))

    def serials(self):
        return [f"DEgg2021-3-{101 + number}" for number in range(self.campaign.modules)]

    def virtual_station(self):
        """Modules that answer, named in the run JSON as the original writes it."""
        if not self.campaign.modules:
            return None
        words = [str(self.program), "sim", "--modules", str(self.campaign.modules), "--speed", *(self.campaign.values["SPEED"] or ["1"]), "--state", str(self.folder), "--json"]
        station = subprocess.Popen(words, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, cwd=self.folder, text=True)
        text = ""
        while line := station.stdout.readline():
            text += line
            try:
                ports = json.loads(text)["ports"]
                break
            except json.JSONDecodeError:
                continue
        run = {}
        for serial in self.campaign.values["SILENT"]:
            self.silent.append(socket.create_server(("127.0.0.1", 0)))
            ports.append(self.silent[-1].getsockname()[1])
        for number, port in enumerate(ports):
            serial = (self.serials() + self.campaign.values["SILENT"])[number]
            module = {"DEggSerialNumber": serial, "Port": port, "fpgaVersion": 272, "IcebootVersion": 62}
            module |= {pmt: {"SerialNumber": f"SQ{2 * number + place:04}", "HV1e7Gain": 1500} for place, pmt in enumerate(("LowerPmt", "UpperPmt"))}
            run[serial] = f"runs/run_00001/{serial}.json"
            (self.folder / run[serial]).write_text(json.dumps(module, indent=4))
        (self.folder / RUN_FILE).write_text(json.dumps(run | {"comment": "a campaign of the tests", "date": "2026-11-21"}, indent=4))
        return station

    # The script

    def start(self, words):
        self.starts.append(Start(self.front + words, self.folder))

    def finish(self):
        self.statuses.append(self.starts[-1].wait(self.deadline))

    def verb(self, words):
        patience = max(1, self.deadline - time.monotonic())
        try:
            ended = subprocess.run(self.front + words, cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=patience)
        except subprocess.TimeoutExpired:
            raise Unexpected(f"`fatmaster {shlex.join(words)}` did not end in time") from None
        text = (ended.stdout + ended.stderr).decode("utf-8", "backslashreplace")
        self.said += f"$ fatmaster {shlex.join(words)}\n{text}"
        return ended.returncode, text

    def expect(self, words, status):
        found, text = self.verb(words)
        if found != status:
            raise Unexpected(f"`fatmaster {shlex.join(words)}` ended with {found}, not {status}: {text.strip()}")

    def do_when(self, text):
        self.starts[-1].wait_for(text, self.deadline)

    def do_answer(self, value):
        self.expect(["answer", "--wait"] + shlex.split(value), 0)

    def do_then(self, value):
        self.expect(shlex.split(value), 0)

    def do_refused(self, value):
        self.expect(shlex.split(value), 7)

    def do_owned(self, value):
        self.expect(shlex.split(value), 6)

    def do_signal(self, name):
        self.starts[-1].process.send_signal(getattr(signal, "SIG" + name))

    def do_open(self, gate):
        """Waits for the step that reads there."""
        patience = max(1, self.deadline - time.monotonic())
        try:
            subprocess.run(["/bin/sh", "-c", 'echo open > "$0"', gate], cwd=self.folder, stdin=subprocess.DEVNULL, timeout=patience, check=True)
        except subprocess.TimeoutExpired:
            raise Unexpected(f"no step waits at the gate '{gate}'") from None

    def do_again(self, value):
        self.finish()
        self.start(shlex.split(value))

    # The judgement

    def judge(self):
        log = self.folder / "runs/run_00001/fat_run_00001.log"
        raw = log.read_bytes() if log.exists() else b""
        text = "".join(start.output for start in self.starts) + self.said + raw.decode("utf-8", "backslashreplace")
        problems = [f"'{wanted}' stands nowhere" for wanted in self.campaign.values["PASS"] if wanted not in text]
        problems += [f"'{unwanted}' must not appear" for unwanted in self.campaign.values["FAIL"] if unwanted in text]
        if self.statuses != self.campaign.exits:
            problems.append(f"exit status {self.statuses}, expected {self.campaign.exits}")
        problems += self.always(raw)
        return problems + [problem for check in self.campaign.values["CHECK"] for problem in self.check(check)]

    def always(self, log):
        """What holds for every campaign, whatever happened in it."""
        everything = log + "".join(start.output for start in self.starts).encode()
        if re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", everything):
            yield "a control character reached the log or the screen"
        if max(map(len, everything.split(b"\n"))) > 8192:
            yield "a line of the log is longer than 8 KiB"
        try:
            run = json.loads((self.folder / RUN_FILE).read_text())
            if (masters := [key for key in run if key.startswith("MasterFAT_")]) not in ([], ["MasterFAT_00"]):
                yield f"the run JSON has the records {masters}"
        except ValueError as error:
            yield f"the run JSON is damaged: {error}"
        for process in self.left_behind():
            yield f"a process of a step lives on: {process}"

    def left_behind(self):
        mark = f"FATMASTER_STEP_DIR={self.folder}/".encode()
        for entry in pathlib.Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and mark in (entry / "environ").read_bytes():
                    yield (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            except OSError:
                continue  # ended meanwhile, or not ours

    def check(self, command):
        ended = subprocess.run(["/bin/sh", "-c", command], cwd=self.folder, env={**os.environ, "PATH": f"{self.program.resolve().parent}:{os.environ['PATH']}"}, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, text=True, errors="replace")
        return [f"check failed: {command}\n{ended.stdout}{ended.stderr}"] if ended.returncode else []

    def story(self):
        return "\n".join([start.output[-6000:] for start in self.starts] + [self.said])


def play(program, path, keep):
    campaign = Campaign(path)
    folder = pathlib.Path(tempfile.mkdtemp(prefix=f"campaign_{path.stem}_"))
    performance = Performance(program, campaign, folder)
    began = time.monotonic()
    try:
        problems = performance.play()
        print(f"{'failed' if problems else 'passed'}  {path.name}  {time.monotonic() - began:.1f} s  {' '.join(campaign.values['DESC'])}")
        for problem in problems:
            print(f"    {problem}")
        if problems:
            print(performance.story())
    finally:
        if keep:
            print(f"    {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    return not problems


def main():
    parser = argparse.ArgumentParser(description="plays campaigns that state their own expectation")
    parser.add_argument("program", type=pathlib.Path, help="fatmaster")
    parser.add_argument("files", type=pathlib.Path, nargs="+", help="schedules")
    parser.add_argument("--keep", action="store_true", help="leave the station folders where they are")
    given = parser.parse_args()
    results = [play(given.program.resolve(), path, given.keep) for path in given.files]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
