// The modules of a new run -> its number, its run JSON and module JSONs, or nothing at all.
#include "fat/store/new_run.hpp"

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/file.h>

#include "fat/model/run_paths.hpp"
#include "store/durable_file.hpp"

namespace fat {

namespace {

using std::filesystem::path;

constexpr const char* kUnfinished = ".new_run";  // in the runs folder, of one that is being written
constexpr int kLastRun = 999'999;

/// Held as long as it lives: one new run at a time.
store::Descriptor lock_runs(const path& folder) {
  auto lock = store::open_file(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (::flock(lock.number(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) {
      throw std::runtime_error{
          fmt::format("another new run is being written in {} right now", folder.string())};
    }
    throw std::system_error{errno, std::generic_category(), "cannot lock " + folder.string()};
  }
  return lock;
}

/// Of the entries that are called run_NNNNN and `ending`, ascending.
std::vector<int> numbers_in(const path& folder, const std::string& ending) {
  std::vector<int> numbers;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator{folder, ignored}) {
    const auto name = entry.path().filename().string();
    const auto number = run_number_of(name + (ending.empty() ? ".json" : ""));
    if (number && name.ends_with(ending)) {
      numbers.push_back(*number);
    }
  }
  std::ranges::sort(numbers);
  return numbers;
}

void require_file_name(const std::string& serial) {
  const bool plain = !serial.empty() && serial != "." && serial != ".." &&
                     serial.find('/') == std::string::npos && serial.size() <= 200;
  if (!plain) {
    throw std::runtime_error{
        fmt::format("'{}' cannot be a module's serial: its file is named after it", serial)};
  }
}

/// Whole and durable under a name that nobody had.
void write_new_file(const path& file, const std::string& text) {
  const auto descriptor = store::open_file(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  store::write_all(descriptor, text, file);
  store::sync_file(file);
}

std::string run_json_text(const NewRun& run, const path& folder) {
  auto json = nlohmann::ordered_json::object();
  for (const auto& module : run.modules) {
    json[module.serial] = as_written(folder / (module.serial + ".json"), run.station_folder);
  }
  json["comment"] = run.comment;
  json["date"] = run.date;
  return json.dump(4, ' ', true);
}

/// Folders that no run JSON names and that are newer than every run: of new runs that were killed.
std::vector<std::string> left_behind(const path& runs, int newest) {
  std::vector<std::string> remarks;
  for (const int number : numbers_in(runs, "")) {
    if (number > newest) {
      remarks.push_back(fmt::format(
          "{} belongs to no run: a new-run was ended before its run JSON was written; the number "
          "is not used again, the folder may be removed",
          (runs / run_name(number)).string()));
    }
  }
  return remarks;
}

int highest(const std::vector<int>& numbers) {
  return numbers.empty() ? 0 : numbers.back();
}

}  // namespace

std::vector<int> run_numbers(const path& runs_folder) {
  return numbers_in(runs_folder / "run", ".json");
}

WrittenRun write_new_run(const NewRun& run) {
  std::ranges::for_each(run.modules, require_file_name, &NewModule::serial);
  const auto& runs = run.runs_folder;
  std::filesystem::create_directories(runs / "run");
  const auto lock = lock_runs(runs);
  const auto newest = highest(run_numbers(runs));
  WrittenRun written;
  written.remarks = left_behind(runs, newest);
  written.run = std::max({newest, highest(numbers_in(runs, "")), run.after}) + 1;
  if (written.run > kLastRun) {
    throw std::runtime_error{fmt::format("there is no run number after {}", kLastRun)};
  }
  const auto unfinished = runs / kUnfinished;
  std::filesystem::remove_all(unfinished);  // of a new run that was killed
  std::filesystem::create_directory(unfinished);
  for (const auto& module : run.modules) {
    write_new_file(unfinished / (module.serial + ".json"), module.json);
  }
  store::sync_folder(unfinished);
  const auto folder = runs / run_name(written.run);
  std::filesystem::rename(unfinished, folder);  // there is none of that name, and runs are locked
  store::sync_folder(runs);
  written.run_file = runs / "run" / (run_name(written.run) + ".json");
  const auto draft = runs / "run" / (std::string{kUnfinished} + ".json");
  std::filesystem::remove(draft);
  write_new_file(draft, run_json_text(run, folder));
  if (!store::rename_to_free_name(draft, written.run_file)) {
    throw std::runtime_error{fmt::format("{} exists already", written.run_file.string())};
  }
  store::sync_folder(runs / "run");
  return written;
}

}  // namespace fat
