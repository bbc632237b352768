# call.json of an attempt -> the Python function it names, called the way the original FAT script calls it.
"""Starts one Python step:  python3 fatmaster_call.py ATTEMPT_DIR/call.json

    {"package": "degg_measurements.daq_scripts.measure_gain_online", "task": "measure_gain", "run_file": "runs/run/run_00012.json",
     "arguments": [{"name": "comment", "value": "room temp"}, {"name": "n_jobs", "value": "4"}]}

Calls task(run_file, ...). "true" and "false" become booleans, every other value stays text. Values go to the parameters they
name when each of them names one (case ignored), else by position as the original does.

Exit status: 0 the function returned (what it returned is discarded) · 1 it raised · 2 it could not be called · its own when it
called sys.exit() (77 skipped, 75 try again later) · the signal that ended it. Needs Python 3.8 and nothing else.
"""

import builtins
import difflib
import getpass
import importlib
import inspect
import json
import os
import re
import signal
import sys
import traceback

# Nothing is written beside an installed program, nor as this user into somebody's checkout.
sys.dont_write_bytecode = True
import fatmaster_report as report  # noqa: E402

RAISED = 1
NOT_CALLABLE = 2
MAX_CALL_BYTES = 64 << 20


class CallError(Exception):
    """The function cannot be called: what is wrong and what to do."""


class Ended(BaseException):
    """TERM asks the step to end. No Exception, so that `except Exception` does not swallow it; `finally` blocks run."""


# --- call.json ---------------------------------------------------------------------------------------------------------------


def read_call(path):
    """(package, task, run_file, [(name, value), ...]) of the file. CallError when it is not of that form."""
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read(MAX_CALL_BYTES + 1)
        if len(text) > MAX_CALL_BYTES:
            raise CallError("%s is larger than %d bytes" % (path, MAX_CALL_BYTES))
        call = json.loads(text)
        words = [call[key] for key in ("package", "task", "run_file")]
        arguments = [(argument["name"], argument["value"]) for argument in call["arguments"]]
    except (OSError, ValueError, RecursionError) as error:
        raise CallError("%s cannot be read: %s" % (path, error)) from error
    except (KeyError, TypeError) as error:
        raise CallError("%s is no description of a call: %r" % (path, error)) from error
    if not all(isinstance(word, str) for word in words + [word for pair in arguments for word in pair]):
        raise CallError("%s is no description of a call: every value must be text" % path)
    return (*words, arguments)


def typed(value):
    """The original's typing: true and false are booleans, everything else stays text."""
    return {"true": True, "false": False}.get(value.lower(), value)


# --- the function ------------------------------------------------------------------------------------------------------------


def suggestion(word, known):
    """"; did you mean 'x'?" or nothing."""
    close = difflib.get_close_matches(word, list(known), n=1)
    return "; did you mean '%s'?" % close[0] if close else ""


def find_function(package, task):
    """Imports `package`. CallError when the package or the function does not exist; what the import itself raises passes."""
    if not all(part.isidentifier() for part in package.split(".")):
        raise CallError("'%s' is no name of a Python module" % package)
    try:
        module = importlib.import_module(package)
    except ModuleNotFoundError as error:
        if error.name is None or not (package == error.name or package.startswith(error.name + ".")):
            raise
        raise CallError(
            "no module '%s' for %s (Python %d.%d); say in [constants] 'python' which interpreter and in 'python_path' which "
            "folder has it. Looked in: %s" % (error.name, sys.executable, *sys.version_info[:2], ", ".join(sys.path))
        ) from error
    sys.argv = [getattr(module, "__file__", None) or package]
    function = getattr(module, task, None)
    if callable(function):
        return function
    known = [name for name, value in vars(module).items() if callable(value) and not name.startswith("_")]
    if function is not None:
        raise CallError("'%s' in %s is no function%s" % (task, package, suggestion(task, known)))
    raise CallError("%s has no function '%s'%s" % (package, task, suggestion(task, known)))


def parameters_of(function):
    """Parameters behind the run file that a value can be given to, in order; None when the function does not tell."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return None
    nameable = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    first_is_fixed = bool(parameters) and parameters[0].kind in nameable[:2]
    return [parameter for parameter in parameters[1 if first_is_fixed else 0:] if parameter.kind in nameable]


def parameter_called(name, parameters):
    """The parameter an option's name means: exactly so, else with case ignored when only one does. None: none."""
    for parameter in parameters:
        if parameter.name == name:
            return parameter
    same = [parameter for parameter in parameters if parameter.name.lower() == name.lower()]
    return same[0] if len(same) == 1 else None


# --- values to parameters ----------------------------------------------------------------------------------------------------


def misplaced(arguments, parameters):
    """[(option, parameter its value would land in)] for options that name a parameter at another place."""
    by_position = [parameter for parameter in parameters if parameter.kind != inspect.Parameter.KEYWORD_ONLY]
    wrong = []
    for place, (name, _) in enumerate(arguments):
        meant = parameter_called(name, parameters)
        lands_in = by_position[place] if place < len(by_position) else None
        if meant is not None and meant is not lands_in:
            wrong.append((name, lands_in.name if lands_in else "no parameter"))
    return wrong


def misplaced_text(function_text, arguments, parameters, wrong):
    """What is wrong, and the mend."""
    names = [parameter.name for parameter in parameters]
    nameless = [name for name, _ in arguments if parameter_called(name, parameters) is None]
    landing = ", ".join("'%s' would land in '%s'" % pair for pair in wrong)
    mend = ", ".join("'%s' names no parameter%s" % (name, suggestion(name, names)) for name in nameless)
    return (
        "values would reach other parameters than they name: %s. Mend: give every option the name of a parameter of %s; %s. "
        "Or accept it with --as-original, as the original does." % (landing, function_text, mend)
    )


