#include "cli/new_run_command.hpp"

#include <algorithm>
#include <iostream>
#include <iterator>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/child_environment.hpp"
#include "cli/exit_code.hpp"
#include "cli/new_run_modules.hpp"
#include "cli/print.hpp"
#include "cli/station_context.hpp"
#include "cli/virtual_station.hpp"
#include "fat/devices/iceboot_bench.hpp"
#include "fat/devices/module_command.hpp"
#include "fat/model/plain_text.hpp"
#include "fat/runner/system_clock.hpp"
#include "fat/sim/module_identity.hpp"
#include "fat/store/module_json_text.hpp"
#include "fat/store/new_run.hpp"

namespace fat {

namespace {

constexpr int kVirtualModules = 16;
constexpr std::size_t kLongestComment = 2000;
constexpr std::size_t kMostRunModules = 1000;

/// What a new run is made from.
struct Sources {
  ModuleList list;      ///< who is where; empty: addresses only
  ModuleList database;  ///< who is who
  std::vector<AskedModule> modules;
  bool is_asked = true;
};

void require(const ModuleList& list) {
  if (has_errors(list.problems)) {
    throw FileError{list.problems};
  }
}

ModuleList read_list(const std::filesystem::path& file) {
  auto list = read_module_list(file, file.string());
  require(list);
  return list;
}

/// A station without a list of modules cannot make a run.
[[noreturn]] void refuse_without_modules(const Station& station) {
  throw CommandError{
      kExitFileWrong,
      fmt::format("{} does not say where the modules are: name 'addresses' or 'list' in [modules] "
                  "of its station.ini, or use --modules LIST.csv (which asks nobody) or --virtual",
                  station.folder.string())};
}

/// `sources.list` is in its place: rows are pointed at.
void take_rows(Sources& sources) {
  for (const ModuleRow& row : sources.list.rows) {
    sources.modules.push_back({.address = row.address, .answer = {}, .expected = &row});
  }
}

void take_station(const Station& station, Sources& sources) {
  const auto& known = station.modules;
  if (known.addresses.empty() && known.list.empty()) {
    refuse_without_modules(station);
  }
  if (!known.list.empty()) {
    sources.list = read_list(known.list);
    take_rows(sources);
  }
  for (const ModuleAddress& address : known.addresses) {
    sources.modules.push_back({.address = address, .answer = {}, .expected = nullptr});
  }
  sources.database = known.database.empty() ? sources.list : read_list(known.database);
  // With a probe of their own and no identify, modules cannot say who they are.
  sources.is_asked = !known.identify.empty() || known.probe.empty();
}

ModuleValues values_of(const ModuleIdentity& identity) {
  ModuleValues values{{"DEggSerialNumber", identity.serial},
                      {"MainboardNumber", identity.mainboard},
                      {"ICMID", identity.icm_id},
                      {"fpgaVersion", std::to_string(identity.fpga_version)}};
  const auto pmt = [&](const std::string& name, const PmtIdentity& one) {
    values[name + ".SerialNumber"] = one.serial;
    values[name + ".HVB"] = one.hv_board;
    values[name + ".HV1e7Gain"] = fmt::format("{:.3f}", one.hv_for_1e7_gain);
    values[name + ".SPEPeakHeight"] = fmt::format("{:.7f}", one.spe_peak_height);
  };
  pmt("UpperPmt", identity.upper);
  pmt("LowerPmt", identity.lower);
  return values;
}

void take_virtual(const Station& station, Sources& sources) {
  const auto& wanted = station.modules.addresses;
  const int count = wanted.empty() ? kVirtualModules : static_cast<int>(wanted.size());
  const auto address = ensure_virtual_station(station.state, {.modules = count});
  sources.database.name = "the virtual station";
  for (std::size_t i = 0; i < address.ports.size(); ++i) {
    const auto identity = module_identity(address.seed, static_cast<int>(i));
    sources.database.rows.push_back(
        {.line = static_cast<int>(i) + 1, .address = {}, .values = values_of(identity)});
    sources.modules.push_back({.address = {.host = "127.0.0.1", .port = address.ports[i]},
                               .answer = {},
                               .expected = nullptr});
  }
}

/// Named by address or by serial.
void leave_out(const std::vector<std::string>& without, Sources& sources) {
  for (const auto& name : without) {
    const auto removed = std::erase_if(sources.modules, [&](const AskedModule& module) {
      return to_text(module.address) == name ||
             (module.expected != nullptr &&
              value_of(module.expected->values, "DEggSerialNumber") == name);
    });
    if (removed == 0) {
      throw UsageError{fmt::format("fatmaster new-run: --without {}: no module is there", name)};
    }
  }
}

void ask(const Station& station, bool is_virtual, Sources& sources) {
  const SystemClock clock;
  const IcebootBench bench{clock, {}, {station.locks, "new-run asks who is there"}};
  const auto& known = station.modules;
  const auto identify =
      is_virtual ? AskModule{}
                 : module_command(clock, known.identify, command_place(station), known.timeout);
  std::vector<ModuleAddress> addresses;
  std::ranges::transform(sources.modules, std::back_inserter(addresses), &AskedModule::address);
  auto answers = identify_modules(addresses, bench, identify);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    sources.modules[i].answer = std::move(answers[i]);
  }
}

std::string module_text(const RunModule& module) {
  const auto value = [&](const char* field) { return value_of(module.values, field); };
  const auto named = [&](const char* label, const char* field) {
    return value(field).empty() ? "" : fmt::format("  {} {}", label, value(field));
  };
  auto text = fmt::format("  {:<10} ", module.place);
  text += module.problem.empty()
              ? value("DEggSerialNumber") + named("mainboard", "MainboardNumber") +
                    named("FPGA", "fpgaVersion") + named("upper", "UpperPmt.SerialNumber") +
                    named("lower", "LowerPmt.SerialNumber")
              : "PROBLEM: " + module.problem;
  return text + (module.warning.empty() ? "" : "\n             WARNING: " + module.warning);
}

/// Throws CommandError naming each module that cannot be in a run.
void require_all(const std::vector<RunModule>& modules) {
  const auto bad = std::ranges::count_if(
      modules, [](const RunModule& module) { return !module.problem.empty(); });
  if (modules.empty()) {
    throw CommandError{kExitFileWrong, "a run needs at least one module"};
  }
  if (modules.size() > kMostRunModules) {
    throw CommandError{kExitFileWrong, fmt::format("more than {} modules", kMostRunModules)};
  }
  if (bad == 0) {
    return;
  }
  std::string text;
  for (const auto& module : modules) {
    text += module.problem.empty() ? "" : "\n" + module_text(module);
  }
  throw CommandError{
      kExitRefused,
      fmt::format("{} of {} modules cannot be in a run; nothing was written{}\nWithout a module: "
                  "--without ADDRESS",
                  bad,
                  modules.size(),
                  text)};
}

/// The highest number that the journal knows: a run whose files are gone was one all the same.
int newest_in_journal(const Station& station) {
  if (!std::filesystem::exists(journal_file(station))) {
    return 0;
  }
  const auto runs = open_journal_to_read(station)->runs();
  return runs.empty() ? 0 : *std::ranges::max_element(runs);
}

WrittenRun write(const Station& station,
                 const std::vector<RunModule>& modules,
                 const std::string& comment) {
  NewRun run{.station_folder = station.folder,
             .runs_folder = station.runs,
             .after = newest_in_journal(station),
             .comment = comment,
             .date = today(),
             .modules = {}};
  for (const auto& module : modules) {
    run.modules.push_back({.serial = value_of(module.values, "DEggSerialNumber"),
                           .json = module_json_text(module.values, module.address)});
  }
  try {
    return write_new_run(run);
  } catch (const std::system_error& error) {
    throw CommandError{kExitFileWrong, fmt::format("no run was made: {}", error.what())};
  } catch (const std::runtime_error& error) {
    throw CommandError{kExitRefused, fmt::format("no run was made: {}", error.what())};
  }
}

std::string json_text(const WrittenRun& written, const std::vector<RunModule>& modules) {
  auto all = nlohmann::ordered_json::array();
  for (const auto& module : modules) {
    all.push_back({{"serial", value_of(module.values, "DEggSerialNumber")},
                   {"address", module.place},
                   {"warning", module.warning}});
  }
  const nlohmann::ordered_json json{
      {"run", written.run}, {"run_file", written.run_file.string()}, {"modules", std::move(all)}};
  return json.dump(2) + "\n";
}

std::string text_of(const Station& station,
                    const WrittenRun& written,
                    const std::vector<RunModule>& modules) {
  auto text = fmt::format("run {}: {} modules\n", written.run, modules.size());
  for (const auto& module : modules) {
    text += module_text(module) + "\n";
  }
  const auto relative = written.run_file.lexically_relative(station.folder);
  const bool inside = !relative.empty() && *relative.begin() != "..";
  const auto shown = inside ? relative : written.run_file;
  return text + fmt::format("{0}\nnext: fatmaster new-schedule {0} NAME\n", shown.string());
}

std::string comment_of(const Invocation& invocation) {
  const auto comment = plain_text(invocation.arguments.value("comment"), kLongestComment);
  return invocation.virtual_station ? "VIRTUAL: " + comment : comment;
}

void take_sources(const Invocation& invocation, const Station& station, Sources& sources) {
  if (const auto file = invocation.arguments.value("modules"); !file.empty()) {
    sources.list = read_list(file);
    sources.is_asked = false;
    take_rows(sources);
  } else if (invocation.virtual_station) {
    take_virtual(station, sources);
  } else {
    take_station(station, sources);
  }
}

int new_run(const Invocation& invocation) {
  const auto station = open_station(invocation).station;
  if (invocation.virtual_station && invocation.arguments.has("modules")) {
    throw UsageError{
        "fatmaster new-run: --virtual takes the modules of the virtual station; leave --modules "
        "out"};
  }
  Sources sources;
  take_sources(invocation, station, sources);
  leave_out(invocation.arguments.values("without"), sources);
  if (sources.is_asked) {
    ask(station, invocation.virtual_station, sources);
  }
  const auto modules =
      modules_of_run(sources.modules, sources.database, station.modules.fpga_version);
  require_all(modules);
  const auto written = write(station, modules, comment_of(invocation));
  for (const auto& remark : written.remarks) {
    std::cerr << "warning: " << remark << '\n';
  }
  if (invocation.virtual_station) {
    std::cerr << "VIRTUAL station, not the bench\n";
  }
  print(invocation.arguments.has("json") ? json_text(written, modules)
                                         : text_of(station, written, modules));
  return kExitDone;
}

}  // namespace

