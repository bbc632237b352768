# What a measurement script wants to say -> JSON lines on the step's report channel; a person's answer comes back.
"""Reports of a step to fatmaster: progress, measurements with limits, messages, questions.

    import fatmaster_report as report

    report.progress(0.25, "PMT 7 of 32")
    report.measurement("dark_rate", 812.3, "Hz", module="DEgg2021-3-133", channel="upper", max=2600, warn_max=2000)
    if report.prompt("Is the laser on?") != "yes":
        ...

Without fatmaster (FATMASTER_REPORT_FD is not set) everything is printed instead and a prompt asks at the terminal, so that
a script runs alone unchanged. Every function may be called from any thread. Needs Python 3.8 and nothing else.
"""

import builtins
import fcntl
import json
import math
import os
import re
import stat
import threading

LEVELS = ("info", "warning", "critical")
VERDICTS = ("passed", "marginal", "inconclusive", "failed")
PROMPT_KINDS = ("ok", "choice", "number", "text")

_MAX_TEXT = 2000  # characters of one field; fatmaster cuts at 4 KiB
_MAX_ANSWER = 1 << 20
_terminal_input = builtins.input  # the launcher replaces input() by a prompt; here the terminal is meant


def _descriptor(variable, access):
    """The number in `variable` when it is an open pipe or socket for that access, else None.

    A process started by a step inherits the variable but not always the descriptor: its number may meanwhile be a data file.
    """
    text = os.environ.get(variable, "")
    if not re.fullmatch(r"[0-9]{1,6}", text):
        return None
    number = int(text)
    try:
        mode = os.fstat(number).st_mode
        flags = fcntl.fcntl(number, fcntl.F_GETFL) & os.O_ACCMODE
    except OSError:
        return None
    if not (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)) or flags not in (access, os.O_RDWR):
        return None
    return number


class _Channel:
    """The two descriptors of the step. When fatmaster went away, words are lost silently, results loudly (`must_arrive`)."""

    def __init__(self, report, answers):
        self._report = report  # guarded by _writing
        self._was_open = report is not None
        self._answers = answers
        self._writing = threading.RLock()
        self._asking = threading.RLock()
        self._buffer = b""  # guarded by _asking
        self._unread = 0  # answers to questions that were given up; guarded by _asking

    def connected(self):
        return self._report is not None

    def send(self, line, must_arrive=False):
        data = (json.dumps(line, ensure_ascii=True, allow_nan=False) + "\n").encode("ascii")
        with self._writing:
            while data and self._report is not None:
                try:
                    data = data[os.write(self._report, data):]
                except OSError:
                    self._report = None
            if self._report is None and self._was_open and must_arrive:
                raise ConnectionError("fatmaster does not listen any more: a result nobody hears is no result")

    def ask(self, line):
        with self._asking:
            self.send(line)
            if self._report is None or self._answers is None:
                raise EOFError("nobody can answer: the step has no channel to fatmaster")
            self._unread += 1
            while True:
                value = self._read_value()
                self._unread -= 1
                if self._unread == 0:
                    return value

    def _read_value(self):
        while b"\n" not in self._buffer:
            chunk = os.read(self._answers, 65536)
            if not chunk or len(self._buffer) > _MAX_ANSWER:
                raise EOFError("no answer: fatmaster closed the channel")
            self._buffer += chunk
        text, self._buffer = self._buffer.split(b"\n", 1)
        try:
            value = json.loads(text.decode("utf-8"))["value"]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise EOFError("the answer could not be read: %r" % text[:200]) from error
        if value is None:
            raise EOFError("the question was withdrawn")
        return value if isinstance(value, str) else json.dumps(value)


_channel = _Channel(
    _descriptor("FATMASTER_REPORT_FD", os.O_WRONLY),
    _descriptor("FATMASTER_ANSWER_FD", os.O_RDONLY),
)


def connected():
    """True when a fatmaster listens."""
    return _channel.connected()


def _say(line, printed, must_arrive=False):
    if _channel.connected() or must_arrive:
        _channel.send(line, must_arrive)
    if not _channel.connected() and printed:
        print(printed, flush=True)


def _text(value):
    text = str(value)
    text = text.encode("utf-8", "replace").decode("utf-8")
    return text if len(text) <= _MAX_TEXT else text[: _MAX_TEXT - 3] + "..."


