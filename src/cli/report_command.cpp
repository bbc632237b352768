#include "cli/report_command.hpp"

#include <iostream>

#include <fmt/format.h>

#include "cli/exit_code.hpp"
#include "cli/print.hpp"
#include "cli/run_at_hand.hpp"
#include "fat/model/run_paths.hpp"
#include "fat/runner/system_clock.hpp"
#include "fat/store/report_file.hpp"

namespace fat {

namespace {

namespace fs = std::filesystem;

/// Of the three forms for programs; "" of the page.
std::string form_of(const Arguments& arguments) {
  std::string form;
  for (const char* name : {"json", "csv", "junit"}) {
    if (arguments.has(name)) {
      if (!form.empty()) {
        throw UsageError{fmt::format(
            "fatmaster report: --{} and --{} are two reports; ask for one", form, name)};
      }
      form = name;
    }
  }
  return form;
}

std::string text_of(const RunReport& report, const std::string& form, const fs::path& run_file) {
  if (form == "json") {
    return report_json(report);
  }
  if (form == "csv") {
    return report_csv(report);
  }
  if (form == "junit") {
    return report_junit(report);
  }
  return report_html(report, artifacts_of(run_file), SystemClock{}.now().wall);
}

int report(const Invocation& invocation) {
  const auto& arguments = invocation.arguments;
  const auto form = form_of(arguments);
  const auto run = open_run(invocation);
  const auto report = run_report(
      run.station.name, run.known.campaign->summary(SystemClock{}.now()), run.known.events);
  const fs::path run_file{run.plan().run_file};
  const auto text = text_of(report, form, run_file);
  const auto output = arguments.value("output");
  if (output == "-" || (output.empty() && !form.empty())) {
    print(form == "csv" ? text.substr(0, text.size() - 1) : text);
    return kExitDone;
  }
  const auto file = output.empty() ? run_folder(run_file) / "report.html" : fs::absolute(output);
  try {
    write_report_file(file, text, !run.station.group.empty());
  } catch (const std::system_error& error) {
    throw CommandError{kExitFileWrong, error.what()};
  }
  print(file.string());
  return kExitDone;
}

}  // namespace

ArtifactReader artifacts_of(const fs::path& run_file) {
  constexpr std::uint64_t most = 1U << 20U;
  return [folder = run_folder(run_file)](const ReportedAttempt& attempt, const std::string& name) {
    return read_artifact(attempt_folder(folder, attempt.key, attempt.index) / name, most);
  };
}

fs::path write_report_page(const Station& station,
                           const RunSummary& summary,
                           const std::vector<StoredEvent>& events) {
  const fs::path run_file{summary.run_file};
  auto file = run_folder(run_file) / "report.html";
  write_report_file(file,
                    report_html(run_report(station.name, summary, events),
                                artifacts_of(run_file),
                                SystemClock{}.now().wall),
                    !station.group.empty());
  return file;
}

Command report_command() {
  return {.name = "report",
          .summary = "what came of a run: a page for people, data for programs",
          .details =
              "Writes RUN_FOLDER/report.html, as the end of every run does: verdict of each module "
              "and PMT, every measurement against\nits limits, what was not run, attempts, "
              "questions and answers, plots. One file that needs no network; it prints well.\n"
              "With --json, --csv or --junit the same as data, on standard output.",
          .options = {run_operand(),
                      {.name = "--output,-o",
                       .value = "FILE",
                       .help = "write it there; - is standard output"},
                      {.name = "--json", .value = {}, .help = "everything; the schema is stable"},
                      {.name = "--csv", .value = {}, .help = "one row per measurement"},
                      {.name = "--junit", .value = {}, .help = "for viewers of test results"}},
          .function = report};
}

}  // namespace fat
