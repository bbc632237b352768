# Run JSON -> currents of every module of the stand, as measurements; and all modules off.
"""Called by the sections of schedules/first.ini and station.ini that say `package = stand`."""

import json
import statistics

import fatmaster_report as report
import stand_link


def measure_current(run_file, repeats="10"):
    modules = modules_of(run_file)
    for number, (serial, host, port) in enumerate(modules):
        report.progress(number / len(modules), serial)
        try:
            currents = [float(stand_link.ask(host, port, "current")) for _ in range(int(repeats))]
        except (OSError, ValueError) as error:
            report.module_state(serial, "unresponsive", str(error))  # into quarantine: the run goes on with the others
            continue
        report.measurement("current", statistics.mean(currents), "mA", module=serial)
        report.measurement("current_spread", max(currents) - min(currents), "mA", module=serial)
    report.progress(1, "%d modules" % len(modules))


def all_off(run_file):
    """Goes on after a failure and fails in the end, so that nobody believes that all is off."""
    failed = []
    for serial, host, port in modules_of(run_file):
        try:
            stand_link.ask(host, port, "off")
        except (OSError, ValueError) as error:
            failed.append("%s: %s" % (serial, error))
    if failed:
        raise RuntimeError("not off: " + "; ".join(failed))


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
