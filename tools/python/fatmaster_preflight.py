# The calls of a schedule -> what would go wrong with them; nothing is called.
"""Checks Python steps before hour 0:  python3 fatmaster_preflight.py < REQUEST

    {"patience_s": 60, "folders": ["/lab/python"], "calls": [{"package": "degg_measurements.daq_scripts.measure_gain_online", "task": "measure_gain",
                                  "options": ["comment", "n_jobs"]}]}

Imports each package once, the packages of one root (what stands before the first dot) in one process of their own, and compares
the options with the function's parameters as fatmaster_call.py will. Answers with JSON lines:

    {"call": 0, "option": 1, "also": 79, "level": "error", "text": "..."}     calls 0 and 79 more; option null: the whole section
    {"package": "...", "files": ["..."]}                                      what it is made of, with its own modules that it imports
    {"packages": 3, "functions": 25, "calls": 1114}                           the last line

An import that hangs, exits, crashes, prints or asks is a finding like any other. Needs Python 3.8 and nothing else.
"""

import ast
import importlib
import inspect
import io
import json
import os
import resource
import select
import signal
import sys
import time
import traceback

sys.dont_write_bytecode = True
import fatmaster_call  # noqa: E402

MOST_PRINTED = 64 << 20  # bytes that an import may print; more is lost
SHOWN_PRINTED = 300
MOST_FILES = 500  # of one package


# --- one function ------------------------------------------------------------------------------------------------------------


def place_of(function):
    """"FILE:LINE" of its definition, or what is known of it."""
    try:
        code = inspect.unwrap(function).__code__
    except AttributeError:
        return getattr(function, "__module__", None) or "built in"
    return "%s:%d" % (code.co_filename, code.co_firstlineno)


def described(task, function):
    """"measure_gain(run_file, comment) at FILE:LINE"."""
    try:
        signature = str(inspect.signature(function))
    except (TypeError, ValueError):
        signature = "(...)"
    return "%s%s at %s" % (task, signature, place_of(function))


def unnamed(task, function, options):
    """Warnings about options that reach a parameter by their place only: [(option's index, text)]."""
    parameters = fatmaster_call.parameters_of(function)
    if parameters is None or all(fatmaster_call.parameter_called(name, parameters) for name in options):
        return []
    by_position = [parameter for parameter in parameters if parameter.kind != inspect.Parameter.KEYWORD_ONLY]
    names = [parameter.name for parameter in parameters]
    found = []
    for index, (name, lands_in) in enumerate(zip(options, by_position)):
        if fatmaster_call.parameter_called(name, parameters) is None:
            default = "" if lands_in.default is inspect.Parameter.empty else ", in place of its default %r" % (lands_in.default,)
            text = "'%s' names no parameter of %s; by its place it goes to '%s'%s%s" % (
                name, described(task, function), lands_in.name, default, fatmaster_call.suggestion(name, names))
            found.append((index, text))
    return found


def check_call(task, function, options):
    """[(option's index or None, level, text)] for one way of calling the function."""
    arguments = [(name, "") for name in options]
    parameters = fatmaster_call.parameters_of(function)
    accepted = os.environ.get("FATMASTER_AS_ORIGINAL") == "1"
    try:
        fatmaster_call.bind(function, task, "", arguments)
    except fatmaster_call.CallError as error:
        return [(None, "error", "%s (%s)" % (error, place_of(function)))]
    meant = [fatmaster_call.parameter_called(name, parameters or []) for name in options]
    wrong = fatmaster_call.misplaced(arguments, parameters) if parameters is not None and not all(meant) else []
    if wrong and accepted:
        landing = ", ".join("'%s' lands in '%s'" % pair for pair in wrong)
        return [(None, "warning", "accepted as the original does: %s of %s" % (landing, described(task, function)))]
    return [(index, "warning", text) for index, text in unnamed(task, function, options)]


# --- the files of one package ------------------------------------------------------------------------------------------------


def imported_by(name, file):
    """Names of modules that the source of module `name` imports anywhere, with the packages they stand in."""
    try:
        with open(file, "rb") as source:
            tree = ast.parse(source.read())
    except (OSError, SyntaxError, ValueError, RecursionError):
        return []
    is_package = os.path.basename(file).startswith("__init__.")
    names = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = name.split(".")[: len(name.split(".")) - node.level + is_package] if node.level else []
            base = ".".join(above + ([node.module] if node.module else []))
            names += [base] + ["%s.%s" % (base, alias.name) for alias in node.names]
    return names


def files_of(package, folders):
    """The package's file and those of the modules it imports that are of its root or lie below one of `folders`."""
    root, files, seen, ahead = package.split(".")[0], [], set(), [package]
    while ahead and len(files) < MOST_FILES:
        parts = ahead.pop().split(".")
        for name in (".".join(parts[:count]) for count in range(1, len(parts) + 1)):
            file = getattr(sys.modules.get(name), "__file__", None)
            if name in seen or not isinstance(file, str):
                continue
            seen.add(name)
            file = os.path.abspath(file)
            if parts[0] == root or any(file.startswith(folder.rstrip("/") + "/") for folder in folders):
                files.append(file)
                ahead += imported_by(name, file)
    return sorted(set(files))


# --- the packages of one root, in a process of their own ---------------------------------------------------------------------


