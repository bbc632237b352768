// Links and renames only: at every instant a name has the old or the new content, whole.
#include "store/restore_note.hpp"

#include <cerrno>
#include <system_error>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "fat/ports/snapshots.hpp"
#include "store/durable_file.hpp"

namespace fat::store {

namespace {

constexpr std::uint64_t kLongestNote = 16ULL * 1024 * 1024;

/// A second name for what lies there; where no links can be made it is moved.
void keep_aside(const std::filesystem::path& file, const std::filesystem::path& aside) {
  if (!std::filesystem::exists(std::filesystem::symlink_status(file)) ||
      std::filesystem::exists(std::filesystem::symlink_status(aside))) {
    return;
  }
  if (::link(file.c_str(), aside.c_str()) != 0) {
    std::filesystem::rename(file, aside);
  }
}

}  // namespace

std::filesystem::path restore_note(const std::filesystem::path& state_folder) {
  return state_folder / "fatmaster.restore";
}

void write_note(const std::filesystem::path& note, const std::vector<Placing>& placings) {
  auto files = nlohmann::json::array();
  for (const auto& placing : placings) {
    auto before = nlohmann::json::array();
    for (const auto& [file, aside] : placing.before) {
      before.push_back({file.string(), aside.string()});
    }
    files.push_back({{"from", placing.from.string()},
                     {"to", placing.to.string()},
                     {"aside", placing.aside.string()},
                     {"before", std::move(before)}});
  }
  replace_file(note, nlohmann::json{{"files", std::move(files)}}.dump(1));
}

std::vector<Placing> read_note(const std::filesystem::path& note) {
  std::vector<Placing> placings;
  try {
    const auto json = nlohmann::json::parse(read_whole(note, kLongestNote));
    for (const auto& file : json.at("files")) {
      Placing placing{.from = file.at("from").get<std::string>(),
                      .to = file.at("to").get<std::string>(),
                      .aside = file.at("aside").get<std::string>(),
                      .before = {}};
      for (const auto& pair : file.at("before")) {
        placing.before.emplace_back(pair.at(0).get<std::string>(), pair.at(1).get<std::string>());
      }
      placings.push_back(std::move(placing));
    }
  } catch (const nlohmann::json::exception&) {
    throw SnapshotError(fmt::format(
        "{} cannot be understood; a restore was under way when it was written", note.string()));
  }
  return placings;
}

void put_in_place(const Placing& placing) {
  if (!std::filesystem::exists(placing.from)) {
    return;  // done, before it was interrupted
  }
  for (const auto& [file, aside] : placing.before) {
    if (std::filesystem::exists(file) && !std::filesystem::exists(aside)) {
      std::filesystem::rename(file, aside);
    }
  }
  if (!placing.aside.empty()) {
    keep_aside(placing.to, placing.aside);
  }
  std::filesystem::rename(placing.from, placing.to);
  sync_folder(placing.to.parent_path());
}

}  // namespace fat::store
