// manifest.json <-> struct; an archive -> checked against it.
#include "store/snapshot_manifest.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "fat/model/whole_number.hpp"
#include "fat/ports/snapshots.hpp"
#include "store/archive.hpp"
#include "store/sha256.hpp"

namespace fat::store {

namespace {

constexpr std::size_t kLongestManifest = 16ULL * 1024 * 1024;
constexpr int kFormat = 1;

/// Follows an archive from its first entry to its last.
class Check {
 public:
  Check(std::filesystem::path archive, std::optional<std::filesystem::path> unpack_to)
      : archive_(std::move(archive)), unpack_to_(std::move(unpack_to)) {}

  void enter(const std::string& entry);
  void data(std::string_view bytes);
  void leave();
  Manifest finish();

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw SnapshotError(
        fmt::format("the backup {} is damaged: {}", archive_.filename().string(), what));
  }

  void leave_manifest();
  void require_room(const Manifest& manifest, const std::filesystem::path& folder) const;

  std::filesystem::path archive_;
  std::optional<std::filesystem::path> unpack_to_;
  std::optional<Manifest> manifest_;
  std::string manifest_text_;
  std::size_t checked_ = 0;
  std::uint64_t size_ = 0;
  Sha256 sha256_;
  Descriptor output_;
  std::filesystem::path output_name_;
};

void Check::enter(const std::string& entry) {
  size_ = 0;
  if (!manifest_) {
    if (entry != kManifestName) {
      fail("it does not begin with its manifest");
    }
    return;
  }
  if (checked_ == manifest_->files.size() || manifest_->files[checked_].name != entry) {
    fail(fmt::format("'{}' is not what its manifest says comes here", entry));
  }
  if (unpack_to_) {
    output_name_ = *unpack_to_ / entry;
    std::filesystem::create_directories(output_name_.parent_path());
    output_ = open_file(output_name_, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0644);
  }
}

void Check::data(std::string_view bytes) {
  size_ += bytes.size();
  if (!manifest_) {
    if (size_ > kLongestManifest) {
      fail("its manifest is too long");
    }
    manifest_text_ += bytes;
    return;
  }
  if (size_ > manifest_->files[checked_].size) {
    fail(fmt::format("'{}' is longer than its manifest says", manifest_->files[checked_].name));
  }
  sha256_.add(bytes);
  if (output_) {
    write_all(output_, bytes, output_name_);
  }
}

void Check::leave_manifest() {
  manifest_ = parse_manifest(manifest_text_);
  if (!manifest_) {
    fail("its manifest cannot be understood");
  }
  if (manifest_ && unpack_to_) {
    require_room(*manifest_, *unpack_to_);
  }
}

/// A small archive may say that it holds more than any disk has.
void Check::require_room(const Manifest& manifest, const std::filesystem::path& folder) const {
  const auto room = std::filesystem::space(folder).available;
  std::uintmax_t wanted = 0;
  for (const auto& file : manifest.files) {
    if (file.size > room - std::min<std::uintmax_t>(wanted, room)) {
      throw SnapshotError(fmt::format("{} holds more than the {} MiB that are free in {}",
                                      archive_.string(),
                                      room / (std::uintmax_t{1024} * 1024),
                                      folder.string()));
    }
    wanted += file.size;
  }
}

void Check::leave() {
  if (!manifest_) {
    leave_manifest();
    return;
  }
  const auto& file = manifest_->files[checked_];
  if (size_ != file.size || to_hex(sha256_.finish()) != file.sha256) {
    fail(fmt::format("'{}' is not what was stored", file.name));
  }
  if (output_) {
    output_ = Descriptor();
    sync_file(output_name_);
  }
  ++checked_;
}

Manifest Check::finish() {
  if (!manifest_) {
    fail("it is empty");
  }
  if (checked_ != manifest_->files.size()) {
    fail(fmt::format("'{}' is missing", manifest_->files[checked_].name));
  }
  return std::move(*manifest_);
}

std::optional<Manifest> from_json(const nlohmann::json& json) {
  if (!json.is_object() || whole_number<int>(json.value("format", nlohmann::json{})) != kFormat) {
    return std::nullopt;
  }
  const auto run = whole_number<int>(json.at("run"));
  const auto last_event = whole_number<std::int64_t>(json.at("last_event"));
  if (!run || !last_event) {
    return std::nullopt;
  }
  Manifest manifest;
  manifest.run = *run;
  manifest.made = json.at("made").get<std::string>();
  manifest.last_event = *last_event;
  for (const auto& file : json.at("files")) {
    const auto size = whole_number<std::uint64_t>(file.at("size"));
    if (!size) {
      return std::nullopt;
    }
    manifest.files.push_back({.name = file.at("name").get<std::string>(),
                              .size = *size,
                              .sha256 = file.at("sha256").get<std::string>()});
  }
  for (const auto& file : json.value("damaged", nlohmann::json::array())) {
    manifest.damaged.push_back(
        {.name = file.at("name").get<std::string>(),
         .what = file.at("what").get<std::string>(),
         .last_good = file.at("last_good").get<std::string>(),
         .good_event = whole_number<std::int64_t>(file.at("good_event")).value_or(0)});
  }
  return manifest;
}

}  // namespace

