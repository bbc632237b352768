// Bytes as report.jsonl, and as what a step wrote -> events. What was understood is stored, read
// back and stored as before.
#include <algorithm>
#include <filesystem>

#include "fat/model/plain_text.hpp"
#include "fat/model/report_line.hpp"
#include "fuzz/targets.hpp"
#include "runner/report_collector.hpp"

namespace fat::fuzz {

namespace {

void require_plain(const std::string& text) {
  require(plain_text(text, text.size()) == text, "a step's text is plain");
  require(text.size() <= 8192, "a step's text is bounded");
}

void check(const Report& report) {
  if (const auto* progress = std::get_if<ProgressReport>(&report)) {
    require(progress->fraction >= 0 && progress->fraction <= 1, "progress is a fraction");
    require_plain(progress->text);
  } else if (const auto* artifact = std::get_if<ArtifactReport>(&report)) {
    require_plain(artifact->file);
    const std::filesystem::path file{artifact->file};
    require(file.is_relative() && std::ranges::find(file, "..") == file.end(),
            "an artifact lies in the attempt's folder");
  } else if (const auto* message = std::get_if<MessageReport>(&report)) {
    require_plain(message->text);
  } else if (const auto* prompt = std::get_if<PromptReport>(&report)) {
    require_plain(prompt->prompt.text);
    const auto& chosen = prompt->prompt.default_value;
    require(chosen.empty() || parse_answer(prompt->prompt, chosen), "a default is an answer");
  } else if (const auto* unknown = std::get_if<UnknownReport>(&report)) {
    require(!unknown->why.empty(), "what is not understood is explained");
    require_plain(unknown->why);
  }
}

void require_stored(const EventBody& body) {
  const auto text = to_json_text(body);
  const auto read = event_body_from_json_text(kind_of(body), text);
  require(to_json_text(read) == text, "an event that was stored is read back as it was");
}

}  // namespace

void report(std::string_view input) {
  Step step;
  step.title = "gain";
  step.measurements = {{.name = "dark_rate", .min = 0, .max = 2600, .unit = "Hz"}};
  ReportCollector raw{{.title = "gain"}, &step, 0};
  while (!input.empty()) {
    const auto end = std::min(input.find('\n'), input.size());
    const auto line = input.substr(0, end);
    input.remove_prefix(std::min(end + 1, input.size()));
    check(parse_report(line));
    raw.add(line);
    raw.add(R"({"at":1763690000000000,"report":)" + std::string{line} + "}");
  }
  const auto collected = raw.take();
  require_stored(collected.event);
  for (const Prompt& prompt : collected.questions) {
    require_stored(PromptOpened{.prompt = prompt});
  }
}

}  // namespace fat::fuzz