def last_place(error):
    """" at FILE:LINE" of the innermost frame that is the package's own, or nothing."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__)
              if not frame.filename.startswith("<frozen") and frame.filename not in (importlib.__file__, fatmaster_call.__file__, __file__)]
    return " at %s:%d" % (frames[-1].filename, frames[-1].lineno) if frames else ""


def import_trouble(package, error):
    """What an import that failed is told as."""
    if isinstance(error, SystemExit):
        return "importing %s ends the program (sys.exit(%r)%s); a module that is imported must not" % (package, error.code, last_place(error))
    line = traceback.format_exception_only(type(error), error)[-1].strip()
    return "importing %s fails: %s%s" % (package, line, last_place(error))


def check_package(package, calls, folders, say):
    """Findings for the calls [(index, task, options, also)] into one package, then its files."""
    for index, task, options, also in calls:
        try:
            function = fatmaster_call.find_function(package, task)
        except fatmaster_call.CallError as error:
            say(call=index, option=None, also=also, level="error", text=str(error))
            continue
        except (Exception, SystemExit) as error:  # noqa: whatever the package raises is told
            say(call=index, option=None, also=sum(call[3] + 1 for call in calls) - 1, level="error", text=import_trouble(package, error))
            return
        for option, level, text in check_call(task, function, options):
            say(call=index, option=option, also=also, level=level, text=text)
    if package in sys.modules:
        say(package=package, files=files_of(package, folders))


def work(packages, folders, answers, printed):
    """The child: away from the terminal, its output kept aside."""
    os.setpgid(0, 0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(printed, 1)
    os.dup2(printed, 2)
    sys.stdin = io.StringIO()
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_PRINTED, MOST_PRINTED))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    def say(**finding):
        os.write(answers, json.dumps(finding).encode("ascii") + b"\n")

    for package, calls in packages:
        say(importing=package)
        check_package(package, calls, folders, say)
    say(over=True)


def lines_of(descriptor, patience):
    """Lines as they come, each within `patience` seconds of the one before; None when that is over."""
    rest = b""
    ready = select.poll()
    ready.register(descriptor, select.POLLIN)
    deadline = time.monotonic() + patience
    while True:
        if not ready.poll(max(0.0, deadline - time.monotonic()) * 1000):
            yield None
            return
        block = os.read(descriptor, 65536)
        if not block:
            return
        *lines, rest = (rest + block).split(b"\n")
        for line in lines:
            try:
                said = json.loads(line)
            except (ValueError, RecursionError):
                continue  # an import found our descriptor and wrote to it
            if isinstance(said, dict):
                yield said
        if lines:
            deadline = time.monotonic() + patience


def ended_as(status):
    """"exit status 3" or "SIGSEGV"."""
    if os.WIFSIGNALED(status):
        return signal.Signals(os.WTERMSIG(status)).name
    return "exit status %d" % os.WEXITSTATUS(status)


def printed_text(descriptor):
    """"; it printed '...'": the last of what an import printed, or nothing."""
    size = os.fstat(descriptor).st_size
    text = os.pread(descriptor, SHOWN_PRINTED, max(0, size - SHOWN_PRINTED)).decode("utf-8", "replace").strip()
    return "; it printed: %s" % text if text else ""


def end_child(child):
    """Its wait status; what an import has started ends with it."""
    for kill in (os.killpg, os.kill):  # it may die before it has a group
        try:
            kill(child, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
    return os.waitpid(child, 0)[1]


def examine(packages, folders, patience, tell):
    """One child for `packages` [(package, calls)]. Returns those it did not come to."""
    answers, end = os.pipe()
    printed = os.memfd_create("fatmaster_preflight")
    child = os.fork()
    if child == 0:
        os.close(answers)
        try:
            work(packages, folders, end, printed)
        finally:
            os._exit(0)
    os.close(end)
    names = [package for package, _ in packages]
    place, over, late = 0, False, False
    try:
        for line in lines_of(answers, patience):
            if line is None:
                late = True
            elif line.get("importing") in names:
                place = names.index(line["importing"])
            elif "over" in line:
                over = True
                break  # what an import has forked may hold the pipe for ever
            elif "call" in line or "files" in line:
                tell(line)
    finally:  # also when nobody listens any more
        status = end_child(child)
    os.close(answers)
    if not over:
        what = "does not end within %g s" % patience if late else "ends the interpreter (%s)" % ended_as(status)
        first = packages[place][1][0]
        tell({"call": first[0], "option": None, "also": sum(call[3] + 1 for call in packages[place][1]) - 1, "level": "error",
              "text": "importing %s %s%s" % (names[place], what, printed_text(printed))})
    os.close(printed)
    return [] if over else packages[place + 1:]


# --- the whole request -------------------------------------------------------------------------------------------------------


def grouped(calls):
    """{root: [(package, [(index, task, options, how many more call it so)])]} in the order of the schedule."""
    ways = {}
    for index, call in enumerate(calls):
        way = (call["package"], call["task"], tuple(call["options"]))
        ways.setdefault(way, []).append(index)
    roots = {}
    for (package, task, options), indices in ways.items():
        packages = roots.setdefault(package.split(".")[0], {})
        packages.setdefault(package, []).append((indices[0], task, list(options), len(indices) - 1))
    return {root: list(packages.items()) for root, packages in roots.items()}


def main():
    try:
        request = json.load(sys.stdin)
        patience, roots = float(request["patience_s"]), grouped(request["calls"])
        folders = [str(folder) for folder in request.get("folders", [])]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        print("fatmaster_preflight: this is no request: %r" % error, file=sys.stderr)
        return 2

    def tell(line):
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()

    # The caller's packages come before ours.
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [folder for folder in sys.path if os.path.abspath(folder) != here] + [here]
    for packages in roots.values():
        while packages:
            packages = examine(packages, folders, patience, tell)
    calls = request["calls"]
    functions = {(call["package"], call["task"]) for call in calls}
    tell({"packages": len({call["package"] for call in calls}), "functions": len(functions), "calls": len(calls)})
    return 0


if __name__ == "__main__":
    sys.exit(main())
