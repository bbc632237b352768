# Snapshots of a station in a folder and on another host (a real sshd on loopback): made, verified, brought back, and everything that can go wrong.
#
# FATMASTER names the built program.
import io
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "crash")]

import station  # noqa: E402
from ssh_host import SshHost, make_key  # noqa: E402

MODULE = {"DEggSerialNumber": "DEgg2021-3-101", "Port": 5000}
QUIET = "run_backup = no\n"
WAIT = "until [ $(ls target/run_00001/*.tar.zst 2>/dev/null | wc -l) -ge %d ]; do sleep 0.01; done"


def archive(file, entries, files=None):
    """A tar.zst as our own begin, with these entries: (TarInfo, bytes)."""
    listed = [{"name": info.name, "size": len(data), "sha256": "0" * 64} for info, data in entries]
    manifest = {"format": 1, "run": 1, "made": "x", "last_event": 0, "files": listed if files is None else files}
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.PAX_FORMAT) as tar:
        text = json.dumps(manifest).encode()
        info = tarfile.TarInfo("manifest.json")
        info.size = len(text)
        tar.addfile(info, io.BytesIO(text))
        for info, data in entries:
            tar.addfile(info, io.BytesIO(data))
    file.write_bytes(subprocess.run(["zstd", "-q", "-c"], input=plain.getvalue(), stdout=subprocess.PIPE, check=True).stdout)
    return file


def entry(name, data=b"x", kind=tarfile.REGTYPE, link=""):
    info = tarfile.TarInfo(name)
    info.size, info.type, info.linkname = (len(data) if kind == tarfile.REGTYPE else 0), kind, link
    return info, data if kind == tarfile.REGTYPE else b""


