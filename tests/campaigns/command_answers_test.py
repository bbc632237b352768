# Every command that looks, lists or asks: what it says, what it refuses in one sentence, what it asks at a terminal.
import json
import os
import pathlib
import pty
import select
import signal
import subprocess
import time
import unittest
import xml.etree.ElementTree

from command_folder import PROGRAM, CommandFolder, listing

BOUND = 60  # seconds; reached only when something hangs
LABORATORY = """[station]
name = bench
[service clock]
command = sleep 1000
"""
LANES = """[constants]
run_file = runs/run/run_00001.json
[cool]
package = lab.freezer
task = dummy_wrapper
fcurrent = 20
fdelta = -60
needs = freezer
[measure]
command = true
needs = hv, laser, network:shared
[analyse]
command = true
needs = cpu
background = yes
[plot]
command = true
needs = screen
after = analyse, measure
background = yes
[gain]
command = true
valid_when = freezer in -40 +- 2 degC
[pause 1]
task = wait_time
duration = 1 s
[pause 2]
task = wait_time
duration = 1 s
[look]
task = manual_input
message = Dry?
"""
RUN = {"comment": "", "date": "2026-11-21", "DEgg2021-3-101": "runs/m.json"}
MODULE = {"DEggSerialNumber": "DEgg2021-3-101", "Port": 5000, "BoxNumber": ""}


