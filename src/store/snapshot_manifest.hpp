// What an archive says about itself: its first entry, manifest.json.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fat::store {

constexpr const char* kManifestName = "manifest.json";
constexpr const char* kJournalName = "fatmaster.db";

struct ManifestFile {
  std::string name;
  std::uint64_t size = 0;
  std::string sha256;  ///< hex

  bool operator==(const ManifestFile&) const = default;
};

/// A JSON that was not whole when the snapshot was made.
struct DamagedFile {
  std::string name;           ///< as in the archive
  std::string what;           ///< "is not complete JSON"
  std::string last_good;      ///< the archive that has it whole; empty: none is known
  std::int64_t good_event{};  ///< newest event in that archive's journal
};

struct Manifest {
  int run = 0;
  std::string made;             ///< UTC, for people
  std::int64_t last_event = 0;  ///< newest event in the journal's copy
  std::vector<ManifestFile> files;
  std::vector<DamagedFile> damaged;
};

std::string to_json_text(const Manifest& manifest);
/// nullopt when the text is not one.
std::optional<Manifest> parse_manifest(std::string_view text);

/// The manifest of an archive; nullopt when the file is not one of ours or damaged at its start.
std::optional<Manifest> read_manifest(const std::filesystem::path& archive);

/// Reads the whole archive and compares everything with its manifest. Throws SnapshotError naming
/// the first difference. `unpack_to`: also writes the files there, durably; refused when they would
/// not fit there.
Manifest verify_archive(const std::filesystem::path& archive,
                        const std::optional<std::filesystem::path>& unpack_to = std::nullopt);

}  // namespace fat::store
