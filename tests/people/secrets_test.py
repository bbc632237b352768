# A station with a known secret in every place where one can stand -> everything a campaign and its commands leave, say and start, searched for them.
#
# FATMASTER names the built program.
import base64
import os
import pathlib
import shutil
import subprocess
import sys
import threading
import time
import unittest
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "crash")]

import station  # noqa: E402
from elog_stand_in import BOOK, HASH, PASSWORD, Elog  # noqa: E402
from slack_stand_in import TOKEN, Slack  # noqa: E402
from webhook_stand_in import SECRET, Hook  # noqa: E402

MODULE = {"DEggSerialNumber": "DEgg2021-3-101", "Port": 5999, "BoxNumber": "R-B-1"}
DUMP = "tr '\\0' '\\n' < /proc/$$/environ > env_{0}_$$"
SCHEDULE = f"""[good]
command = {DUMP.format("step")}; sleep 1
shell = yes
[import]
package = lab
task = measure
[probe again]
task = status_check
on_failure = continue
[bad]
command = echo a traceback; exit 3
shell = yes
on_failure = continue
[ask]
task = manual_input
message = go on?
[worse]
command = exit 4
shell = yes
"""
LAB = """import os
with open(f"env_import_{os.getpid()}", "w") as file:
    file.write("\\n".join(f"{name}={value}" for name, value in os.environ.items()))


def measure(run_json):
    print("measured")
"""
# Unreachable: nobody listens on port 9 of this machine.
USERINFO, REMOTE, QUERY, MAIL = "uSeRiNfOsEcReT", "eNvUrLsEcReT", "qUeRySeCrEt", "mAiLsEcReT"


class Watch:
    """Command lines of all processes of the station, and environments of all but the scheduler's own, as long as it lasts."""

    def __init__(self, place):
        self.place, self.seen, self.ended = place, {}, threading.Event()
        self.thread = threading.Thread(target=self.look, daemon=True)
        self.thread.start()

    def look(self):
        while not self.ended.is_set():
            for pid in self.place.processes():
                try:
                    words = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
                    environment = pathlib.Path(f"/proc/{pid}/environ").read_bytes()
                except OSError:
                    continue
                program = words.split(b"\0")
                own = program[0] == station.PROGRAM.encode() and program[1:2] != [b"task"]
                self.seen[f"command line of {pid}", words] = words
                if not own:
                    self.seen[f"environment of {pid}: {words[:60]}", environment] = environment
            time.sleep(0.01)

    def finish(self):
        self.ended.set()
        self.thread.join()
        return {name: content for (name, _), content in self.seen.items()}