def is_alive(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


class Answers(CommandFolder):
    def at_terminal(self, answers, *words):
        """Exit code and all that stands on the terminal; (question, answer) in turn."""
        process, terminal = pty.fork()
        if process == 0:
            try:
                os.execv(PROGRAM, [str(PROGRAM), "-C", str(self.folder), *words])
            finally:
                os._exit(127)
        told, waiting, deadline = "", list(answers), time.monotonic() + BOUND
        while time.monotonic() < deadline:
            if not select.select([terminal], [], [], 1)[0]:
                continue
            try:
                told += os.read(terminal, 65536).decode()
            except OSError:  # its end is closed
                break
            if waiting and waiting[0][0] in told:
                os.write(terminal, waiting.pop(0)[1].encode() + b"\n")
        else:
            os.kill(process, signal.SIGKILL)
        os.close(terminal)
        status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        self.assertEqual(waiting, [], told)
        return status, told

    def end(self, pid):
        """Of the virtual station; it removes its files itself."""
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + BOUND
        while is_alive(pid) and time.monotonic() < deadline:
            time.sleep(0.01)
        self.assertFalse(is_alive(pid))

    def write_run(self):
        self.write("runs/run/run_00001.json", json.dumps(RUN))
        self.write("runs/m.json", json.dumps(MODULE))

    # -- before a command

    def test_without_a_command_all_of_them_are_named(self):
        bare = self.call()
        self.assertEqual((bare.returncode, bare.stdout), (2, ""))
        self.assertEqual(self.told("--help"), bare.stderr)
        for command in ("demo", "run", "resume", "status", "answer", "doctor"):
            self.assertRegex(bare.stderr, rf"\n  {command} +[a-z]")
        self.assertNotRegex(bare.stderr, r"\n  service ")  # hidden: systemd types it

    def test_help_and_version_change_nothing(self):
        before = listing(self.folder)
        self.assertIn("usage: fatmaster run SCHEDULE", self.told("run", "--help"))
        self.assertEqual(self.told("--version"), self.told("version"))
        self.assertEqual(listing(self.folder), before)

    def test_an_option_without_its_value_or_said_twice_is_refused(self):
        ended = subprocess.run([PROGRAM, "-C"], capture_output=True, text=True, timeout=BOUND)
        self.assertEqual((ended.returncode, ended.stderr), (2, "fatmaster: -C needs a value\n"))
        self.refused(2, "--from is given 2 times; see `fatmaster run --help`", "run", "ok.ini", "--from", "first", "--from", "second")

    # -- tasks

    def test_every_task_is_listed_and_explained(self):
        names = [line.split()[0] for line in self.told("tasks").splitlines()]
        self.assertIn("measure_gain", names)
        for name in names:
            told = self.told("tasks", name)
            self.assertTrue(told.startswith(name + ": "), told)
            self.assertRegex(told, r"\n  interrupted: (rerun|verify|ask)\n")
        gain = self.told("tasks", "measure_gain")
        self.assertRegex(gain, r"events +.*\(integer, default 10000\)")
        self.assertRegex(gain, r"comment +.*\(text, optional\)")
        self.assertIn("\n  measures hv_for_1e7_gain in V\n", gain)
        self.assertRegex(self.told("tasks", "set_temperature"), r"\([a-z ]+, required\)")
        self.assertEqual(self.told("task", "measure_gain", "--help"), gain)

    def test_a_task_that_is_not_there_is_refused_with_the_nearest_one(self):
        said = "there is no task 'measure_gian'; did you mean 'measure_gain'?; `fatmaster tasks` lists them"
        self.refused(2, said, "tasks", "measure_gian")
        self.refused(2, said, "task", "measure_gian")
        bare = self.call("task")
        self.assertEqual(bare.returncode, 2)
        self.assertIn("usage: fatmaster task NAME", bare.stdout)
        self.assertEqual(self.told("task", "--help"), bare.stdout)

    # -- the logbook

    def test_the_logbook_refuses_what_it_cannot_keep_or_find(self):
        self.refused(2, "--since is a duration such as '2 h', or '2026-11-21 08:30', not 'yesterday'", "log", "--since", "yesterday")
        self.refused(2, "there is no run 7 here", "log", "--run", "7")
        self.refused(2, "'seven' names no run", "log", "--run", "seven")
        self.refused(2, "a text has at most 16000 bytes; attach a longer one", "log", "x" * 16001)
        self.refused(2, "an entry has at most 10 files", "log", "x", *["--attach=ok.ini"] * 11)
        (self.folder / "runs/run/run_00001.json").unlink()
        self.refused(3, "no run has been made here; `fatmaster new-run -m COMMENT` makes one", "log", "x")

    def test_an_empty_logbook_says_so(self):
        for words in ([], ["--search", "fibre"], ["--since", "2026-11-21 08:30"]):
            ended = self.call("log", *words)
            self.assertEqual((ended.returncode, ended.stdout, ended.stderr), (0, "", "nothing of that stands in the logbook\n"))

    def test_the_form_of_a_new_run_refuses_what_it_does_not_have(self):
        self.write_run()
        self.refused(2, "it takes one RUN at most, and options", "log", "new-run", "1", "2")
        for word in ("DEgg2021-3-101", "DEgg2021-3-109=7"):
            self.refused(2, f"--box is SERIAL=BOX of a module of run 1, not '{word}'", "log", "new-run", "--box", word)
        self.refused(2, "expected yes or no, not 'maybe'", "log", "new-run", "--laser-supply", "maybe")

    def test_the_form_of_a_new_run_asks_at_a_terminal_for_what_is_missing(self):
        self.write_run()
        answers = [("comment: ", "cold campaign"), ("shifter: ", "anna"), ("box of DEgg2021-3-101: ", "R-B-7")]
        status, told = self.at_terminal(answers, "log", "new-run")
        self.assertEqual(status, 0, told)
        for words in ("Comment: cold campaign", "Shifter: anna", "box R-B-7"):
            self.assertIn(words, told)
        self.assertIn("cold campaign", self.told("log"))

    # -- checks by hand

    def test_a_check_by_hand_is_asked_and_kept(self):
        self.write_run()
        for word, code, state in (("yes", 0, "confirmed"), ("n", 1, "denied")):
            status, told = self.at_terminal([("[yes/no] ", word)], "check", "laser-supply")
            self.assertEqual(status, code, told)
            self.assertIn(f"run 1: laser-supply is {state}", told)
        before = listing(self.folder)
        status, told = self.at_terminal([("[yes/no] ", "perhaps")], "check", "laser-supply")
        self.assertEqual(status, 2, told)
        self.assertIn("neither yes nor no; nothing was written down", told)
        self.assertEqual(listing(self.folder), before)

    def test_a_check_refuses_what_it_does_not_take(self):
        self.refused(2, "unknown option '--jsn'; did you mean '--json'?; see `fatmaster check --help`", "check", "--jsn")
        self.refused(2, "--note needs a text", "check", "laser-supply", "--yes", "--note")
        self.refused(2, "this is no terminal; say --yes or --no", "check", "laser-supply")

    # -- plans

    def test_a_plan_says_what_each_step_holds_and_waits_for(self):
        self.write("lanes.ini", LANES)
        told = self.told("plan", "lanes.ini", "--no-preflight")
        for line in (
            r"\[0\] cool +lab\.freezer\.dummy_wrapper  \(needs freezer\)",
            r"\[1\] measure +\$ true  \(needs hv laser network:shared\)",
            r"\[2\] analyse +\$ true  \(in the background, needs cpu\)",
            r"\[3\] plot +\$ true  \(in the background, needs screen, after 'measure' and 1 more\)",
            r"\[4\] gain +\$ true  \(valid when freezer in \[-42, -38\] degC\)",
        ):
            self.assertRegex(told, rf"(?m)^{line}$")

    def test_a_drawn_rehearsal_has_a_lane_for_everything_that_is_held(self):
        self.write("station.ini", "[station]\nname = bench\nquiet_hours = 22:00-07:00\n[backup local]\ntarget = backups\n")
        (self.folder / "backups").mkdir()
        self.write("lanes.ini", LANES)
        told = self.told("rehearse", "lanes.ini", "--svg", "lanes.svg", "--start", "2026-11-21 08:30", "--fail", "analyse")
        self.assertNotIn("save 0", told)
        drawing = xml.etree.ElementTree.parse(self.folder / "lanes.svg")
        texts = [element.text.strip() for element in drawing.iter() if element.text]
        lanes = ["bench", "backup", "cpu", "freezer", "hv", "laser", "network", "screen", "people", "end"]
        self.assertEqual([text for text in texts if text in lanes], lanes)
        self.assertTrue(any(text.startswith("2 steps, [5] pause 1 to [6] pause 2\n") for text in texts), texts)
        self.assertTrue(any(text.startswith("backup: backup") for text in texts), texts)
        self.assertTrue(any(text.startswith("[2] analyse\n") and text.endswith("\nerrored") for text in texts), texts)
        self.assertIn("quiet hours 22:00-07:00", texts)

    def test_an_executed_rehearsal_says_what_it_leaves_out(self):
        self.write("station.ini", "[station]\nname = bench\n[device plates]\nkind = file_sensor\nfile = plates\n[channel top_plate]\ninstrument = plates\nquantity = value\n")
        self.write("left.ini", "[constants]\nrun_file = runs/run/run_00001.json\n[dark]\ncommand = true\nvalid_when = file:light.txt in [0, 1] lx\n[warm]\ntask = wait_for_channel\nuntil = top_plate in [273, 300]\n")
        ended = self.call("rehearse", "left.ini", "--execute", "--speed", "10000")
        self.assertEqual(ended.returncode, 0, ended.stderr)
        self.assertIn("1 step (the first is 'dark') would be held to a value that a file says", ended.stderr)
        self.assertIn("1 step (the first is 'warm') set channels or wait for them: nobody reads the bench of a rehearsal", ended.stderr)

    # -- what belongs to the bench

    def test_the_shift_names_who_acts_and_refuses_the_rest(self):
        told = self.told("shift")
        self.assertIn("nobody has started a shift here; `fatmaster shift start NAME` does\n", told)
        self.assertIn("nobody is called: station.ini has no [shift]\n", told)
        self.refused(2, "expected `start NAME` or `hand-over NAME`, not 'dance'", "shift", "dance", "anna")
        self.refused(2, "fatmaster shift start: who? Give the NAME of a person of station.ini", "shift", "start")

    def test_services_refuse_what_they_do_not_know(self):
        self.assertEqual(self.told("services"), "station.ini declares no [service ...]\n")
        self.refused(2, "there is no 'statsu'; did you mean 'status'?; there are: status, start, stop, restart, tail", "services", "statsu")
        self.refused(2, "fatmaster services stop: which? NAME, GROUP:NAME, GROUP:* or all", "services", "stop")
        self.refused(2, "fatmaster services tail: of which one? NAME or GROUP:NAME", "services", "tail")
        self.write("station.ini", LABORATORY)
        self.refused(2, "station.ini has no service 'clok'; did you mean 'clock'?", "services", "start", "clok")
        self.refused(2, "--lines is a number from 1 to 100000", "services", "tail", "clock", "--lines", "0")
        self.refused(7, "clock has no log yet: it was never started", "services", "tail", "clock")

    def test_services_that_nobody_supervises_are_not_well(self):
        self.write("station.ini", LABORATORY)
        known = self.call("services", "--json")
        self.assertEqual(known.returncode, 1)
        self.assertIs(json.loads(known.stdout)["supervised"], False)

    def test_leases_and_interlocks_refuse_what_they_do_not_know(self):
        self.refused(2, "fatmaster lease take: which instrument? The [device ...]s of station.ini", "lease", "take")
        self.refused(2, "fatmaster interlock: there is no 'ovrride'; did you mean 'override'?", "interlock", "ovrride")
        self.refused(2, "fatmaster interlock override: which one? `fatmaster interlock list`", "interlock", "override")
        self.refused(2, "--for is a duration such as 30min, not 'long'", "interlock", "override", "cold", "--for", "long", "--reason", "x")
        self.refused(2, "--for is a duration such as 30min, not 'long'", "lock", "--for", "long")

    def test_the_virtual_station_refuses_what_it_cannot_be(self):
        self.refused(2, "--modules is a whole number from 1 to 256", "sim", "--modules", "0")
        for speed in ("0", "fast", "-1"):
            self.refused(2, "--speed is a number above 0", "sim", "--speed", speed)
        self.refused(3, "cannot read /no/such", "sim", "--faults", "/no/such")
        self.refused(2, "there is no action 'dance'; the only one is fault", "sim", "dance")
        self.refused(2, "name a device and its fault, --clear [DEVICE], or --list", "sim", "fault")
        self.refused(2, "--delay is a duration, such as 2 s", "sim", "fault", "module0", "late", "--delay", "soon")
        self.refused(2, "a name is one word", "sim", "fault", "module0\nmodule1", "mute")
        self.write("faults", "10 min: fault wheel0 jamed\n")
        self.refused(2, "jamed", "sim", "--faults", "faults")

    def test_the_doctor_says_what_is_missing_and_what_to_do(self):
        told = self.told("doctor", environment={"PATH": "/nonexistent"})
        self.assertIn("warning  python3      there is none\n         -> needed by steps with `package`: apt install python3\n", told)
        self.assertIn("neither screen nor tmux: a lost ssh connection takes the live view with it\n", told)
        deep = self.folder / ("d" * 110)
        deep.mkdir()
        told = self.told("doctor", station=deep)
        self.assertRegex(told, r"warning  socket       the station's path is too long for one; it is /\S+\.sock\n")

    def test_the_doctor_finds_a_folder_that_cannot_be_written(self):
        self.folder.chmod(0o555)
        ended = self.call("doctor", ordinary_user=True)
        self.folder.chmod(0o755)
        self.assertEqual(ended.returncode, 1)
        self.assertRegex(ended.stdout, rf"problem  folder       {self.folder} cannot be written\n +-> mend its owner or mode: the journal lives there\n")

    def test_the_shim_of_a_step_refuses_what_no_scheduler_says(self):
        shim = PROGRAM.parent / "fat-step"
        for words, text in (
            ([], "no command after --"),
            (["--", "true"], "--dir and --token are needed"),
            (["--dir", str(self.folder), "--token", "t", "--grace", "soon", "--", "true"], "unknown option or wrong value: --grace"),
            (["--dir", str(self.folder), "--token", "t", "--", "true"], "descriptors 3 (lock) and 4 (listener) are not open"),
        ):
            ended = subprocess.run([shim, *words], capture_output=True, text=True, timeout=BOUND)
            self.assertNotEqual(ended.returncode, 0)
            self.assertIn(text, ended.stderr)

    # -- what is written

    def test_nothing_that_exists_is_written_over(self):
        (self.folder / "demo").mkdir()
        self.write("demo/mine", "")
        self.refused(7, "demo is not empty; name a new folder for the demo", "demo", "demo")
        self.refused(3, "there is no schedule /no/such.ini", "new-schedule", "runs/run/run_00001.json", "again", "--template", "/no/such.ini")
        self.refused(2, "--json and --csv are two reports; ask for one", "report", "--json", "--csv")
        self.told("run", "ok.ini")
        ended = self.call("catch-up", "--module", "DEgg2021-3-133")
        self.assertEqual((ended.returncode, ended.stderr), (2, "fatmaster: --module: the run has no module 'DEgg2021-3-133'\n"))
        ended = self.call("catch-up")
        self.assertEqual((ended.returncode, ended.stdout, ended.stderr), (0, "", "run 1: no module has missed a step\n"))

    def test_an_edit_or_a_throw_of_dice_that_cannot_be_read_is_refused(self):
        self.refused(2, "expected STEP and what to change, or --batch FILE, or --undo", "edit")
        self.refused(3, "edits.txt cannot be read", "edit", "--batch", "edits.txt")
        self.refused(2, "--seed 'six' is not a whole number", "rehearse", "ok.ini", "--seed", "six")
        self.refused(2, "--watch is for people, --json for programs; choose one", "status", "--watch", "--json")

    def test_a_step_is_done_again_when_a_run_is_resumed_and_says_who_asked(self):
        self.write("stops.ini", "[constants]\nrun_file = runs/run/run_00001.json\n[first]\ncommand = true\n[stops]\ncommand = test -e go\non_failure = stop\n")
        self.assertEqual(self.call("run", "stops.ini").returncode, 4)
        ended = self.call("resume", "--redo", "frist")
        self.assertEqual(ended.returncode, 7)
        self.assertIn("there is no step 'frist'; did you mean 'first'?", ended.stderr)
        self.write("go", "")
        told = self.call("resume", "--redo", "first")
        self.assertEqual(told.returncode, 0, told.stderr)
        self.assertRegex(told.stdout + told.stderr, r"\[0\] first: will be done again, asked for by .*: --redo\n")
        self.assertIn("[0] first: done", told.stdout + told.stderr)
        self.assertEqual(self.call("resume", "--redo", "first").returncode, 0)  # it had completed

    def test_a_virtual_run_and_a_real_one_are_never_mixed(self):
        self.write("stops.ini", "[constants]\nrun_file = runs/run/run_00001.json\n[stops]\ncommand = false\non_failure = stop\n")
        self.call("run", "stops.ini")
        ended = self.call("--virtual", "resume")
        self.assertEqual(ended.returncode, 7)
        self.assertIn("run 1 was started on the real bench; --virtual cannot go on with it", ended.stderr)

    def test_a_run_of_real_modules_is_not_begun_on_the_virtual_station(self):
        self.write_run()
        self.write("bench.ini", "[constants]\nrun_file = runs/run/run_00001.json\n[look]\ntask = status_check\n")
        ended = self.call("--virtual", "run", "bench.ini")
        address = json.loads((self.folder / "virtual_station.json").read_text())
        self.end(address["pid"])
        self.assertEqual(ended.returncode, 7, ended.stderr)
        self.assertIn("module DEgg2021-3-101 is at port 5000, which is not the virtual station's", ended.stderr)

    def test_steps_that_need_the_bench_need_a_station_file(self):
        self.write_run()
        (self.folder / "station.ini").unlink()
        self.write("bench.ini", "[constants]\nrun_file = runs/run/run_00001.json\n[look]\ntask = status_check\n")
        ended = self.call("run", "bench.ini")
        self.assertEqual(ended.returncode, 3)
        self.assertIn("steps of this schedule need the bench, but there is no station.ini in", ended.stderr)

    def test_a_module_is_left_out_and_taken_back_while_nobody_drives_the_run(self):
        self.write_run()
        self.write("stops.ini", "[constants]\nrun_file = runs/run/run_00001.json\n[stops]\ncommand = false\non_failure = stop\n[last]\ncommand = true\n")
        self.call("run", "stops.ini", "--no-probe")
        self.assertIn("takes no part in the steps that start from now on", self.told("quarantine", "DEgg2021-3-101", "--reason", "dark"))
        self.assertRegex(self.told("list"), r"(?m)^in quarantine: DEgg2021-3-101 \(.*: dark\)$")
        self.assertIn("takes part again in the steps that start from now on", self.told("release", "DEgg2021-3-101"))
        self.assertNotIn("in quarantine", self.told("list"))
        ended = self.call("quarantine", "DEgg2021-3-102", "--reason", "dark")
        self.assertEqual(ended.returncode, 7)
        self.assertIn("the run has no module 'DEgg2021-3-102'; did you mean 'DEgg2021-3-101'?", ended.stdout + ended.stderr)

    def test_python_steps_that_cannot_be_checked_are_said(self):
        self.write("python", "#!/bin/sh\ncase \"$*\" in *preflight*) echo broken >&2; exit 9;; esac\nexec python3 \"$@\"\n")
        (self.folder / "python").chmod(0o755)
        self.write("py.ini", f"[constants]\nrun_file = runs/run/run_00001.json\npython = {self.folder}/python\n[step]\npackage = os\ntask = getpid\n")
        self.refused(3, "(exit status 9: broken); --no-preflight leaves the check out", "plan", "py.ini")
        self.assertIn("[0] step", self.told("plan", "py.ini", "--no-preflight"))

    def test_messages_need_somebody_to_be_told_and_a_run(self):
        self.refused(3, "no run has been started in", "messages")
        self.told("run", "ok.ini")
        self.assertEqual(self.told("messages"), "there have been no messages\n")
        self.refused(3, "station.ini names no [sink NAME] and no [logbook]: nobody can be told", "messages", "--deliver")

    def test_a_run_of_the_virtual_station_is_made_of_its_modules(self):
        self.write("station.ini", "[station]\nname = bench\n[modules]\naddresses = 5000, 5001, 5002\n")
        self.refused(2, "--virtual takes the modules of the virtual station; leave --modules out", "--virtual", "new-run", "-m", "x", "--modules", "m.csv")
        ended = self.call("--virtual", "new-run", "-m", "three")
        address = json.loads((self.folder / "virtual_station.json").read_text())
        self.addCleanup(self.end, address["pid"])
        self.assertEqual(ended.returncode, 0, ended.stderr)
        self.assertIn("VIRTUAL station, not the bench", ended.stderr)
        run = json.loads((self.folder / "runs/run/run_00002.json").read_text())
        modules = [json.loads((self.folder / path).read_text()) for key, path in run.items() if key.startswith("DEgg")]
        self.assertEqual(sorted(module["Port"] for module in modules), sorted(address["ports"]))
        self.assertEqual(len({module["MainboardNumber"] for module in modules}), 3)
        self.refused(2, "--without m9: no module is there", "--virtual", "new-run", "-m", "x", "--without", "m9")

    def test_a_service_is_installed_and_removed_by_systemd_when_it_can_be_reached(self):
        calls, place = self.folder / "calls", self.folder / "home"
        (self.folder / "bin").mkdir()
        self.write("bin/systemctl", f'#!/bin/sh\necho "$@" >> {calls}\ncase "$2" in enable) echo "unit is masked" >&2; exit 1;; esac\n')
        (self.folder / "bin/systemctl").chmod(0o755)
        known = {"PATH": f"{self.folder}/bin:/usr/bin:/bin", "XDG_CONFIG_HOME": str(place), "DBUS_SESSION_BUS_ADDRESS": "unix:path=/somewhere"}
        self.assertIn("would remove ", self.told("install-service", "--uninstall", "--dry-run", environment=known))
        self.assertIn("nothing to remove: there is no ", self.told("install-service", "--uninstall", environment=known))

        ended = self.call("install-service", environment=known)
        self.assertEqual(ended.returncode, 7)
        self.assertIn("done: systemctl --user daemon-reload\n", ended.stdout)
        self.assertIn("FAILED: systemctl --user enable fatmaster-", ended.stdout)
        self.assertIn("unit is masked", ended.stderr)
        unit = next((place / "systemd/user").iterdir())

        told = self.told("install-service", "--uninstall", environment=known)
        self.assertIn(f"done: systemctl --user disable {unit.name}", told)
        self.assertFalse(unit.exists())
        self.assertNotIn("stop", calls.read_text())  # a run goes on to its end

    def test_the_service_that_finds_no_run_does_nothing(self):
        self.assertEqual(self.told("service"), "nothing to do: no run has been started here\n")


if __name__ == "__main__":
    unittest.main()
