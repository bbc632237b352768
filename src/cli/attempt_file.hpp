// An attempt's folder and a name from a stranger -> the file, if it really lies in there; bytes of
// what a step printed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "fat/model/owned_fd.hpp"

namespace fat {

struct OpenedFile {
  OwnedFd file;  ///< to read from
  std::uint64_t size = 0;
};

/// "plots/gain.png" below `folder`; nullopt when there is no such regular file. Follows no link
/// below `folder`, and no "..".
std::optional<OpenedFile> open_beneath(const std::filesystem::path& folder,
                                       const std::string& name);

/// At most `most` bytes from `offset` on; fewer at the end, or when they cannot be read.
std::string bytes_of(const OpenedFile& file, std::uint64_t offset, std::size_t most);

/// What a step printed, as far as it is kept: its older part and its newer one as one text. Offsets
/// are bytes from the beginning of what is kept.
class KeptOutput {
 public:
  explicit KeptOutput(const std::filesystem::path& folder);

  std::uint64_t size() const { return older_size() + newer_size(); }

  /// Where what was printed since the last rotation begins.
  std::uint64_t older_size() const { return older_ ? older_->size : 0; }

  std::string read(std::uint64_t offset, std::size_t most) const;

 private:
  std::uint64_t newer_size() const { return newer_ ? newer_->size : 0; }

  std::optional<OpenedFile> older_, newer_;
};

}  // namespace fat