std::string to_json_text(const Manifest& manifest) {
  nlohmann::ordered_json files = nlohmann::ordered_json::array();
  for (const auto& file : manifest.files) {
    files.push_back({{"name", file.name}, {"size", file.size}, {"sha256", file.sha256}});
  }
  nlohmann::ordered_json damaged = nlohmann::ordered_json::array();
  for (const auto& file : manifest.damaged) {
    damaged.push_back({{"name", file.name},
                       {"what", file.what},
                       {"last_good", file.last_good},
                       {"good_event", file.good_event}});
  }
  const nlohmann::ordered_json json{{"format", kFormat},
                                    {"run", manifest.run},
                                    {"made", manifest.made},
                                    {"last_event", manifest.last_event},
                                    {"files", std::move(files)},
                                    {"damaged", std::move(damaged)}};
  return json.dump(1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::optional<Manifest> parse_manifest(std::string_view text) {
  // A manifest nests three deep; what nests deeper is not one, and must not cost a deep stack.
  const auto too_deep = [](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
    if (depth > 4) {
      throw std::length_error("manifest nests too deep");
    }
    return true;
  };
  try {
    return from_json(nlohmann::json::parse(text, too_deep));
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  } catch (const std::length_error&) {
    return std::nullopt;
  }
}

std::optional<Manifest> read_manifest(const std::filesystem::path& archive) {
  std::string text;
  bool first = true;
  try {
    const auto file = open_file(archive, O_RDONLY | O_NONBLOCK);
    read_archive(file,
                 archive.string(),
                 {.enter =
                      [&](const std::string& entry) {
                        return std::exchange(first, false) && entry == kManifestName;
                      },
                  .data =
                      [&](std::string_view bytes) {
                        text += bytes.substr(0, kLongestManifest - text.size());
                      },
                  .leave = [] {}});
  } catch (const SnapshotError&) {
    return std::nullopt;  // then there is nothing to compare with: a whole new one is made
  }
  return parse_manifest(text);
}

Manifest verify_archive(const std::filesystem::path& archive,
                        const std::optional<std::filesystem::path>& unpack_to) {
  const auto file = open_file(archive, O_RDONLY | O_NONBLOCK);
  // What the disk gives back is to be compared, not what memory still holds of it.
  ::posix_fadvise(file.number(), 0, 0, POSIX_FADV_DONTNEED);
  Check check(archive, unpack_to);
  std::string reading{kManifestName};
  try {
    read_archive(file,
                 archive.string(),
                 {.enter =
                      [&](const std::string& entry) {
                        reading = entry;
                        check.enter(entry);
                        return true;
                      },
                  .data = [&](std::string_view bytes) { check.data(bytes); },
                  .leave = [&] { check.leave(); }});
  } catch (const BrokenArchive& error) {
    throw SnapshotError(fmt::format("the backup {} is damaged in '{}' or what follows it: {}",
                                    archive.filename().string(),
                                    reading,
                                    error.what()));
  }
  return check.finish();
}

}  // namespace fat::store
