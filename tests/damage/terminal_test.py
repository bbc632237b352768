# A real terminal that hangs up, and ten presses of Ctrl-C in a second -> the run goes on; or it ends once, with the bench safe.
#   FATMASTER=build/dev/fatmaster python3 tests/damage/terminal_test.py
import fcntl
import os
import pathlib
import subprocess
import sys
import termios
import threading
import unittest

from scene import SAFE, SLOW, Scene, station

BUSY = SLOW + 'i=0; while [ "$i" -lt 300000 ]; do i=$((i + 1)); done\necho "ready" >> trace\n'
STUBBORN = "trap '' TERM INT\n" + 'echo "start $FATMASTER_STEP_TITLE $FATMASTER_ATTEMPT" >> trace\nwhile :; do sleep 60; done\n'
TICKS = os.sysconf("SC_CLK_TCK")


class OnATerminal(Scene):
    def start_on_a_terminal(self):
        """`run` as the leader of a session whose terminal is ours; what it shows is read away."""
        self.master, slave = os.openpty()
        os.set_inheritable(slave, True)

        def own_terminal():
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        self.station.process = subprocess.Popen(
            [station.PROGRAM, "run", station.SCHEDULE],
            cwd=self.station.folder,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            preexec_fn=own_terminal,
            env={**os.environ, "TERM": "xterm"},
        )
        os.close(slave)
        self.shown = bytearray()
        self.reader = threading.Thread(target=self.read_away, args=(os.dup(self.master),), daemon=True)
        self.reader.start()

    def read_away(self, terminal):
        try:
            while True:
                block = os.read(terminal, 65536)
                if not block:
                    break
                self.shown += block
        except OSError:
            pass
        os.close(terminal)

    def test_the_run_goes_on_when_its_terminal_is_closed(self):
        self.open_station("[one]\ncommand = sh busy.sh\n[two]\ncommand = sh note.sh\n", busy=BUSY)
        os.mkfifo(self.station.folder / "gate")
        helper = subprocess.Popen(  # the terminal's other side, which dies as a window does
            [sys.executable, "-B", __file__, "--terminal", str(self.station.folder), station.PROGRAM], stdout=subprocess.PIPE, text=True
        )
        self.addCleanup(helper.wait)
        self.addCleanup(helper.stdout.close)
        pid = int(helper.stdout.readline())
        self.station.wait_for_line("start one 1")
        engine = station.wait_until(lambda: next(iter(self.station.engines()), None), what="an engine")

        helper.kill()
        helper.wait()
        before = self.processor_time(engine)
        with open(self.station.folder / "gate", "w", encoding="utf-8") as gate:
            gate.write("go\n")
        self.station.wait_for_line("ready")
        used = self.processor_time(engine) - before
        station.wait_until(lambda: not station.is_alive(pid), what="the end of the run")

        self.assertEqual(self.station.events("run_ended")[-1].body["status"], "completed")
        self.assertEqual(self.station.lines(), ["start one 1", "end one 1", "ready", "start two 1"])
        self.assertLess(used, 0.3, "the engine spins on a terminal that is gone")

    def ten_times_in_a_second(self, press):
        """As fast as a person can; the kernel makes one signal of several that nobody has taken yet."""
        for _ in range(10):
            press()
            try:
                self.station.process.wait(timeout=0.1)
            except subprocess.TimeoutExpired:
                pass

    def processor_time(self, pid):
        words = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(words[11]) + int(words[12])) / TICKS

    def test_ten_presses_of_ctrl_c_end_the_run_once_and_leave_the_bench_safe(self):
        self.open_station("[one]\ncommand = sh stubborn.sh\n[two]\ncommand = sh note.sh\n" + SAFE, stubborn=STUBBORN)
        self.start_on_a_terminal()
        self.addCleanup(os.close, self.master)
        self.station.wait_for_line("start one 1")

        self.ten_times_in_a_second(lambda: os.write(self.master, b"\x03"))

        self.finish(5)
        self.assertEqual(self.station.lines(), ["start one 1", "start laser off 1"])
        self.assertEqual([event.body["status"] for event in self.station.events("run_ended")], ["aborted"])
        self.assertEqual(len(self.station.events("safe_state_ended")), 1)
        self.assertEqual([event.key[0] for event in self.station.events("attempt_ended")], ["one", "laser off"])

    def test_ten_signals_in_a_second_to_a_run_without_terminal_end_it_once(self):
        self.open_station("[one]\ncommand = sh stubborn.sh\n[two]\ncommand = sh note.sh\n" + SAFE, stubborn=STUBBORN)
        self.station.run()
        self.station.wait_for_line("start one 1")
        engine = self.station.engine()

        self.ten_times_in_a_second(lambda: station.send(engine, station.signal.SIGINT))

        self.finish(5)
        self.assertEqual(self.station.lines(), ["start one 1", "start laser off 1"])
        self.assertEqual(len(self.station.events("run_ended")), 1)
        self.assertEqual(self.station.processes(), [])


def be_a_terminal(folder, program):
    """Starts a run on a terminal of ours, says its process id, and reads what it shows until we are killed."""
    master, slave = os.openpty()
    pid = os.fork()
    if pid == 0:
        os.setsid()
        fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
        for number in range(3):
            os.dup2(slave, number)
        os.closerange(3, 64)
        os.chdir(folder)
        os.execve(program, [program, "run", station.SCHEDULE], {**os.environ, "TERM": "xterm"})
    os.close(slave)
    print(pid, flush=True)
    while True:
        os.read(master, 65536)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--terminal"]:
        be_a_terminal(sys.argv[2], sys.argv[3])
    unittest.main()
