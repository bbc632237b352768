# The launcher of Python steps: binding, exit status, input(), signals.
import signal
import unittest

import step

SHOW = "def measure(run_file, comment, n_jobs='4', ignoreWarn=False):\n    print(repr((run_file, comment, n_jobs, ignoreWarn)))\n"


class Binding(step.StepCase):
    def test_values_go_to_the_parameters_they_name_whatever_their_order_and_case(self):
        ended = self.call(SHOW, arguments=[("ignorewarn", "True"), ("comment", "room temp")])
        self.assertEqual(ended.output, "('run/run_00001.json', 'room temp', '4', True)\n")
        self.assertEqual(ended.status, 0)

    def test_values_go_by_position_when_a_name_is_unknown(self):
        ended = self.call(SHOW, arguments=[("text", "room temp"), ("jobs", "8")])
        self.assertEqual(ended.output, "('run/run_00001.json', 'room temp', '8', False)\n")

    def test_only_true_and_false_are_booleans(self):
        ended = self.call(SHOW, arguments=[("comment", "FALSE"), ("n_jobs", "1"), ("ignorewarn", "yes")])
        self.assertEqual(ended.output, "('run/run_00001.json', False, '1', 'yes')\n")

    def test_a_value_that_would_land_under_another_name_is_refused_with_the_mend(self):
        ended = self.call(SHOW, arguments=[("coment", "x"), ("ignorewarn", "True")])
        self.assertEqual(ended.status, 2)
        self.assertIn("'ignorewarn' would land in 'n_jobs'", ended.errors)
        self.assertIn("'coment' names no parameter; did you mean 'comment'?", ended.errors)
        self.assertEqual(ended.of_kind("message")[0]["level"], "critical")

    def test_a_misplaced_value_is_accepted_as_the_original_does_when_asked(self):
        environment = {"FATMASTER_AS_ORIGINAL": "1"}
        ended = self.call(SHOW, arguments=[("coment", "x"), ("ignorewarn", "True")], environment=environment)
        self.assertEqual(ended.output, "('run/run_00001.json', 'x', True, False)\n")
        self.assertEqual(ended.of_kind("message")[0]["level"], "warning")

    def test_a_missing_value_is_refused_before_the_function_starts(self):
        ended = self.call(SHOW, arguments=[("n_jobs", "4")])
        self.assertEqual(ended.status, 2)
        self.assertIn("missing a required argument: 'comment'", ended.errors)

    def test_too_many_values_are_refused(self):
        ended = self.call(SHOW, arguments=[(name, "1") for name in "abcd"])
        self.assertEqual(ended.status, 2)
        self.assertIn("too many positional arguments", ended.errors)

    def test_positional_only_and_keyword_only_parameters_take_named_values(self):
        source = "def measure(run_file, a, /, b, *, c):\n    print(a, b, c)\n"
        ended = self.call(source, arguments=[("c", "3"), ("a", "1"), ("b", "2")])
        self.assertEqual((ended.output, ended.status), ("1 2 3\n", 0))

    def test_two_parameters_that_differ_in_case_only_are_not_guessed(self):
        source = "def measure(run_file, n=0, N=0):\n    print(n, N)\n"
        ended = self.call(source, arguments=[("N", "1")])
        self.assertEqual(ended.output, "0 1\n")

    def test_a_value_of_64_kib_passes_unchanged(self):
        source = "def measure(run_file, text):\n    print(len(text))\n"
        ended = self.call(source, arguments=[("text", "x" * 65536)])
        self.assertEqual(ended.output, "65536\n")

    def test_an_unknown_function_gets_a_suggestion(self):
        ended = self.call(SHOW, task="mesure")
        self.assertEqual(ended.status, 2)
        self.assertIn("daq has no function 'mesure'; did you mean 'measure'?", ended.errors)

    def test_a_missing_package_says_where_it_was_looked_for(self):
        ended = self.call(SHOW, package="degg_measurements.daq")
        self.assertEqual(ended.status, 2)
        self.assertIn("no module 'degg_measurements'", ended.errors)
        self.assertIn("python_path", ended.errors)

    def test_a_package_that_needs_a_missing_one_shows_its_traceback(self):
        ended = self.call("import skippylab_that_is_not_there\n")
        self.assertEqual(ended.status, 1)
        self.assertIn("ModuleNotFoundError: No module named 'skippylab_that_is_not_there'", ended.errors)

    def test_a_damaged_description_is_one_sentence(self):
        (self.folder / "call.json").write_text('{"package": 3}')
        ended = self.start([str(step.LAUNCHER), "call.json"])
        self.assertEqual(ended.status, 2)
        self.assertNotIn("Traceback", ended.errors)