class Secrets(unittest.TestCase):
    def setUp(self):
        self.hooks = [Hook(), Hook("403")]
        self.slacks = [Slack(("C0FAT", "U0ANNA")), Slack(("C0FAT",), "invalid_auth")]
        self.elogs = [Elog()]
        self.place = station.Station(station.CONSTANTS + SCHEDULE, [MODULE])
        for one in (self.place, *self.hooks, *self.slacks, *self.elogs):
            self.addCleanup(one.close)
        self.files = {
            "url": self.hooks[0].url.replace("http://", f"http://anna:{USERINFO}@"),
            "refusing_url": self.hooks[1].url,
            "dead_url": f"http://anna:{USERINFO}@127.0.0.1:9/{QUERY}?key={QUERY}",
            "token": TOKEN,
            "mail": MAIL,
        }
        self.environment = {"FAT_URL": f"http://127.0.0.1:9/{REMOTE}", "FAT_TOKEN": TOKEN, "FAT_MAIL": MAIL, "FAT_ELOG": PASSWORD}
        folder = self.place.folder / "secrets"
        folder.mkdir()
        for name, secret in self.files.items():
            (folder / name).write_text(secret + "\n")
            (folder / name).chmod(0o600)
        for name in ("probe", "identify"):
            script = self.place.folder / f"{name}.sh"
            script.write_text(f"#!/bin/sh\n{DUMP.format(name)}\necho DEgg2021-3-101\n")
            script.chmod(0o755)
        (self.place.folder / "lab.py").write_text(LAB)
        slack = "kind = slack\nchannel = C0FAT\nserver = http://127.0.0.1:{}/api\n"
        (self.place.folder / "station.ini").write_text(
            "[station]\nname = bench\n[paths]\npython = .\n[backup disk]\ntarget = backups\n"
            "[modules]\naddresses = 127.0.0.1:5999\nprobe = ./probe.sh\nidentify = ./identify.sh\n"
            "[person anna]\nslack = U0ANNA\n[shift]\nshifter = anna\n"
            "[sink one]\nkind = webhook\nurl_file = secrets/url\n"
            "[sink two]\nkind = webhook\nurl_file = secrets/refusing_url\n"
            "[sink three]\nkind = webhook\nurl_file = secrets/dead_url\n"
            "[sink four]\nkind = webhook\nurl_env = FAT_URL\n"
            f"[sink five]\ntoken_file = secrets/token\n{slack.format(self.slacks[0].port)}"
            f"[sink six]\ntoken_env = FAT_TOKEN\n{slack.format(self.slacks[1].port)}"
            "[sink seven]\nkind = mail\nserver = smtp://127.0.0.1:9\nfrom = fat@example.org\nto = ann@example.org\nuser = fat\npassword_file = secrets/mail\n"
            "[sink eight]\nkind = mail\nserver = smtp://127.0.0.1:9\nfrom = fat@example.org\nto = ben@example.org\nuser = fat\npassword_env = FAT_MAIL\n"
            f"[logbook]\nurl = http://127.0.0.1:{self.elogs[0].port}\nlogbook = {BOOK}\nuser = fat\npassword_env = FAT_ELOG\nattribute.Author = ${{author}}\n"
        )
        os.environ.update(self.environment)
        self.addCleanup(lambda: [os.environ.pop(name) for name in self.environment])

    def needles(self):
        plain = {SECRET, TOKEN, PASSWORD, HASH, USERINFO, REMOTE, QUERY, MAIL}
        coded = {base64.b64encode(text.encode()).decode().rstrip("=") for text in plain | {f"anna:{USERINFO}"}}
        return {text.encode() for text in plain | coded | {urllib.parse.quote(text, safe="") for text in plain}}

    def commands(self):
        """What people and programs ask at a station; none may tell a secret, whatever its exit code."""
        for words in (
            "doctor", "station check", "station check --json", "check", "check --json", "plan schedule.ini", "plan schedule.ini --json",
            "status", "status --json", "why", "eta", "list", "show bad", "show bad --json", "output bad", "history", "history --json", "messages",
            "messages --json", "messages --deliver", "messages --revive", "log", "log --json", "log --markdown", "log --csv", "log a text",
            "report", "report --json", "report --csv", "report --junit", "backup", "backup --list", "new-run -m again", "rehearse schedule.ini", "task status_check",
        ):  # fmt: skip
            done = subprocess.run([station.PROGRAM, *words.split()], cwd=self.place.folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
            self.assertNotEqual(done.returncode, 70, done.stderr)
            yield f"`{words}`", done.stdout + done.stderr

    def files_left(self):
        backups = list((self.place.folder / "backups").rglob("*.tar.zst"))
        for number, archive in enumerate(backups if shutil.which("zstd") else []):
            into = self.place.folder / f"unpacked_{number}"
            into.mkdir()
            subprocess.run(["tar", "--zstd", "-xf", archive, "-C", into], check=True)
        for file in self.place.folder.rglob("*"):
            if file.is_file() and file.parent.name != "secrets":
                yield str(file.relative_to(self.place.folder)), file.read_bytes()

    def test_none_gets_out(self):
        watch = Watch(self.place)
        self.place.run()
        self.place.wait_for_status("waiting")
        self.place.tell("--as", "anna", "log", "a word", "--attach", str(self.place.folder / "lab.py"))
        self.place.tell("pause", "--reason", "why")
        self.place.tell("continue")
        self.place.tell("answer", "yes")
        self.place.wait_for_status("paused", "waiting")
        self.place.tell("answer", "stop", "--reason", "enough")
        self.place.wait_for_end()
        found = watch.finish()  # before people start programs of their own, with their own environment
        found.update(self.commands())
        found.update(self.files_left())

        # It must have come that far, else nothing was searched.
        self.assertGreater(len(self.elogs[0].entries), 1)
        self.assertTrue(self.hooks[0].posts and self.hooks[1].requests and self.slacks[0].messages)
        for name in ("env_step_", "env_import_", "env_probe_", "env_identify_", "fatmaster.db", "report.html", "fat_run_00001.log", "environment of ", "command line of "):
            self.assertTrue(any(name in one and content for one, content in found.items()), name)
        told = [f"{name}: {needle.decode()}" for name, content in found.items() for needle in self.needles() if needle in content]
        told += [f"{name}: {secret}" for name, content in found.items() for secret in self.environment if f"{secret}=".encode() in content]
        self.assertEqual(told, [])

    def test_it_would_be_found(self):
        (self.place.folder / "leak").write_bytes(b"x" + SECRET.encode() + b"y")

        self.assertTrue(any(needle in content for _, content in self.files_left() for needle in self.needles()))


if __name__ == "__main__":
    unittest.main()
