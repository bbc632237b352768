# `fatmaster user` in a station of its own -> users.json, its rights, what is said; passwords typed on a terminal are not shown.
#
# FATMASTER names the built program.
import hashlib
import json
import os
import pathlib
import pty
import select
import stat
import subprocess
import tempfile
import unittest

PROGRAM = os.environ["FATMASTER"]
PATIENCE = 60


class UserTest(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.addCleanup(self.scratch.cleanup)
        self.folder = pathlib.Path(self.scratch.name)
        self.users = self.folder / "users.json"

    def user(self, *words, typed="", status=0):
        done = subprocess.run([PROGRAM, "-C", str(self.folder), "user", *words], input=typed, capture_output=True, text=True, timeout=PATIENCE, check=False)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def kept(self, name):
        return next(user for user in json.loads(self.users.read_text())["users"] if user["name"] == name)

    def test_keeps_a_hash_that_only_the_owner_reads(self):
        self.user("add", "anna", "--role", "operator", "--password-file", "-", typed="correct horse\n")

        self.assertEqual(stat.S_IMODE(self.users.stat().st_mode), 0o600)
        self.assertNotIn("correct horse", self.users.read_text())
        self.assertTrue(self.kept("anna")["password"].startswith("$argon2id$"))
        self.assertEqual(self.kept("anna")["role"], "operator")

    def test_prints_a_token_once_and_keeps_its_hash(self):
        first = self.user("add", "robot", "--role", "viewer", "--token").stdout.strip()
        second = self.user("token", "robot").stdout.strip()

        self.assertEqual(self.kept("robot")["tokens"], [hashlib.sha256(token.encode()).hexdigest() for token in (first, second)])
        self.assertEqual(self.kept("robot")["password"], "")
        self.user("token", "robot", "--revoke")
        self.assertEqual(self.kept("robot")["tokens"], [])

    def test_lists_changes_and_removes(self):
        self.user("add", "anna", "--role", "operator", "--password-file", "-", typed="correct horse\n")
        self.user("add", "bert", "--role", "expert", "--token")
        before = self.kept("anna")["password"]
        password = self.folder / "password"
        password.write_text("another horse\r\nand a second line\n")

        self.user("password", "anna", "--password-file", str(password))

        self.assertNotEqual(self.kept("anna")["password"], before)
        self.assertEqual(
            json.loads(self.user("list", "--json").stdout),
            [
                {"name": "anna", "role": "operator", "password": True, "tokens": 0},
                {"name": "bert", "role": "expert", "password": False, "tokens": 1},
            ],
        )
        self.user("remove", "anna")
        self.assertNotIn("anna", self.user("list").stdout)

    def test_refuses_what_is_wrong_and_changes_nothing(self):
        self.user("add", "anna", "--role", "operator", "--password-file", "-", typed="correct horse\n")
        before = self.users.read_text()

        self.user("add", "anna", "--role", "viewer", "--token", status=7)
        for words in (
            ("add", "bert"),
            ("add", "bert", "--role", "boss", "--token"),
            ("add", "b t", "--role", "viewer", "--token"),
            ("add", "--role", "viewer", "--token"),
            ("add", "bert", "--role", "viewer"),
            ("remove", "ana"),
            ("password", "otto", "--password-file", "-"),
            ("rename", "anna"),
        ):
            self.user(*words, status=2)
        self.user("add", "bert", "--role", "viewer", "--password-file", "-", typed="short\n", status=2)
        self.user("add", "bert", "--role", "viewer", "--password-file", "/nowhere", status=3)

        self.assertEqual(self.users.read_text(), before)
        self.assertIn("did you mean 'anna'", self.user("remove", "ana", status=2).stderr)

    def test_a_damaged_file_is_said_and_left_alone(self):
        self.users.write_text("{")
        self.users.chmod(0o600)

        said = self.user("add", "anna", "--role", "viewer", "--token", status=3).stderr

        self.assertIn("users.json", said)
        self.assertEqual(self.users.read_text(), "{")

    def test_follows_station_ini(self):
        (self.folder / "station.ini").write_text("[users]\nfile = people/who.json\n")
        (self.folder / "people").mkdir()

        self.user("add", "anna", "--role", "viewer", "--token")

        self.assertTrue((self.folder / "people" / "who.json").exists())

    def typed(self, *lines):
        """What a terminal shows of `user add anna`, the lines typed when they are asked for; the exit status."""
        process, terminal = pty.fork()
        if process == 0:
            os.execv(PROGRAM, [PROGRAM, "-C", str(self.folder), "user", "add", "anna", "--role", "viewer"])
        shown, rest = "", list(lines)
        while select.select([terminal], [], [], PATIENCE)[0]:
            try:
                piece = os.read(terminal, 4096)
            except OSError:
                break
            if not piece:
                break
            shown += piece.decode()
            if rest and shown.count(": ") > len(lines) - len(rest):
                os.write(terminal, rest.pop(0).encode())
        os.close(terminal)
        return shown, os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])

    def test_does_not_show_a_password_that_is_typed(self):
        shown, status = self.typed("correct horse\n", "correct horse\n")

        self.assertEqual(status, 0, shown)
        self.assertNotIn("horse", shown)
        self.assertTrue(self.kept("anna")["password"])

    def test_takes_no_password_that_is_typed_differently_or_ended(self):
        self.assertEqual(self.typed("correct horse\n", "correct house\n")[1], 2)
        self.assertEqual(self.typed("correct horse\n", "\x03\n")[1], 2)
        self.assertFalse(self.users.exists())


if __name__ == "__main__":
    unittest.main()
