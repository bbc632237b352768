# Run JSON and words of iceboot -> a measurement of every module, or the words said to all of them.
"""Called by the sections of schedules/first.ini and station.ini that say `package = dom`."""

import json

import fatmaster_report as report
from iceboot_words import Iceboot


def measure_word(run_file, word, name, unit):
    """The first thing that `word` prints is the value."""
    modules = modules_of(run_file)
    for number, (serial, host, port) in enumerate(modules):
        report.progress(number / len(modules), serial)
        try:
            with Iceboot(host, port) as module:
                value = float(module.ask(word).split()[0])
        except (OSError, ValueError, IndexError) as error:
            report.module_state(serial, "unresponsive", str(error))  # into quarantine: the run goes on with the others
            continue
        report.measurement(name, value, unit, module=serial)
    report.progress(1, "%d modules" % len(modules))


def words_of_all(run_file, words):
    """Says each of the words (separated by commas) to every module; goes on after a failure and fails in the end."""
    failed = []
    for serial, host, port in modules_of(run_file):
        try:
            with Iceboot(host, port) as module:
                for word in words.split(","):
                    module.ask(word.strip())
        except (OSError, ValueError) as error:
            failed.append("%s: %s" % (serial, error))
    if failed:
        raise RuntimeError("; ".join(failed))


def modules_of(run_file):
    """[(serial, host, port)] of the modules that are still in the run."""
    with open(run_file, encoding="utf-8") as file:
        run = json.load(file)
    serials = report.modules()
    if serials is None:  # started by hand
        serials = [key for key, value in run.items() if isinstance(value, str) and value.endswith(".json")]
    found = []
    for serial in serials:
        with open(run[serial], encoding="utf-8") as file:
            module = json.load(file)
        found.append((serial, module.get("Host", "127.0.0.1"), module["Port"]))
    return found