class Backups(unittest.TestCase):
    def place(self, sections="[one]\ncommand = true\n" + QUIET, backups=""):
        place = station.Station(station.CONSTANTS + sections, [MODULE])
        self.addCleanup(place.close)
        (place.folder / "target").mkdir()
        (place.folder / "station.ini").write_text(backups or "[backup disk]\ntarget = target\n")
        return place

    def place_with_host(self, sections="[one]\ncommand = true\n" + QUIET, keep="100"):
        place = self.place(sections)
        host = SshHost(place.folder / "host")
        self.addCleanup(host.close)
        (place.folder / "station.ini").write_text(f"[backup away]\ntarget = ssh bench:{host.target}\nkeep = {keep}\n")
        before = os.environ["PATH"]
        os.environ["PATH"] = f"{host.path}:{before}"
        self.addCleanup(os.environ.__setitem__, "PATH", before)
        return place, host

    def ran(self, place):
        place.run()
        place.wait_for_end()
        return place

    def change(self, place, number):
        (place.folder / "runs/run_00001/notes.json").write_text(json.dumps({"n": number}))

    def good(self, told):
        self.assertEqual(told.returncode, 0, told.stdout + told.stderr)
        return told.stdout

    def bad(self, told, code, *texts):
        self.assertEqual(told.returncode, code, told.stdout + told.stderr)
        for text in texts:
            self.assertIn(text, told.stderr)

    # -- another host

    def test_a_host_keeps_verifies_and_gives_back(self):
        place, host = self.place_with_host(keep="last 2")
        self.ran(place)
        self.assertIn("files, ", self.good(place.tell("backup")))
        self.assertIn("nothing changed since", self.good(place.tell("backup")))
        foreign = host.target / "run_00001/run_00001_notes.tar.zst"
        foreign.write_text("not ours")
        for number in range(3):
            self.change(place, number)
            self.good(place.tell("backup"))

        self.assertEqual(len(host.archives()), 3)
        self.assertTrue(foreign.exists())
        self.assertEqual(list(host.target.rglob("*.tmp")), [])
        self.assertEqual(self.good(place.tell("backup", "verify")).count("good "), 2)
        newest = host.archives()[-2].name
        self.assertIn(newest, self.good(place.tell("restore", "--list")))
        before = (place.folder / "runs/run/run_00001.json").read_bytes()
        self.change(place, 77)
        self.bad(place.tell("restore", newest), 7, "--replace")
        self.assertIn("replaced  ", self.good(place.tell("restore", newest, "--replace", "--only", "notes.json")))
        self.assertEqual(json.loads((place.folder / "runs/run_00001/notes.json").read_text()), {"n": 2})
        self.assertEqual(len(list(place.folder.glob("runs/run_00001/notes.json.replaced-*"))), 1)
        self.good(place.tell("restore", "1", "--from", "away", "--to", "elsewhere"))
        self.assertEqual((place.folder / "elsewhere/run/run_00001.json").read_bytes(), before)

    def test_a_host_that_is_away_or_not_the_one_it_was_says_what_to_do(self):
        place, host = self.place_with_host()
        self.ran(place)
        host.know("")
        self.bad(place.tell("backup"), 1, "host key of bench is not known here", "ssh bench")
        host.know(make_key(host.folder / "other_key"))
        self.bad(place.tell("backup"), 1, "another host key than before", "ssh-keygen -R bench")
        host.know()
        keys = (host.folder / "authorized_keys").read_text()
        (host.folder / "authorized_keys").write_text("")
        self.bad(place.tell("backup"), 1, "without a password", "ssh-copy-id bench")
        (host.folder / "authorized_keys").write_text(keys)
        (host.target).rename(host.folder / "unmounted")
        self.bad(place.tell("backup"), 1, "is it mounted?")
        self.assertFalse(host.target.exists())
        (host.folder / "unmounted").rename(host.target)
        self.assertIn("answers", self.good(place.tell("doctor")))
        host.close()
        self.bad(place.tell("backup"), 1, "cannot be reached", "Connection refused")
        self.assertIn("Connection refused", place.tell("doctor").stdout)
        self.bad(place.tell("restore", "--to", "x"), 3, "no snapshot")
        host.start()
        self.good(place.tell("backup"))

    def test_nothing_is_left_of_an_upload_that_does_not_arrive(self):
        place, host = self.place_with_host()
        self.ran(place)
        upload = '[[ $SSH_ORIGINAL_COMMAND == *sha256sum* ]]'
        temporary = host.target / "run_00001/.run_00001.tmp"
        # A quota, a connection that breaks, a disk that stores something else.
        host.start(f'if {upload}; then ulimit -f 0; fi; eval "$SSH_ORIGINAL_COMMAND"')
        self.bad(place.tell("backup"), 1, "FAILED")
        self.assertFalse(temporary.exists())
        host.start(f'if {upload}; then head -c 100 | (eval "$SSH_ORIGINAL_COMMAND"); else eval "$SSH_ORIGINAL_COMMAND"; fi')
        self.bad(place.tell("backup"), 1, "what arrived is not what was sent")
        self.assertFalse(temporary.exists())
        host.start(f'if {upload}; then cd {host.target}/run_00001; head -c 100 > {temporary.name}; kill -9 $PPID; exit; fi; eval "$SSH_ORIGINAL_COMMAND"')
        self.bad(place.tell("backup"), 1, "closed the connection")
        self.assertTrue(temporary.exists())
        self.assertEqual(host.archives(), [])

        host.start()
        self.good(place.tell("backup"))

        self.assertFalse(temporary.exists())
        self.assertEqual(len(host.archives()), 1)
        self.good(place.tell("backup", "verify", "away"))

    def test_two_uploads_at_a_time_do_not_meet(self):
        place, host = self.place_with_host()
        self.ran(place)
        folder = host.target / "run_00001"
        folder.mkdir()
        with subprocess.Popen(["flock", folder / ".run_00001.tmp", "sh", "-c", "echo; cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
            holder.stdout.readline()
            self.bad(place.tell("backup"), 1, "another backup is being written")
            holder.stdin.close()
        self.good(place.tell("backup"))

    def test_a_step_backs_up_to_the_host(self):
        place, host = self.place_with_host("[one]\ncommand = true\nrun_backup = yes\n")
        self.ran(place)
        self.assertEqual(len(host.archives()), 1)

    # -- verify

    def test_verify_names_what_is_damaged(self):
        place, host = self.place_with_host()
        self.ran(place)
        self.good(place.tell("backup"))
        file = host.archives()[0]
        whole = file.read_bytes()
        middle = len(whole) // 2
        file.write_bytes(whole[:middle] + bytes([whole[middle] ^ 0xFF]) + whole[middle + 1 :])
        self.bad(place.tell("backup", "verify"), 1, "DAMAGED", file.name)
        told = place.tell("backup", "verify", "away", file.name, "--json")
        self.assertEqual([one["good"] for one in json.loads(told.stdout)], [False])
        self.bad(place.tell("restore", "--to", "x"), 3, "damaged")
        self.bad(place.tell("backup", "verify", "nowhere"), 2, "no [backup nowhere]")
        self.bad(place.tell("backup", "verify", "away", "run_00001_x"), 3, "no such snapshot")

    # -- a JSON that a script destroys

    def test_a_destroyed_json_is_named_with_its_step_and_comes_back(self):
        module = "runs/run_00001/DEgg2021-3-101.json"
        # Backups run beside the steps that follow: each of these waits for the one before it.
        sections = (
            "[good]\ncommand = true\nrun_backup = yes\n"
            f"[bad one]\ncommand = {WAIT % 1}; truncate -s 20 {module}\nshell = yes\nrun_backup = yes\n"
            f"[after]\ncommand = {WAIT % 2}\nshell = yes\nrun_backup = yes\n"
        )
        place = self.ran(self.place(sections))
        said = place.terminal()
        first = sorted(place.folder.glob("target/run_00001/*.tar.zst"))[0].name
        command = f"fatmaster restore {first} --from 'disk' --only 'run_00001/DEgg2021-3-101.json' --replace"
        told = self.good(place.tell("history")) + said
        self.assertIn("since then ran: [1] bad one", told)
        self.assertIn(command, told)
        # The backup is made nevertheless, and what is known already is no new warning.
        warnings = [line for line in said.splitlines() if "WARNING" in line and "not complete JSON" in line]
        self.assertEqual(len(warnings), 1, said)
        self.assertEqual(len(list(place.folder.glob("target/run_00001/*.tar.zst"))), 3)

        self.good(place.tell(*command.replace("'", "").split()[1:]))

        self.assertEqual(json.loads((place.folder / module).read_text()), MODULE)
        self.assertNotIn("not complete", self.good(place.tell("backup")))

    # -- back into the station

    def test_a_lost_station_comes_back_and_its_run_goes_on(self):
        place = self.place("[one]\ncommand = echo 1 >> trace\nshell = yes\nrun_backup = yes\n[two]\ncommand = exit 3\nshell = yes\n" + QUIET)
        place.run("--batch")
        place.wait_for_end()
        (place.folder / "runs").rename(place.folder / "lost")
        for file in place.folder.glob("fatmaster.db*"):
            file.unlink()

        self.assertIn("new       ", self.good(place.tell("restore")))

        self.assertEqual((place.folder / "trace").read_text(), "1\n")
        self.assertIn("one", self.good(place.tell("status")))
        place.resume("--batch")
        place.wait_for_end()
        self.assertEqual((place.folder / "trace").read_text(), "1\n")

    def test_attempts_that_the_restored_journal_does_not_know_are_asked_about(self):
        place = self.place("[one]\ncommand = true\nrun_backup = yes\n[two]\ncommand = " + WAIT % 1 + "; echo 2 >> trace\nshell = yes\nrun_backup = no\n[three]\ncommand = exit 3\nshell = yes\n" + QUIET)
        place.run("--batch")
        place.wait_for_end()
        told = place.tell("restore")
        self.bad(told, 7, "nothing was changed")
        self.assertIn("the journal goes back from event", told.stdout)

        self.good(place.tell("restore", "--replace"))

        self.assertEqual(len(list(place.folder.glob("fatmaster.db.replaced-*Z"))), 1)
        place.start("resume", "--batch")
        place.wait_for_end()
        self.assertIn("the journal does not know", place.terminal())
        self.assertEqual((place.folder / "trace").read_text(), "2\n")

    def test_never_over_a_station_somebody_works_on(self):
        place = self.place("[one]\ncommand = sleep 100\n" + QUIET)
        place.run()
        place.wait_for_status("running")
        self.good(place.tell("backup"))
        self.bad(place.tell("restore", "--replace"), 6, "a restore waits")
        self.good(place.tell("restore", "--to", "elsewhere"))
        self.good(place.tell("abort"))
        place.wait_for_end()

    # -- data

    def data_of(self, place):
        folder = place.folder / "runs/run_00001/steps/big"
        folder.mkdir(parents=True)
        for number in range(3):
            (folder / f"data {number}.csv").write_bytes(os.urandom(100_000))
        (place.folder / "data").mkdir()
        (place.folder / "data/raw.csv").write_text("1,2\n")
        return folder

    def test_data_are_copied_gone_on_with_and_repaired(self):
        place, host = self.place_with_host()
        self.ran(place)
        folder = self.data_of(place)
        there = host.target / "run_00001/data/steps/big"
        there.mkdir(parents=True)
        (there / ".rsync-partial").mkdir()
        whole = (folder / "data 1.csv").read_bytes()
        (there / ".rsync-partial/data 1.csv").write_bytes(whole[:50_000])
        (there / "other.csv").write_text("not ours")

        told = json.loads(self.good(place.tell("backup", "data", "1", "--json")))

        self.assertEqual([(one["whole"], one["different"]) for one in told], [(True, [])] * 2)
        self.assertEqual((there / "data 1.csv").read_bytes(), whole)
        self.assertEqual((host.target / "data/raw.csv").read_text(), "1,2\n")
        self.assertTrue((there / "other.csv").exists())
        # A disk that changes a byte and not the time.
        times = (there / "data 2.csv").stat()
        (there / "data 2.csv").write_bytes(bytes(100_000))
        os.utime(there / "data 2.csv", ns=(times.st_atime_ns, times.st_mtime_ns))
        self.assertIn("every file the same", self.good(place.tell("backup", "data", "1", "--to", "away")))
        self.assertEqual((there / "data 2.csv").read_bytes(), (folder / "data 2.csv").read_bytes())
        host.close()
        self.bad(place.tell("backup", "data"), 1, "cannot be reached")

    def test_data_wait_for_the_step_at_work(self):
        place = self.place("[one]\ncommand = sleep 100\n" + QUIET)
        self.data_of(place)
        place.run()
        place.wait_for_status("running")
        self.bad(place.tell("backup", "data"), 7, "step 'one' of this run is at work")
        self.assertFalse((place.folder / "target/run_00001").exists())
        place.tell("backup", "data", "--beside-steps")
        self.assertTrue((place.folder / "target/run_00001/data/steps/big/data 0.csv").exists())
        self.good(place.tell("abort"))
        place.wait_for_end()

    # -- what others call a backup

    def test_hostile_archives_are_refused(self):
        place = self.ran(self.place())
        folder = place.folder / "hostile"
        folder.mkdir()
        huge = [{"name": "run/run_00001.json", "size": 2**60, "sha256": "0" * 64}, {"name": "run_00001/a", "size": 2**60, "sha256": "0" * 64}]
        hostile = {
            "absolute": ([entry("/etc/x.json")], None, "no backup of ours"),
            "above": ([entry("run/../../x.json")], None, "no backup of ours"),
            "link": ([entry("run_00001/l", kind=tarfile.SYMTYPE, link="/etc/passwd")], None, "no backup of ours"),
            "hard": ([entry("run_00001/l", kind=tarfile.LNKTYPE, link="/etc/passwd")], None, "no backup of ours"),
            "device": ([entry("run_00001/d", kind=tarfile.CHRTYPE)], None, "no backup of ours"),
            "bomb": ([entry("run/run_00001.json")], huge, "holds more than"),
            "longer": ([entry("run_00001/a", bytes(10**8))], [{"name": "run_00001/a", "size": 1, "sha256": "0" * 64}], "longer than"),
            "twice": ([entry("run_00001/a"), entry("run_00001/a")], None, ""),
            "other": ([entry("run_00001/a")], [{"name": "run_00001/b", "size": 1, "sha256": "0" * 64}], "not what its manifest"),
            "negative": ([entry("run_00001/a")], [{"name": "run_00001/a", "size": -1, "sha256": "0" * 64}], "cannot be understood"),
        }
        before = sorted((file, file.stat().st_ino) for file in place.folder.rglob("*") if "fatmaster" not in file.name)
        for name, (entries, files, words) in hostile.items():
            with self.subTest(name=name):
                told = place.tell("restore", str(archive(folder / f"{name}.tar.zst", entries, files)), "--replace")
                self.bad(told, 3, words)
                (folder / f"{name}.tar.zst").unlink()
        x = b"x"
        digest = subprocess.run(["sha256sum"], input=x, stdout=subprocess.PIPE, check=True).stdout.decode().split()[0]
        strange = archive(folder / "strange.tar.zst", [entry("station.ini", x)], [{"name": "station.ini", "size": 1, "sha256": digest}])
        self.bad(place.tell("restore", str(strange), "--replace"), 3, "which no backup of a run does")
        strange.unlink()
        self.assertEqual(before, sorted((file, file.stat().st_ino) for file in place.folder.rglob("*") if "fatmaster" not in file.name))


if __name__ == "__main__":
    if not shutil.which("sshd", path="/usr/sbin") or not shutil.which("ssh"):
        sys.exit("openssh-server and openssh-client are needed: tools/install-packages test")
    unittest.main()
