# tools/check_layers over small trees that break one rule each.
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

CHECK = pathlib.Path(__file__).resolve().parents[2] / "tools" / "check_layers"


class CheckLayers(unittest.TestCase):
    def check(self, path, text):
        root = pathlib.Path(tempfile.mkdtemp(prefix="fat_layers_"))
        self.addCleanup(shutil.rmtree, root)
        file = root / path
        file.parent.mkdir(parents=True)
        file.write_text(text)
        done = subprocess.run([sys.executable, str(CHECK), str(root)], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 1 if done.stdout else 0, done.stderr)
        return done.stdout

    def test_what_a_layer_may_use_passes(self):
        for path, included in (
            ("src/plan/a.cpp", "fat/ports/clock.hpp"),
            ("tasks/gain.cpp", "fat/tasks/catalog.hpp"),
            ("src/cli/run.cpp", "fat/sim/virtual_station.hpp"),
            ("src/main.cpp", "fat/cli/main.hpp"),
            ("src/store/a.cpp", "store/database.hpp"),
            ("src/runner/shim/a.cpp", "sys/wait.h"),
        ):
            with self.subTest(path=path):
                self.assertEqual(self.check(path, '#include "%s"\n' % included), "")

    def test_what_it_may_not_use_is_named_with_file_and_line(self):
        said = self.check("src/plan/a.cpp", '// a\n#include "fat/engine/decide.hpp"\n')
        self.assertEqual(said, "src/plan/a.cpp:2: plan must not include fat/engine\n")

    def test_each_rule_is_seen(self):
        for path, text, words in (
            ("tasks/gain.cpp", '#include "fat/devices/iceboot_bench.hpp"', "tasks must not include fat/devices"),
            ("src/main.cpp", '#include "fat/store/sqlite_journal.hpp"', "main.cpp must not include fat/store"),
            ("src/sim/a.cpp", "#include <fat/ports/clock.hpp>", "sim must not include fat/ports"),
            ("src/runner/a.cpp", '#include "store/database.hpp"', "private header store/database.hpp"),
            ("include/fat/store/a.hpp", '#include "store/database.hpp"', "public header"),
            ("src/plan/a.cpp", '#include "../engine/decide.hpp"', "'..'"),
            ("src/utils/a.cpp", "", "no layer has this file"),
            ("src/engine/a.cpp", "#include <thread>", "engine is pure"),
            ("src/engine/a.cpp", "auto t = std::chrono::system_clock::now();", "does not read a clock"),
        ):
            with self.subTest(path=path, text=text):
                self.assertIn(words, self.check(path, text))


if __name__ == "__main__":
    unittest.main()