def bind(function, task, run_file, arguments):
    """(positional, by name) values for the call. CallError when they do not fit the function."""
    values = [typed(value) for _, value in arguments]
    parameters = parameters_of(function)
    if parameters is None:
        return [run_file, *values], {}
    meant = [parameter_called(name, parameters) for name, _ in arguments]
    by_position, by_name = [run_file, *values], {}
    if all(meant) and len({parameter.name for parameter in meant}) == len(meant):
        by_position, by_name = named_call(run_file, parameters, dict(zip([parameter.name for parameter in meant], values)))
    else:
        wrong = misplaced(arguments, parameters)
        text = misplaced_text(task + str(inspect.signature(function)), arguments, parameters, wrong)
        if wrong and os.environ.get("FATMASTER_AS_ORIGINAL") != "1":
            raise CallError(text)
        if wrong:
            report.message("accepted as the original does: " + text, "warning")
    try:
        inspect.signature(function).bind(*by_position, **by_name)
    except TypeError as error:
        given = ", ".join(name for name, _ in arguments) or "nothing"
        raise CallError("%s%s: %s; given after the run file: %s" % (task, inspect.signature(function), error, given)) from error
    return by_position, by_name


def named_call(run_file, parameters, values):
    """Values by name; those that Python takes by position only stand in front of the others."""
    by_position = [run_file]
    for parameter in parameters:
        if parameter.kind != inspect.Parameter.POSITIONAL_ONLY or parameter.name not in values:
            break
        by_position.append(values.pop(parameter.name))
    return by_position, values


# --- what the function finds around it ---------------------------------------------------------------------------------------

YES_OR_NO = re.compile(r"[\[(]\s*(y|yes)\s*[/|,]\s*(n|no)\s*[\])]", re.IGNORECASE)


def question_of(text):
    """input()'s text -> (text, kind, choices) of a prompt."""
    match = YES_OR_NO.search(text)
    if match is None:
        return text.strip() or "the step asks for a line of input", "text", ()
    words = match.groups()
    if not all(word.isupper() for word in words):  # "[Y/n]": the capital only marks a default
        words = tuple(word.lower() for word in words)
    return text.strip(), "choice", words


def asking_input(prompt=""):
    """input() as a prompt to people; question and answer also stand in the step's output."""
    text, kind, choices = question_of(str(prompt))
    sys.stdout.write(str(prompt))
    sys.stdout.flush()
    answer = report.prompt(text, kind, choices)
    sys.stdout.write(answer + "\n")
    sys.stdout.flush()
    return answer


def refused_getpass(prompt="Password: ", stream=None):
    """Nobody sits at an unattended step, and a password must not pass through journal and log."""
    del stream
    raise RuntimeError(
        "%r asks for a password: a step of fatmaster cannot. Give it through a key file, or through a file or an environment "
        "variable that station.ini names." % str(prompt)
    )


def prepare():
    """Replaces what needs a terminal, and lets TERM run `finally` blocks before it ends the process."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True, errors="backslashreplace")
    if report.connected():
        builtins.input = asking_input
    getpass.getpass = refused_getpass
    owner = os.getpid()

    def end(number, _frame):
        signal.signal(number, signal.SIG_DFL)  # the second one ends at once
        if os.getpid() != owner:  # a worker process forked by the function
            os.kill(os.getpid(), number)
        raise Ended

    signal.signal(signal.SIGTERM, end)
    # The caller's packages come before ours.
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [folder for folder in sys.path if os.path.abspath(folder) != here] + [here]


# --- the call ----------------------------------------------------------------------------------------------------------------


def status_of(code):
    """What sys.exit(code) means: never 0 unless it says so."""
    if code is None:
        return 0
    if isinstance(code, int):
        return code if 0 <= code <= 255 else RAISED
    print(code, file=sys.stderr)
    report.message("the step gave up: %s" % code, "critical")
    return RAISED


def call(path):
    """Exit status of the call that the file describes. Ended and KeyboardInterrupt pass."""
    try:
        package, task, run_file, arguments = read_call(path)
        sys.argv = [package]
        function = find_function(package, task)
        by_position, by_name = bind(function, task, run_file, arguments)
        function(*by_position, **by_name)
    except CallError as error:
        print("error: %s" % error, file=sys.stderr)
        report.message(str(error), "critical")
        return NOT_CALLABLE
    except SystemExit as error:
        return status_of(error.code)
    except Exception as error:  # noqa: whatever the function raises is told, and errored
        tell_exception(error)
        return RAISED
    return 0


def tell_exception(error):
    """Traceback without our own frames for the log, one line for people."""
    frame = error.__traceback__
    while frame is not None and frame.tb_frame.f_code.co_filename == __file__:
        frame = frame.tb_next
    traceback.print_exception(type(error), error, frame)
    line = traceback.format_exception_only(type(error), error)[-1].strip()
    report.message(line, "critical")


def main():
    if len(sys.argv) != 2:
        print("usage: fatmaster_call.py CALL_JSON", file=sys.stderr)
        return NOT_CALLABLE
    path = os.path.abspath(sys.argv[1])
    prepare()
    try:
        status = call(path)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)  # threads that go on have nobody to unwind them
        sys.stdout.flush()
        return status
    except Ended:
        end_by(signal.SIGTERM)
    except KeyboardInterrupt:
        end_by(signal.SIGINT)
    return RAISED


def end_by(number):
    """Ends this process by the signal, so that whoever waits sees which one it was."""
    print("ended by %s" % signal.Signals(number).name, file=sys.stderr)
    sys.stdout.flush()
    sys.stderr.flush()
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


if __name__ == "__main__":
    sys.exit(main())
