#include "cli/service_launch.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <system_error>

#include <fmt/format.h>

#include "cli/child_environment.hpp"
#include "fat/model/exit_record.hpp"
#include "fat/model/quantity.hpp"

namespace fat {

namespace {

constexpr const char* kDayPattern = "_0000-00-00.log";

std::filesystem::path start_folder(const ServiceFiles& files,
                                   const std::string& name,
                                   std::uint64_t number) {
  return files.folder / name / fmt::format("{:08}", number);
}

const char* own_variable(const std::string& name) {
  return std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe): nobody changes it meanwhile
}

void set_variable(std::vector<std::string>& environment,
                  const std::string& name,
                  const std::string& value) {
  const auto prefix = name + "=";
  std::erase_if(environment, [&](const std::string& entry) { return entry.starts_with(prefix); });
  environment.push_back(prefix + value);
}

std::vector<std::filesystem::path> entries_of(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> entries;
  std::error_code ignored;  // what cannot be read is not there
  for (std::filesystem::directory_iterator entry{folder, ignored}, end; !ignored && entry != end;
       entry.increment(ignored)) {
    entries.push_back(entry->path());
  }
  std::ranges::sort(entries);
  return entries;
}

/// "_2026-11-22.log": digits where the pattern has them.
bool is_day(std::string_view suffix) {
  const std::string_view pattern{kDayPattern};
  return suffix.size() == pattern.size() &&
         std::ranges::equal(suffix, pattern, [](char letter, char wanted) {
           return wanted == '0' ? letter >= '0' && letter <= '9' : letter == wanted;
         });
}

std::string short_content(const std::filesystem::path& file) {
  constexpr std::size_t longest = 65536;
  std::ifstream stream{file, std::ios::binary};
  std::string text(longest, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return text;
}

}  // namespace

ServiceFiles service_files(const Station& station, bool virtual_bench) {
  const auto& state = station.state;
  return virtual_bench
             ? ServiceFiles{state / "services_virtual.json",
                            state / "services_state_virtual.json",
                            state / "services_virtual"}
             : ServiceFiles{
                   state / "services.json", state / "services_state.json", state / "services"};
}

void make_service_folder(const ServiceFiles& files, bool for_group) {
  using std::filesystem::perms;
  std::error_code ignored;
  std::filesystem::create_directories(files.folder, ignored);
  std::filesystem::permissions(
      files.folder,
      for_group ? perms::set_gid | perms::owner_all | perms::group_all : perms::owner_all,
      ignored);
}

std::map<std::string, std::vector<std::string>> service_environments(const Station& station) {
  std::map<std::string, std::vector<std::string>> all;
  const auto common = child_environment(station);
  for (const auto& service : station.services) {
    auto& environment = all[service.name] = common;
    set_variable(environment, "FATMASTER_STATION", station.folder.string());
    set_variable(environment, "FATMASTER_SERVICE", shown_name(service));
    for (const auto& [name, value] : service.environment) {
      const auto* const own = own_variable(name);
      if (value || own != nullptr) {
        set_variable(environment, name, value ? *value : own);
      }
    }
  }
  return all;
}

std::vector<std::string> missing_variables(const Station& station) {
  std::vector<std::string> all;
  for (const auto& service : station.services) {
    for (const auto& [name, value] : service.environment) {
      if (!value && own_variable(name) == nullptr) {
        all.push_back(
            fmt::format("[service {}] passes on {}, which is not set here", service.name, name));
      }
    }
  }
  return all;
}

ServiceLaunch service_launch(const ServiceFiles& files,
                             const ServiceEntry& entry,
                             const ServiceMemory& memory,
                             const std::vector<std::string>& environment) {
  return {.folder = start_folder(files, entry.name, memory.number),
          .token = memory.token,
          .command = entry.command,
          .environment = environment,
          .directory = entry.directory,
          .grace = entry.stop_within,
          .log = std::filesystem::absolute(service_log(files, entry.name)),
          .log_days = entry.keep_logs,
          .started_line = entry.started_line};
}

ServiceAttempt service_attempt(const ServiceFiles& files,
                               const std::string& name,
                               const ServiceMemory& memory) {
  return {.folder = start_folder(files, name, memory.number),
          .token = memory.token,
          .boot_id = memory.started.boot_id};
}

std::filesystem::path service_log(const ServiceFiles& files, const std::string& name) {
  return files.folder / name / name;
}

std::filesystem::path newest_log(const ServiceFiles& files, const std::string& name) {
  const auto log = service_log(files, name);
  const auto stem = log.filename().string();
  std::filesystem::path newest;
  for (const auto& file : entries_of(log.parent_path())) {
    const auto file_name = file.filename().string();
    if (file_name.starts_with(stem) && is_day(std::string_view{file_name}.substr(stem.size()))) {
      newest = file;
    }
  }
  return newest;
}

std::vector<ServiceState> services_found(const ServiceFiles& files, const Instant& now) {
  std::vector<ServiceState> all;
  for (const auto& folder : entries_of(files.folder)) {
    auto starts = entries_of(folder);
    std::erase_if(starts, [](const std::filesystem::path& start) {
      return !parse_integer(start.filename().string());  // a log
    });
    const auto number =
        starts.empty() ? std::nullopt : parse_integer(starts.back().filename().string());
    const auto start = number && *number > 0
                           ? parse_start_record(short_content(starts.back() / "start.json"))
                           : std::nullopt;
    if (!start) {
      continue;
    }
    ServiceState found{.name = folder.filename().string(), .group = {}, .memory = {}};
    found.memory.phase = ServicePhase::Running;
    found.memory.since = found.memory.started = now;
    found.memory.number = static_cast<std::uint64_t>(*number);
    found.memory.token = start->token;
    found.memory.started.boot_id = start->boot_id;
    all.push_back(std::move(found));
  }
  return all;
}

}  // namespace fat
