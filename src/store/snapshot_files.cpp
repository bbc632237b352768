// Run folder and run JSON -> names and contents, each with its hash.
#include "store/snapshot_files.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <poll.h>

#include "fat/model/run_paths.hpp"
#include "store/durable_file.hpp"
#include "store/json_members.hpp"
#include "store/sha256.hpp"

namespace fat::store {

namespace {

constexpr std::uint64_t kLongestFile = 64ULL * 1024 * 1024;
constexpr int kReadings = 10;
constexpr int kPauseMilliseconds = 20;

class Collector {
 public:
  void add(const std::string& name, const std::filesystem::path& file);
  void add_folder(const std::filesystem::path& folder);
  void add_modules(const std::filesystem::path& run_file, const std::filesystem::path& station);
  CollectedFiles finish();

 private:
  std::string read_calm(const std::string& name, const std::filesystem::path& file);

  bool is_there(const std::filesystem::path& file);

  int looks_again_ = 3;
  std::map<std::string, std::string> contents_;
  std::vector<DamageSeen> damaged_;
  std::vector<std::string> warnings_;
};

bool is_json(const std::filesystem::path& file) {
  return file.extension() == ".json" || file.extension() == ".last_good";
}

/// An object, or a list: some tasks write those.
bool is_complete_json(const std::string& content) {
  const auto first = content.find_first_not_of(" \t\r\n");
  const bool list = first != std::string::npos && content[first] == '[';
  return split_json_object(list ? "{\"list\":" + content + "}" : content).has_value();
}

/// As it is when nobody is in the middle of writing it.
std::string Collector::read_calm(const std::string& name, const std::filesystem::path& file) {
  std::string content = read_whole(file, kLongestFile);
  for (int reading = 1; is_json(file) && !is_complete_json(content); ++reading) {
    if (reading == kReadings) {
      damaged_.push_back({.name = name,
                          .file = file,
                          .what = "is not complete JSON; it is in the backup as it is"});
      break;
    }
    ::poll(nullptr, 0, kPauseMilliseconds);
    content = read_whole(file, kLongestFile);
  }
  return content;
}

void Collector::add(const std::string& name, const std::filesystem::path& file) {
  // One file that cannot be read must not cost the backup of all others.
  try {
    contents_[name] = read_calm(name, file);
  } catch (const std::runtime_error& error) {
    warnings_.push_back(fmt::format("not in the backup: {}", error.what()));
  }
}

void Collector::add_folder(const std::filesystem::path& folder) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    const auto name = entry.path().filename().string();
    if (entry.is_regular_file(error) && !name.starts_with('.')) {
      add((folder.filename() / name).string(), entry.path());
    }
  }
}

/// Also when it is just being replaced; not for ever when many are gone for good.
bool Collector::is_there(const std::filesystem::path& file) {
  std::error_code error;
  while (!std::filesystem::is_regular_file(file, error)) {
    if (looks_again_ == 0) {
      return false;
    }
    --looks_again_;
    ::poll(nullptr, 0, kPauseMilliseconds);
  }
  return true;
}

/// The path as the original takes it: from where steps start.
void Collector::add_modules(const std::filesystem::path& run_file,
                            const std::filesystem::path& station) {
  const auto folder = run_folder(run_file);
  const auto run_json = contents_.find("run/" + run_file.filename().string());
  if (run_json == contents_.end()) {
    return;
  }
  const auto members = split_json_object(run_json->second);
  for (const auto& member : members.value_or(std::vector<JsonMember>{})) {
    const auto text = from_json_string(member.value).value_or("");
    const auto file = station / text;  // an absolute one stays as it is
    std::error_code error;
    const auto resolved = std::filesystem::weakly_canonical(file, error);
    const bool elsewhere =
        resolved.parent_path() != std::filesystem::weakly_canonical(folder, error);
    const auto name =
        elsewhere ? "modules/" + std::filesystem::path(member.name).filename().string() + ".json"
                  : (folder.filename() / file.filename()).string();
    if (file.extension() != ".json") {
      continue;
    }
    if (!is_there(file)) {
      damaged_.push_back(
          {.name = name, .file = file, .what = "is not there any more", .gone = true});
    } else if (elsewhere) {
      add(name, file);
    }
  }
}

CollectedFiles Collector::finish() {
  CollectedFiles collected;
  collected.warnings = std::move(warnings_);
  collected.damaged = std::move(damaged_);
  Sha256 sha256;
  for (auto& [name, content] : contents_) {
    if (to_json_string(name).find("\\ufffd") != std::string::npos) {
      collected.warnings.push_back(
          fmt::format("not in the backup: a file whose name is not UTF-8"));
      continue;
    }
    ManifestFile entry{
        .name = name, .size = content.size(), .sha256 = to_hex(sha256.add(content).finish())};
    collected.files.push_back({.entry = std::move(entry), .content = std::move(content)});
  }
  return collected;
}

}  // namespace

CollectedFiles collect_files(const std::filesystem::path& run_file,
                             const std::filesystem::path& station) {
  Collector collector;
  collector.add("run/" + run_file.filename().string(), run_file);
  collector.add_folder(run_folder(run_file));
  collector.add_modules(run_file, station);
  return collector.finish();
}

bool tells_of_change(const std::string& name) {
  return name.find(".log") == std::string::npos && !name.ends_with(".html") &&
         !name.ends_with(".last_good");
}

}  // namespace fat::store
