"""Steps of the campaigns, called as the original calls its own: task(run_file, value, ...)."""
import json
import os
import sys


def report(**line):
    os.write(int(os.environ["FATMASTER_REPORT_FD"]), json.dumps(line).encode() + b"\n")


def greet(run_file, comment, n_jobs="1", verbose=False):
    """Says what it was called with."""
    with open(run_file, encoding="utf-8") as file:
        keys = len(json.load(file))
    report(message=f"greet({os.path.basename(run_file)}, {comment!r}, {n_jobs!r}, {verbose!r}) sees {keys} keys", level="info")


def write_record(run_file, value):
    """Writes into the run JSON as the original's tasks do: all of it, anew."""
    with open(run_file, encoding="utf-8") as file:
        run = json.load(file)
    run["comment"] = value
    with open(run_file, "w", encoding="utf-8") as file:
        json.dump(run, file, indent=4)


def ask(run_file):
    """The original's way to ask: input() at the terminal."""
    answer = input("Which filter wheel? ")
    report(message=f"the answer was {answer!r}", level="info")


def ask_secret(run_file):
    import getpass

    getpass.getpass("Password: ")


def dark_rate(run_file, low, high):
    """Two channels of every module; limits as a goalpost of the original."""
    for module in json.loads(os.environ["FATMASTER_MODULES"]):
        serial = module if isinstance(module, str) else module["serial"]
        for channel, value in (("lower", low), ("upper", high)):
            report(measurement={"module": serial, "channel": channel, "name": "dark_rate", "value": float(value), "unit": "Hz", "max": 2600, "warn_max": 2000})


def hostile(run_file):
    """A report channel full of what no line should be."""
    fd = int(os.environ["FATMASTER_REPORT_FD"])
    lines = [
        b"no json at all",
        b"\x00\xff\xfe",
        b'{"progress": "half"}',
        b'{"progress": 1e999}',
        b'{"message": 7}',
        b'{"unheard of": true}',
        b"[" * 100_000,
        b'{"message": "' + b"x" * (2 << 20) + b'"}',
        b'{"message": "\\u001b[2J\\u001b]0;title\\u0007red \\u009b31m\\u202e", "level": "warning"}',
        b'{"measurement": {"module": "\\u001b[2J", "name": "n", "value": 1, "max": 0}}',
        b'{"prompt": {"text": 5}}',
    ]
    for line in lines:
        write_all(fd, line + b"\n")
    sys.stdout.write("\x1b[2J\x1b]0;title\x07 on the screen\n")
    report(message="after the hostile lines", level="info")


def write_all(fd, data):
    while data:
        data = data[os.write(fd, data) :]


def fall_silent(run_file, serial):
    """One module does not answer in the first run."""
    if os.environ["FATMASTER_RUN_NUMBER"] != "1":
        return
    report(module=serial, state="unresponsive", reason="no prompt within 2 s")


def open_all(run_file):
    """As the original's tasks: opens every module the run JSON names, and writes what it found."""
    with open(run_file, encoding="utf-8") as file:
        run = json.load(file)
    serials = [key for key, path in run.items() if isinstance(path, str) and path.endswith(".json")]
    for serial in serials:
        with open(run[serial], encoding="utf-8") as file:
            json.load(file)
    report(message="open_all sees " + " ".join(serials), level="info")
    run["opened"] = " ".join(serials)
    with open(run_file, "w", encoding="utf-8") as file:
        json.dump(run, file, indent=4)
