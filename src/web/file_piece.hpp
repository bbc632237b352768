// Part of a file -> its bytes, piece by piece.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "fat/model/owned_fd.hpp"
#include "fat/web/api.hpp"

namespace fat {

class OpenFile {
 public:
  /// nullptr: it is not there, or no regular file. A slice that is longer than the file is cut.
  static std::shared_ptr<OpenFile> open(const FileSlice& slice);

  OpenFile(OwnedFd file, std::uint64_t offset, std::uint64_t length)
      : file_(std::move(file)), offset_(offset), left_(length) {}

  std::uint64_t left() const { return left_; }

  /// The next bytes, at most `most`; nothing: there are none where there should be.
  std::string read(std::size_t most);

 private:
  OwnedFd file_;
  std::uint64_t offset_, left_;
};

}  // namespace fat