std::filesystem::path write_run_of_list(const Station& station,
                                        const ModuleList& list,
                                        const std::string& comment) {
  require(list);
  std::vector<AskedModule> asked;
  asked.reserve(list.rows.size());
  for (const ModuleRow& row : list.rows) {
    asked.push_back({.address = row.address, .answer = {}, .expected = &row});
  }
  const auto modules = modules_of_run(asked, list, station.modules.fpga_version);
  require_all(modules);
  return write(station, modules, comment).run_file;
}

Command new_run_command() {
  return {
      .name = "new-run",
      .summary = "number the next run, ask every module who it is, write run and module JSONs",
      .details =
          "Asks all modules of [modules] in station.ini at once (mainboard, ICM, FPGA version; or "
          "its `identify` command) and looks\n"
          "them up in the module database. A module that does not answer or that nobody knows is "
          "named, and nothing is written.\n"
          "Killed at any moment it leaves no run, or a whole one. Nothing is ever overwritten.",
      .options = {{.name = "--comment,-m",
                   .value = "COMMENT",
                   .help = "what this run is for",
                   .required = true},
                  {.name = "--modules",
                   .value = "CSV",
                   .help = "take the modules of this list and ask nobody"},
                  {.name = "--without",
                   .value = "ADDRESS",
                   .help = "leave this module out (may be repeated)",
                   .repeated = true},
                  {.name = "--json", .value = {}, .help = "number, file and modules for programs"}},
      .function = new_run};
}

}  // namespace fat
