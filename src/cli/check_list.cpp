#include "cli/check_list.hpp"

#include <algorithm>
#include <map>
#include <ranges>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace fat {

namespace {

constexpr int kModulesOnServer = 4;
constexpr std::size_t kMostModulesNamed = 4;

class QuickList {
 public:
  explicit QuickList(const BenchFacts& facts) : facts_(facts) {}

  std::vector<CheckLine> make() {
    add_run_file();
    if (!facts_.run) {
      return std::move(lines_);
    }
    add_schedule();
    const bool speaks_iceboot = facts_.station.modules.probe.empty();
    speaks_iceboot ? add_servers() : add_answers();
    if (speaks_iceboot) {
      add_setup();
    }
    if (!facts_.station.devices.empty()) {
      add_done("peripherals", "check_peripherals", "every device of station.ini");
    }
    if (has_laser()) {
      add_confirmed("laser-supply", "the laser's supply is on", "fatmaster check laser-supply");
    }
    add_confirmed("logbook", "the logbook has an entry", "fatmaster log new-run");
    if (has_pmts()) {
      add_done("gain", "measure_gain", "gain scan at room temperature");
    }
    return std::move(lines_);
  }

 private:
  void add(std::string name, CheckState state, std::string text, std::string mend) {
    lines_.push_back({.name = std::move(name),
                      .state = state,
                      .text = std::move(text),
                      .mend = state == CheckState::Good ? "" : std::move(mend)});
  }

  void add_run_file() {
    const std::string mend = "fatmaster new-run -m COMMENT";
    if (!facts_.run) {
      add("run", CheckState::Open, "no run has been made here", mend);
      return;
    }
    add("run",
        facts_.is_over ? CheckState::Open : CheckState::Good,
        fmt::format("run {} with {} modules is the newest{}",
                    *facts_.run,
                    facts_.modules.size(),
                    facts_.is_over ? ", and it is over" : ""),
        mend);
  }

  void add_schedule() {
    const bool is_there = !facts_.schedules.empty();
    add("schedule",
        is_there ? CheckState::Good : CheckState::Open,
        is_there ? fmt::format("{}", fmt::join(facts_.schedules, ", "))
                 : fmt::format("no schedule of this station names {}", facts_.run_file),
        fmt::format("fatmaster new-schedule {} NAME", facts_.run_file));
  }

  /// Of each wire pair, whether any module on it answers.
  void add_servers() {
    std::map<int, bool> servers;
    for (const auto& look : facts_.looks) {
      servers[look.place / kModulesOnServer] |= look.answers;
    }
    const auto answering =
        std::ranges::count_if(servers, [](const auto& server) { return server.second; });
    const auto modules = std::ranges::count_if(facts_.looks, &ModuleLook::answers);
    const bool all = static_cast<std::size_t>(modules) == facts_.looks.size();
    add("servers",
        all ? CheckState::Good : CheckState::Bad,
        fmt::format("{} of {} module servers answer, {} of {} modules{}",
                    answering,
                    servers.size(),
                    modules,
                    facts_.looks.size(),
                    reasons(&ModuleLook::answers)),
        "fatmaster check setup");
  }

  void add_answers() {
    const auto modules = std::ranges::count_if(facts_.looks, &ModuleLook::answers);
    add("modules",
        static_cast<std::size_t>(modules) == facts_.looks.size() ? CheckState::Good
                                                                 : CheckState::Bad,
        fmt::format("{} of {} modules answer{}",
                    modules,
                    facts_.looks.size(),
                    reasons(&ModuleLook::answers)),
        "fatmaster check modules");
  }

  void add_setup() {
    const auto ready = std::ranges::count_if(facts_.looks, &ModuleLook::set_up);
    add("setup",
        static_cast<std::size_t>(ready) == facts_.looks.size() ? CheckState::Good : CheckState::Bad,
        fmt::format("{} of {} modules are set up{}",
                    ready,
                    facts_.looks.size(),
                    reasons(&ModuleLook::set_up)),
        "fatmaster check setup");
  }

