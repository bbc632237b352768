#!/usr/bin/env python3
# Built fuzzers (preset fuzz) -> each of them run for a while; one line per target; exit status 1 and the command that replays it
# when one finds something.
#   tests/fuzz/run_fuzzers.py [--build build/fuzz] [--seconds 60] [--jobs N] [--seed S] [TARGET]...
# FATMASTER_FUZZ_SECONDS and FATMASTER_FUZZ_SEED stand for --seconds and --seed. What a run reached is kept in BUILD/corpus/TARGET and is where the next one begins;
# what it found is kept in BUILD/findings. Give a finding a name and move it to tests/fuzz/corpus/TARGET when it is mended.
import argparse
import concurrent.futures
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = ROOT / "tests" / "fuzz"
LONGEST_INPUT = 4096
LIMITS = ["-rss_limit_mb=2048", "-malloc_limit_mb=1024", "-timeout=25", f"-max_len={LONGEST_INPUT}"]
SANITIZERS = {
    "ASAN_OPTIONS": "detect_stack_use_after_return=1:strict_string_checks=1:quarantine_size_mb=32",
    "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
    "ASAN_SYMBOLIZER_PATH": shutil.which("llvm-symbolizer-19") or "",
}


def all_targets():
    return sorted(folder.name for folder in (HERE / "corpus").iterdir() if folder.is_dir())


class Fuzzer:
    """One target's program and folders."""

    def __init__(self, build, name):
        self.name = name
        self.program = build / "tests" / "fuzz" / f"fuzz_{name}"
        self.corpus = build / "corpus" / name
        self.findings = build / "findings" / name
        for folder in (self.corpus, self.findings):
            folder.mkdir(parents=True, exist_ok=True)

    def command(self, seconds, seed):
        dictionary = HERE / "dictionaries" / f"{self.name}.dict"
        words = [str(self.program), *LIMITS, f"-max_total_time={seconds}", f"-seed={seed}", "-print_final_stats=1", "-verbosity=1"]
        words += [f"-artifact_prefix={self.findings}/"]
        words += [f"-dict={dictionary}"] if dictionary.exists() else []
        return [*words, str(self.corpus), str(HERE / "corpus" / self.name)]

    def run(self, seconds, seed):
        """(found nothing, the line to print, what the program said)."""
        with tempfile.TemporaryDirectory(prefix="fat_fuzz_") as scratch:
            done = subprocess.run(
                self.command(seconds, seed),
                env={**os.environ, **SANITIZERS, "TMPDIR": scratch},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                errors="replace",
                check=False,
            )
        return done.returncode == 0, self.line(done), done.stdout

    def line(self, done):
        def number(pattern):
            found = re.findall(pattern, done.stdout)
            return int(found[-1]) if found else 0

        return "%-13s %9d executions %7d/s %6d edges %5d MB  %s" % (
            self.name,
            number(r"stat::number_of_executed_units:\s+(\d+)"),
            number(r"stat::average_exec_per_sec:\s+(\d+)"),
            number(r"cov: (\d+)"),
            number(r"stat::peak_rss_mb:\s+(\d+)"),
            "nothing found" if done.returncode == 0 else "FOUND SOMETHING",
        )

    def how_to_replay(self, said):
        """The lines of the finding, and the command."""
        found = re.findall(r"Test unit written to (\S+)", said)
        lines = [line for line in said.splitlines() if re.search(r"^==[0-9]+==|what\(\)|runtime error:|^SUMMARY|^    #[0-9]+ .*/(src|tasks|include|tests)/", line)]
        replay = f"{self.program.relative_to(ROOT)} {found[-1] if found else '(no reproducer was written)'}"
        return [*(lines[:20] or said.splitlines()[-20:]), f"replay: {replay}"]


def main():
    parser = argparse.ArgumentParser(description="runs the fuzzers")
    parser.add_argument("--build", default="build/fuzz")
    parser.add_argument("--seconds", type=int, default=int(os.environ.get("FATMASTER_FUZZ_SECONDS", "60")))
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seed", type=int, default=int(os.environ.get("FATMASTER_FUZZ_SEED") or random.SystemRandom().randrange(1, 1 << 31)))
    parser.add_argument("targets", nargs="*", metavar="TARGET")
    options = parser.parse_args()
    unknown = set(options.targets) - set(all_targets())
    if unknown:
        sys.exit(f"no target {', '.join(sorted(unknown))}; there are {', '.join(all_targets())}")

    print(f"fuzzing: {options.seconds} s each, {options.jobs} at a time, seed {options.seed}", flush=True)
    clean = True
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        fuzzers = [Fuzzer(ROOT / options.build, name) for name in options.targets or all_targets()]
        running = {pool.submit(fuzzer.run, options.seconds, options.seed): fuzzer for fuzzer in fuzzers}
        for future in concurrent.futures.as_completed(running):
            passed, line, said = future.result()
            print(line, flush=True)
            if not passed:
                clean = False
                print("\n".join("    " + text for text in running[future].how_to_replay(said)), flush=True)
    return 0 if clean else 1


if __name__ == "__main__":
    sys.exit(main())
