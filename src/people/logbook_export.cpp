// Lines of a logbook -> text for a terminal, Markdown, CSV, JSON.
#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "fat/people/logbook.hpp"
#include "people/csv_cell.hpp"
#include "people/words.hpp"

namespace fat {

namespace {

std::vector<std::string> printable_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    lines.push_back(printable(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines.empty() ? std::vector<std::string>{""} : lines;
}

std::string with_reason(const LogLine& line) {
  return line.reason.empty() ? line.text : fmt::format("{}: {}", line.text, line.reason);
}

std::string size_text(std::int64_t bytes) {
  constexpr std::int64_t kibi = 1024;
  return bytes < kibi ? fmt::format("{} bytes", bytes)
                      : fmt::format("{} KiB", (bytes + kibi - 1) / kibi);
}

/// What Markdown and HTML would read as markup.
std::string escaped_markdown(const std::string& text) {
  std::string safe;
  for (const char letter : text) {
    if (std::string_view{"\\`*_{}[]<>()#+-.!|~&"}.find(letter) != std::string_view::npos) {
      safe += '\\';
    }
    safe += letter;
  }
  return safe;
}

}  // namespace

std::string logbook_text(const std::vector<LogLine>& lines) {
  std::string text;
  for (const auto& line : lines) {
    const auto shown = printable_lines(with_reason(line));
    text += fmt::format("{}  run {}  {:<8}  {}{}\n",
                        to_local_text(line.at),
                        line.run,
                        to_string(line.kind),
                        line.who == kProgram ? "" : printable(line.who) + ": ",
                        shown.front());
    for (std::size_t i = 1; i < shown.size(); ++i) {
      text += "    " + shown[i] + '\n';
    }
    for (const auto& file : line.attachments) {
      text += fmt::format("    attached: {} ({})\n", printable(file.name), size_text(file.size));
    }
  }
  return text;
}

std::string logbook_markdown(const std::vector<LogLine>& lines,
                             const std::string& station,
                             const LogFileName& file) {
  std::string text = fmt::format("# Logbook of {}\n", escaped_markdown(printable(station)));
  int run = -1;
  for (const auto& line : lines) {
    if (line.run != run) {
      run = line.run;
      text += fmt::format("\n## Run {}\n\n", run);
    }
    std::string shown;
    for (const auto& one : printable_lines(with_reason(line))) {
      shown += (shown.empty() ? "" : "\\\n  ") + escaped_markdown(one);
    }
    const auto who =
        line.who == kProgram ? "" : fmt::format("**{}**: ", escaped_markdown(printable(line.who)));
    text += fmt::format("- {} {}{}\n", escaped_markdown(to_local_text(line.at)), who, shown);
    for (const auto& attachment : line.attachments) {
      text += fmt::format(
          "  - [{}](<{}>)\n", escaped_markdown(printable(attachment.name)), file(attachment));
    }
  }
  return text;
}

std::string logbook_csv(const std::vector<LogLine>& lines, const LogFileName& file) {
  std::string text = "run,at,who,kind,text,reason,attachments\n";
  for (const auto& line : lines) {
    std::string files;
    for (const auto& attachment : line.attachments) {
      files +=
          fmt::format("{}{} ({})", files.empty() ? "" : "; ", attachment.name, file(attachment));
    }
    text += fmt::format("{},{},{},{},{},{},{}\n",
                        line.run,
                        to_iso_utc(line.at),
                        csv_cell(line.who),
                        to_string(line.kind),
                        csv_cell(line.text),
                        csv_cell(line.reason),
                        csv_cell(files));
  }
  return text;
}

std::string logbook_json(const std::vector<LogLine>& lines, const LogFileName& file) {
  using Json = nlohmann::ordered_json;
  auto entries = Json::array();
  for (const auto& line : lines) {
    auto files = Json::array();
    for (const auto& attachment : line.attachments) {
      files.push_back({{"name", attachment.name},
                       {"file", file(attachment)},
                       {"sha256", attachment.sha256},
                       {"bytes", attachment.size}});
    }
    entries.push_back({{"run", line.run},
                       {"at", to_iso_utc(line.at)},
                       {"who", line.who},
                       {"kind", to_string(line.kind)},
                       {"text", line.text},
                       {"reason", line.reason},
                       {"attachments", std::move(files)}});
  }
  const Json json{{"schema", 1}, {"entries", std::move(entries)}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace fat