class Ending(step.StepCase):
    def test_the_return_value_is_discarded(self):
        self.assertEqual(self.call("def measure(run_file):\n    return 5\n").status, 0)

    def test_an_exception_is_told_and_traced_without_the_launchers_frames(self):
        ended = self.call("def measure(run_file):\n    raise ValueError('HV is 12 V')\n")
        self.assertEqual(ended.status, 1)
        self.assertEqual(ended.reports, [{"message": "ValueError: HV is 12 V", "level": "critical"}])
        self.assertIn("daq.py", ended.errors)
        self.assertNotIn("fatmaster_call.py", ended.errors)

    def test_sys_exit_gives_the_exit_status(self):
        for code, status in (("77", 77), ("75", 75), ("None", 0), ("0", 0), ("256", 1), ("'no laser'", 1)):
            with self.subTest(code=code):
                self.assertEqual(self.call("import sys\ndef measure(run_file):\n    sys.exit(%s)\n" % code).status, status)

    def test_term_runs_finally_blocks_and_ends_by_the_signal(self):
        source = (
            "import signal, fatmaster_report\n"
            "def measure(run_file):\n"
            "    try:\n"
            "        fatmaster_report.heartbeat()\n"
            "        while True:\n"
            "            try:\n"
            "                signal.pause()\n"
            "            except Exception:\n"
            "                pass\n"
            "    finally:\n"
            "        print('HV off')\n"
        )
        ended = self.call(source, act=lambda process, _: process.send_signal(signal.SIGTERM))
        self.assertEqual(ended.status, -signal.SIGTERM)
        self.assertEqual(ended.output, "HV off\n")

    def test_an_interrupt_is_the_usual_one_and_ends_by_the_signal(self):
        source = "import signal, fatmaster_report\ndef measure(run_file):\n    fatmaster_report.heartbeat()\n    signal.pause()\n"
        ended = self.call(source, act=lambda process, _: process.send_signal(signal.SIGINT))
        self.assertEqual(ended.status, -signal.SIGINT)

    def test_the_current_folder_is_kept_and_the_arguments_are_not_ours(self):
        ended = self.call("import os, sys\ndef measure(run_file):\n    print(os.getcwd(), sys.argv)\n")
        self.assertEqual(ended.output, "%s ['%s']\n" % (self.folder, self.folder / "daq.py"))

    def test_nothing_is_written_beside_what_is_imported(self):
        self.call("def measure(run_file):\n    pass\n")
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), ["call.json", "daq.py"])

    def test_worker_processes_work_as_in_the_original(self):
        source = (
            "from concurrent.futures import ProcessPoolExecutor\n"
            "def square(n):\n    return n * n\n"
            "def measure(run_file):\n"
            "    with ProcessPoolExecutor(2) as pool:\n        print(list(pool.map(square, range(4))))\n"
        )
        ended = self.call(source)
        self.assertEqual((ended.output, ended.status), ("[0, 1, 4, 9]\n", 0))

    def test_output_that_the_terminal_cannot_show_is_no_error(self):
        ended = self.call("def measure(run_file):\n    print('21 \\u00b0C \\ud800')\n", environment={"PYTHONIOENCODING": "ascii"})
        self.assertEqual(ended.status, 0)


class Asking(step.StepCase):
    ASK = "def measure(run_file):\n    print('got', repr(input(%r)))\n"

    def test_input_is_a_prompt_whose_answer_comes_from_the_channel(self):
        ended = self.call(self.ASK % "Serial number? ", answers=["SQ0866"])
        self.assertEqual(ended.reports, [{"prompt": {"text": "Serial number?", "kind": "text"}}])
        self.assertEqual(ended.output, "Serial number? SQ0866\ngot 'SQ0866'\n")

    def test_a_yes_or_no_question_is_a_choice(self):
        for text, choices in (("On? [y/n]", ["y", "n"]), ("On? (Yes/No)", ["yes", "no"]), ("On? [Y/n]", ["y", "n"]), ("(Y/N)?", ["Y", "N"])):
            with self.subTest(text=text):
                ended = self.call(self.ASK % text, answers=[choices[0]])
                self.assertEqual(ended.reports[0]["prompt"], {"text": text, "kind": "choice", "choices": choices})

    def test_questions_get_their_answers_in_order(self):
        ended = self.call("def measure(run_file):\n    print([input('a'), input('b')])\n", answers=["1", "2"])
        self.assertIn("['1', '2']", ended.output)

    def test_a_question_that_was_given_up_does_not_take_the_next_ones_answer(self):
        source = (
            "import fatmaster_report as r\n"
            "def measure(run_file):\n"
            "    r._channel._unread = 1  # as after a time limit around input()\n"
            "    r.message('first is late')\n"
            "    r._channel.send({'prompt': {'text': 'first', 'kind': 'text'}})\n"
            "    print(input('second'))\n"
        )
        self.assertIn("second2\n", self.call(source, answers=["1", "2"]).output)

    def test_a_closed_channel_is_the_end_of_input(self):
        ended = self.call(self.ASK % "Go on?")
        self.assertEqual(ended.status, 1)
        self.assertIn("EOFError", ended.reports[-1]["message"])

    def test_a_password_is_refused_with_advice(self):
        ended = self.call("from getpass import getpass\ndef measure(run_file):\n    getpass('grappa password: ')\n")
        self.assertEqual(ended.status, 1)
        self.assertIn("station.ini", ended.reports[-1]["message"])


class Alone(step.StepCase):
    def test_a_number_that_is_no_pipe_is_never_written_to(self):
        data = self.folder / "data.bin"
        source = (
            "import os, sys\n"
            "sys.path.insert(0, %r)\n"
            "os.dup2(os.open('data.bin', os.O_RDWR | os.O_CREAT), 9)\n"
            "os.environ['FATMASTER_REPORT_FD'] = '9'\n"
            "import fatmaster_report\n"
            "fatmaster_report.progress(0.5, 'half')\n"
        )
        ended = self.start(["-c", source % str(step.LAUNCHER.parent)])
        self.assertEqual(data.read_bytes(), b"")
        self.assertIn("half", ended.output)


if __name__ == "__main__":
    unittest.main()
