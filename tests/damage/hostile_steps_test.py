# Steps that misuse the machine -> bounded on disk, ended with all they started, and the next step has the bench for itself.
#   FATMASTER=build/dev/fatmaster python3 tests/damage/hostile_steps_test.py
# FATMASTER_OUTPUT_BYTES says how much the chatty step writes (10 GB).
import os
import time
import unittest

from scene import NOTE, Scene, station

BYTES = int(os.environ.get("FATMASTER_OUTPUT_BYTES", "10000000000"))
BOUND_ON_DISK = 80_000_000  # output.log and the one before it, and what is small
CHATTY = f"echo 'the very beginning'; head -c {BYTES} /dev/zero; echo; echo 'the very end'\n" + NOTE
PROCESSES = 200
BOMB = f"""import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.signal(signal.SIGHUP, signal.SIG_IGN)
for number in range({PROCESSES}):
    if os.fork() == 0:
        if number % 2:
            os.setsid()
        if number % 3 == 0:
            os.closerange(3, 256)
        if number % 5 == 0:
            os.environ.clear()
            os.execve("/bin/sleep", ["sleep", "600"], {{}})
        time.sleep(600)
        os._exit(0)
with open("trace", "a") as trace:
    trace.write("bomb\\n")
time.sleep(600)
"""
CLOSES = """import os, time
os.closerange(0, 1024)
with open("trace", "a") as trace:
    trace.write("closed\\n")
open("gate").read()
with open("trace", "a") as trace:
    trace.write("done\\n")
"""
# Who else works in this folder, the shim of this step aside.
LOOK = """for entry in /proc/[0-9]*; do
  [ "$(readlink "$entry/cwd")" = "$PWD" ] && tr '\\0' ' ' < "$entry/cmdline" && echo
done > others
""" + NOTE


class HostileSteps(Scene):
    def test_ten_gigabytes_of_output_are_bounded_on_disk_and_their_end_is_kept(self):
        begin = time.monotonic()
        self.open_station("[talk]\ncommand = sh chatty.sh\n[after]\ncommand = sh note.sh\n", chatty=CHATTY)
        steps = self.station.folder / "runs/run_00001/steps"
        self.station.run()
        most = 0

        def look():
            nonlocal most
            most = max(most, self.folder_bytes(steps))
            return self.station.process.poll() is not None

        station.wait_until(look, seconds=300, what="the end of the talk")

        took = time.monotonic() - begin
        print(f"{BYTES / 1e9:.1f} GB in {took:.1f} s, at most {most / 1e6:.0f} MB on disk")
        self.finish(0)
        self.assertEqual(self.station.lines(), ["start talk 1", "start after 1"])
        self.assertLess(most, BOUND_ON_DISK)
        ended = self.station.wait_for_event("attempt_ended", "talk")
        self.assertEqual(ended.body["outcome"], "done")
        log = self.station.attempt_folder(("talk", 1), 0) / "output.log"
        self.assertTrue(log.read_bytes().endswith(b"the very end\n"))

    def test_a_bomb_of_two_hundred_processes_that_ignore_everything_is_gone_before_the_next_step(self):
        self.open_station("[bomb]\ncommand = python3 bomb.sh\n[after]\ncommand = sh look.sh\n", bomb=BOMB, look=LOOK)
        self.station.run()
        self.station.wait_for_line("bomb")
        station.wait_until(lambda: len(self.station.processes()) > PROCESSES, what="all of the bomb")
        begin = time.monotonic()

        told = self.station.tell("abort-step", "--then", "continue", "--reason", "a bomb")

        self.assertEqual(told.returncode, 0, told.stderr)
        self.station.wait_for_line("start after 1")
        print(f"{PROCESSES} processes that ignore TERM ended in {time.monotonic() - begin:.1f} s")
        self.station.wait_for_end()
        others = (self.station.folder / "others").read_text()
        self.assertIn("look.sh", others)
        self.assertNotIn("bomb.sh", others)
        self.assertNotIn("sleep", others)

    def test_a_command_that_closes_all_its_descriptors_holds_the_bench_until_it_ends(self):
        self.open_station("[closes]\ncommand = python3 closes.sh\n[after]\ncommand = sh note.sh\n", closes=CLOSES)
        os.mkfifo(self.station.folder / "gate")
        self.station.run()
        self.station.wait_for_line("closed")

        # The scheduler dies in the meantime: the next one finds a step that holds no lock of its own.
        self.station.kill_scheduler()
        self.station.resume()
        self.station.wait_for_event("attempt_adopted", "closes")
        self.assertEqual(self.station.lines(), ["closed"])
        with open(self.station.folder / "gate", "w", encoding="utf-8") as gate:
            gate.write("go\n")

        self.finish(0)
        self.assertEqual(self.station.lines(), ["closed", "done", "start after 1"])


if __name__ == "__main__":
    unittest.main()
