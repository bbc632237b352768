#include "cli/help.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace fat {

namespace {

constexpr const char* kBeginning =
    "fatmaster runs Final Acceptance Test campaigns of detector modules: a schedule in, its steps "
    "one after another, every\n"
    "transition on disk, any crash resumed.\n"
    "\n"
    "usage: fatmaster [-C DIR] [--as NAME] [--virtual] COMMAND ...\n"
    "\n";

constexpr const char* kCommon =
    "\nCommon options, before the command:\n"
    "  -C DIR      the station's folder (default: the current one)\n"
    "  --as NAME   who acts here (default: the login name)\n"
    "  --virtual   use the virtual station instead of the bench; everything says VIRTUAL\n"
    "\n"
    "First steps: `fatmaster demo DIR`, then `fatmaster plan SCHEDULE`, `fatmaster run SCHEDULE`, "
    "`fatmaster status`.\n"
    "`fatmaster COMMAND --help` explains a command; `man fatmaster` explains everything.\n";

std::string operand_text(const OptionInfo& option) {
  const auto* const dots = option.repeated ? "..." : "";
  return option.required ? fmt::format(" {}{}", option.name, dots)
                         : fmt::format(" [{}{}]", option.name, dots);
}

}  // namespace

std::string overview_text() {
  std::string text = kBeginning;
  for (const auto& command : commands()) {
    if (!command.hidden) {
      text += fmt::format("  {:<16} {}\n", command.name, command.summary);
    }
  }
  return text + kCommon;
}

std::string help_text(const Command& command) {
  std::string usage = "usage: fatmaster " + command.name;
  std::string list;
  for (const auto& option : command.options) {
    const bool operand = !option.name.starts_with('-');
    if (operand) {
      usage += operand_text(option);
    }
    const auto comma = option.name.find(',');  // "--follow,-f": the short one behind the help
    const auto name =
        option.name.substr(0, comma) + (option.value.empty() ? "" : " " + option.value);
    const auto also =
        comma == std::string::npos ? "" : fmt::format(" ({})", option.name.substr(comma + 1));
    list += fmt::format("  {:<22} {}{}\n", name, option.help, also);
  }
  const bool has_flags = std::ranges::any_of(
      command.options, [](const OptionInfo& option) { return option.name.starts_with('-'); });
  usage += has_flags ? " [OPTION...]" : "";
  const auto details = command.details.empty() ? "" : "\n" + command.details + "\n";
  return fmt::format(
      "{}\n\n{}\n{}{}{}", usage, command.summary, details, list.empty() ? "" : "\n", list);
}

}  // namespace fat