  /// ": SERIAL why; SERIAL why; ..." of those that are not.
  std::string reasons(bool ModuleLook::*good) const {
    std::string text;
    std::size_t named = 0;
    for (const auto& look : facts_.looks) {
      if (!(look.*good) && ++named <= kMostModulesNamed) {
        text += fmt::format("{}{}: {}", text.empty() ? ": " : "; ", look.serial, look.why);
      }
    }
    return named > kMostModulesNamed ? text + "; ..." : text;
  }

  /// The newest one of that check; nullptr when there is none.
  const CheckRecord* record_of(const std::string& check) const {
    const auto newest_first = std::ranges::reverse_view(facts_.records);
    const auto found = std::ranges::find(newest_first, check, &CheckRecord::check);
    return found == newest_first.end() ? nullptr : &*found;
  }

  std::string who_and_when(const CheckRecord& record) const {
    const auto ago = std::max(facts_.now - record.at, Microseconds{0});
    const auto whole = std::chrono::duration_cast<std::chrono::minutes>(ago);
    return fmt::format("by {}, {}{}",
                       record.who,
                       whole.count() == 0 ? "just now" : to_text(whole) + " ago",
                       record.note.empty() ? "" : ": " + record.note);
  }

  void add_done(const std::string& check, const std::string& task, const std::string& what) {
    const auto* record = record_of(check);
    const auto mend = "fatmaster check " + check;
    if (record == nullptr && facts_.tasks_done.contains(task)) {
      add(check, CheckState::Good, fmt::format("{}: done by a step of this run", what), mend);
    } else if (record == nullptr) {
      add(check, CheckState::Open, fmt::format("{}: not done for this run", what), mend);
    } else {
      add(check,
          record->good ? CheckState::Good : CheckState::Bad,
          fmt::format("{}: {} {}", what, record->good ? "done" : "failed", who_and_when(*record)),
          mend);
    }
  }

  void add_confirmed(const std::string& check, const std::string& what, const std::string& mend) {
    const auto* record = record_of(check);
    if (record == nullptr) {
      add(check, CheckState::Open, what + ": nobody has confirmed it for this run", mend);
    } else {
      add(check,
          record->good ? CheckState::Good : CheckState::Bad,
          fmt::format(
              "{}: {} {}", what, record->good ? "confirmed" : "denied", who_and_when(*record)),
          mend);
    }
  }

  bool has_laser() const {
    return std::ranges::find(facts_.station.devices, "tektronix_afg3000", &DeviceEntry::kind) !=
           facts_.station.devices.end();
  }

  bool has_pmts() const {
    return std::ranges::any_of(facts_.modules, [](const TaskModule& module) {
      return !module.pmts[0].serial.empty() || !module.pmts[1].serial.empty();
    });
  }

  const BenchFacts& facts_;
  std::vector<CheckLine> lines_;
};

}  // namespace

std::string_view to_string(CheckState state) {
  switch (state) {
    case CheckState::Good:
      return "good";
    case CheckState::Open:
      return "open";
    case CheckState::Bad:
      return "bad";
  }
  return "";
}

std::vector<CheckLine> quick_check_list(const BenchFacts& facts) {
  return QuickList{facts}.make();
}

std::string check_list_text(const std::vector<CheckLine>& lines) {
  std::string text;
  std::size_t left = 0;
  for (const auto& line : lines) {
    text += fmt::format("{:<5} {:<13} {}\n", to_string(line.state), line.name, line.text);
    text += line.mend.empty() ? "" : fmt::format("{:<19} -> {}\n", "", line.mend);
    left += line.mend.empty() ? 0 : 1;
  }
  return text + (left == 0 ? "\nAll is well.\n"
                           : fmt::format("\n{} of {} lines are left to do.\n", left, lines.size()));
}

std::string check_list_json(const std::vector<CheckLine>& lines) {
  auto all = nlohmann::ordered_json::array();
  for (const auto& line : lines) {
    all.push_back({{"check", line.name},
                   {"state", to_string(line.state)},
                   {"text", line.text},
                   {"mend", line.mend}});
  }
  return all.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace fat