def _number(value, what):
    """A finite float, or the word for what it is: fatmaster calls such a measurement inconclusive."""
    number = float(value)
    if math.isfinite(number):
        return number
    if what == "value":
        return "nan" if math.isnan(number) else ("inf" if number > 0 else "-inf")
    raise ValueError("%s must be a finite number, not %r" % (what, value))


def _one_of(value, allowed, what):
    if value not in allowed:
        raise ValueError("%s must be one of %s, not %r" % (what, ", ".join(allowed), value))
    return value


def progress(fraction, text=""):
    """How far the step is: 0 to 1, values outside are clamped. `text` says what it does."""
    number = float(fraction)
    number = 0.0 if math.isnan(number) else min(max(number, 0.0), 1.0)
    _say({"progress": number, "text": _text(text)}, "%3d %%  %s" % (round(100 * number), text))


def heartbeat():
    """Still alive: keeps `silence_timeout` from ending a step that has nothing to print."""
    _say({"heartbeat": True}, "")


def measurement(name, value, unit="", *, module="", channel="", **limits):
    """One value of one module. Limits (inclusive): min, max make it failed, warn_min, warn_max marginal. Without limits it is
    a record and no judgement. `channel` is "upper", "lower" or empty for the whole module."""
    for limit in limits:
        _one_of(limit, ("min", "max", "warn_min", "warn_max"), "a limit's name")
    body = {"module": _text(module), "channel": _text(channel), "name": _text(name), "value": _number(value, "value"), "unit": _text(unit)}
    body.update({limit: _number(bound, limit) for limit, bound in limits.items() if bound is not None})
    _say({"measurement": body}, " ".join(filter(None, [module, channel, "%s = %s" % (name, value), unit])), must_arrive=True)


def message(text, level="info"):
    """Words for people; `critical` wakes somebody up."""
    _say({"message": _text(text), "level": _one_of(level, LEVELS, "level")}, "%s: %s" % (level, text))


def artifact(path, mime=""):
    """A file the step made in its folder (see `step_folder`), to be kept with the attempt."""
    _say({"artifact": _text(path), "mime": _text(mime)}, "file: %s" % path)


def verdict(word, *, module, reason=""):
    """The step's own judgement about a module: passed, marginal, inconclusive or failed."""
    _say(
        {"verdict": _one_of(word, VERDICTS, "verdict"), "module": _text(module), "reason": _text(reason)},
        "%s: %s %s" % (module, word, reason),
        must_arrive=True,
    )


def module_state(module, state, reason=""):
    """A module stopped answering ("unresponsive") or answers again ("responsive")."""
    _say(
        {"module": _text(module), "state": _one_of(state, ("responsive", "unresponsive"), "state"), "reason": _text(reason)},
        "%s: %s %s" % (module, state, reason),
        must_arrive=True,
    )


def reading(name, value, unit=""):
    """A value of the bench, not of a module: a temperature, a pressure."""
    _say({"reading": _text(name), "value": _number(value, "value"), "unit": _text(unit)}, "%s = %s %s" % (name, value, unit))


def checkpoint(text):
    """A point the script could go on from; kept with the attempt."""
    _say({"checkpoint": _text(text)}, "checkpoint: %s" % text)


def prompt(text, kind="ok", choices=(), default=""):
    """Asks a person and waits; the answer is text: "yes" or "no" for kind "ok". EOFError when nobody can answer."""
    question = {"text": _text(text), "kind": _one_of(kind, PROMPT_KINDS, "kind")}
    if kind == "choice":
        question["choices"] = [_text(choice) for choice in choices]
        if not question["choices"]:
            raise ValueError("a question of kind choice needs choices")
    if default:
        question["default"] = _text(default)
    if _channel.connected():
        return _channel.ask({"prompt": question})
    hint = {"ok": " [yes/no]", "choice": " [%s]" % "/".join(map(str, choices)), "number": " [number]", "text": ""}[kind]
    return _terminal_input("%s%s " % (text, hint)) or default


def modules():
    """Serial numbers of the modules still in the run, or None when fatmaster says nothing about them: then all are."""
    try:
        names = json.loads(os.environ.get("FATMASTER_MODULES", ""))
    except ValueError:
        return None
    return [str(name) for name in names] if isinstance(names, list) else None


def step_folder():
    """The folder of this attempt, for files of the step; the current folder without fatmaster."""
    return os.environ.get("FATMASTER_STEP_DIR") or os.getcwd()
