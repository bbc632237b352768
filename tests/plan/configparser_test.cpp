// Our reader against Python's own configparser on random files.
#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <memory>
#include <random>
#include <sstream>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "fat/plan/ini_file.hpp"
#include "plan/plan_test_support.hpp"

namespace fat {
namespace {

constexpr int kCases = 2000;

// Prints one line per file: "error", or section, key and value of every option in hexadecimal.
constexpr std::string_view kScript = R"(
import configparser, sys
for i in range(int(sys.argv[2])):
    parser = configparser.ConfigParser()
    out = []
    try:
        with open('%s/%d' % (sys.argv[1], i), encoding='utf-8') as file:
            parser.read_file(file)
        for name in parser.sections():
            out.append('S' + name.encode().hex())
            for key in parser[name]:
                out.append('K' + key.encode().hex())
                out.append('V' + parser[name][key].encode().hex())
    except configparser.Error:
        out = ['error']
    print(' '.join(out))
)";

std::string hex(std::string_view text) {
  std::string result;
  for (const char letter : text) {
    result += fmt::format("{:02x}", static_cast<unsigned char>(letter));
  }
  return result;
}

std::string described(const IniFile& file) {
  if (has_errors(file.problems)) {
    return "error";
  }
  std::string result;
  for (const IniSection& section : file.sections) {
    result += " S" + hex(section.name);
    for (const IniKey& key : section.keys) {
      result += " K" + hex(key.name) + " V" + hex(key.value);
    }
  }
  return result.empty() ? "" : result.substr(1);
}

std::string random_text(std::mt19937& random) {
  static const std::array<const char*, 30> pieces{
      "[a]\n",    "[b c]\n", "[DEFAULT]\n", "k = 1\n",    "K : 2\n",   "  more\n",
      "\n",       "\t\n",    "# c\n",       "  ; c\n",    "l=%(k)s\n", "m = %%\n",
      "n = %x\n", " = ",     "\r\n",        "  [x]\n",    "x",         "\u00a0",
      " ",        "ü",       "o\n",         "[d] e\n",    "p=\n",      "q = a = b\n",
      "\v",       "[]\n",    "[]]\n",       "r =\n  s\n", "\r",        "t = [u]\n"};
  std::string text = "[s]\nz = 0\n";
  const int count = std::uniform_int_distribution<int>{0, 12}(random);
  for (int i = 0; i < count; ++i) {
    text += pieces.at(std::uniform_int_distribution<std::size_t>{0, pieces.size() - 1}(random));
  }
  return text;
}

/// Python takes an empty section, we do not: the one error where the two may differ.
bool only_says_empty(const IniFile& file) {
  return has_errors(file.problems) &&
         std::ranges::all_of(file.problems, [](const Problem& problem) {
           return problem.severity != Severity::Error || problem.message.ends_with("is empty");
         });
}

TEST(ParseIni, ReadsWhatPythonsConfigparserReads) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(fmt::format("seed {}", seed));
  std::mt19937 random{seed};
  const TestFolder folder;
  std::vector<std::string> texts;
  for (int i = 0; i < kCases; ++i) {
    texts.push_back(random_text(random));
    folder.write(std::to_string(i), texts.back());
  }
  const auto script = folder.write("script.py", kScript);
  const auto answers = folder.path() / "answers";
  const auto command = fmt::format(
      "python3 {} {} {} > {}", script.string(), folder.path().string(), kCases, answers.string());
  if (std::system("python3 -c pass") != 0) {
    GTEST_SKIP() << "no python3 here";
  }
  ASSERT_EQ(std::system(command.c_str()), 0);

  std::ifstream lines{answers};
  for (const auto& text : texts) {
    std::string expected;
    std::getline(lines, expected);
    const auto file = parse_ini(text, "x.ini");
    const bool only_ours = expected != "error" && only_says_empty(file);
    if (!only_ours) {
      ASSERT_EQ(described(file), expected) << text;
    }
  }
}

}  // namespace
}  // namespace fat
