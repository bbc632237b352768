# A call and what people answer -> how the launcher ends, what it printed, what it reported. Used by the launcher's tests.
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import unittest

TOOLS = pathlib.Path(__file__).resolve().parents[2] / "tools"
LAUNCHER = TOOLS / "python" / "fatmaster_call.py"
BOUND = 30  # seconds; reached only when something hangs


class Ended:
    """How a step ended."""

    def __init__(self, status, output, errors, lines):
        self.status = status  # negative: the signal
        self.output = output
        self.errors = errors
        self.reports = [json.loads(line) for line in lines]

    def of_kind(self, kind):
        return [report for report in self.reports if kind in report]


class StepCase(unittest.TestCase):
    """Each test has a folder with a package `daq` of its own."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="fat_python_"))
        self.addCleanup(shutil.rmtree, self.folder)

    def call(self, source, task="measure", arguments=(), package="daq", **more):
        """Writes `source` as module `daq` and calls its function `task`."""
        (self.folder / "daq.py").write_text(source)
        description = {"package": package, "task": task, "run_file": "run/run_00001.json"}
        description["arguments"] = [{"name": name, "value": value} for name, value in arguments]
        (self.folder / "call.json").write_text(json.dumps(description))
        return self.start([str(LAUNCHER), "call.json"], **more)

    def start(self, command, answers=(), environment=None, act=None):
        """Runs Python with a report and an answer channel. `answers` are given one for each prompt, then the channel is closed;
        `act(process, line)` sees each report as it comes."""
        report_end, report_fd = os.pipe()
        answer_fd, answer_end = os.pipe()
        more = {"FATMASTER_REPORT_FD": str(report_fd), "FATMASTER_ANSWER_FD": str(answer_fd), "PYTHONPATH": str(self.folder)}
        environment = {"PYTHONDONTWRITEBYTECODE": "" if str(LAUNCHER) in command else "1", **(environment or {})}
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=self.folder,
            env={**os.environ, **more, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=(report_fd, answer_fd),
            text=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background job ignores it
        )
        os.close(report_fd)
        os.close(answer_fd)
        lines = []
        listener = threading.Thread(target=listen, args=(report_end, answer_end, list(answers), lines, process, act))
        listener.start()
        try:
            output, errors = process.communicate(timeout=BOUND)
        finally:
            process.kill()
            listener.join(BOUND)
        return Ended(process.returncode, output, errors, lines)


def listen(report_end, answer_end, answers, lines, process, act):
    """Reads reports to their end; answers prompts in order."""
    with os.fdopen(report_end, encoding="utf-8") as reports, os.fdopen(answer_end, "w", encoding="utf-8") as replies:
        for line in reports:
            lines.append(line)
            if act is not None:
                act(process, line)
            if "prompt" not in json.loads(line):
                continue
            if not answers:
                replies.close()
                continue
            replies.write(json.dumps({"prompt": len(lines), "value": answers.pop(0)}) + "\n")
            replies.flush()
