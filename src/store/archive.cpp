// Content -> pax tar -> zstd -> file descriptor, and back.
#include "store/archive.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace fat::store {

namespace {

constexpr std::size_t kPiece = 64UL * 1024;

struct FreeEntry {
  void operator()(archive_entry* entry) const noexcept { archive_entry_free(entry); }
};

struct FreeReader {
  void operator()(archive* opened) const noexcept { archive_read_free(opened); }
};

using Reader = std::unique_ptr<archive, FreeReader>;

[[noreturn]] void fail(const std::string& name, archive* opened) {
  const char* text = archive_error_string(opened);
  throw BrokenArchive(fmt::format("{}: {}", name, text != nullptr ? text : "unknown error"));
}

/// Relative, and never above the folder it is unpacked into.
bool is_plain_name(const std::filesystem::path& name) {
  if (name.empty() || name.is_absolute() || name.native().size() > 1000) {
    return false;
  }
  return std::ranges::all_of(name, [](const std::filesystem::path& part) {
    return !part.empty() && part != "." && part != "..";
  });
}

void read_entry(archive* opened, const std::string& name, const ArchiveVisitor& visitor) {
  std::array<char, kPiece> piece{};
  for (;;) {
    const la_ssize_t count = archive_read_data(opened, piece.data(), piece.size());
    if (count < 0) {
      fail(name, opened);
    }
    if (count == 0) {
      visitor.leave();
      return;
    }
    visitor.data({piece.data(), static_cast<std::size_t>(count)});
  }
}

Reader open_reader(const Descriptor& file, const std::string& name) {
  Reader reader(archive_read_new());
  archive_read_support_filter_zstd(reader.get());
  archive_read_support_format_tar(reader.get());
  if (::lseek(file.number(), 0, SEEK_SET) != 0 ||
      archive_read_open_fd(reader.get(), file.number(), kPiece) != ARCHIVE_OK) {
    fail(name, reader.get());
  }
  return reader;
}

}  // namespace

void ArchiveWriter::Free::operator()(archive* opened) const noexcept {
  archive_write_free(opened);
}

void ArchiveWriter::check(int code) const {
  if (code != ARCHIVE_OK) {
    fail(name_, archive_.get());
  }
}

ArchiveWriter::ArchiveWriter(const Descriptor& file, std::string name)
    : name_(std::move(name)), archive_(archive_write_new()) {
  check(archive_write_set_format_pax_restricted(archive_.get()));
  // Names are bytes: no locale is to translate them.
  check(archive_write_set_format_option(archive_.get(), "pax", "hdrcharset", "BINARY"));
  check(archive_write_add_filter_zstd(archive_.get()));
  check(archive_write_open_fd(archive_.get(), file.number()));
}

void ArchiveWriter::start_entry(const std::string& entry, std::int64_t size) {
  const std::unique_ptr<archive_entry, FreeEntry> header(archive_entry_new());
  archive_entry_set_pathname(header.get(), entry.c_str());
  archive_entry_set_size(header.get(), size);
  archive_entry_set_filetype(header.get(), AE_IFREG);
  archive_entry_set_perm(header.get(), 0644);
  check(archive_write_header(archive_.get(), header.get()));
}

void ArchiveWriter::put(std::string_view bytes) {
  while (!bytes.empty()) {
    const la_ssize_t written = archive_write_data(archive_.get(), bytes.data(), bytes.size());
    if (written <= 0) {
      fail(name_, archive_.get());
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void ArchiveWriter::add(const std::string& entry, std::string_view content) {
  start_entry(entry, static_cast<std::int64_t>(content.size()));
  put(content);
  check(archive_write_finish_entry(archive_.get()));
}

void ArchiveWriter::add_file(const std::string& entry, const std::filesystem::path& file) {
  start_entry(entry, static_cast<std::int64_t>(std::filesystem::file_size(file)));
  read_pieces(file, [&](std::string_view bytes) { put(bytes); });
  check(archive_write_finish_entry(archive_.get()));
}

void ArchiveWriter::close() {
  check(archive_write_close(archive_.get()));
}

void read_archive(const Descriptor& file, const std::string& name, const ArchiveVisitor& visitor) {
  const Reader reader = open_reader(file, name);
  archive_entry* entry = nullptr;
  for (;;) {
    const int code = archive_read_next_header(reader.get(), &entry);
    if (code == ARCHIVE_EOF) {
      return;
    }
    if (code != ARCHIVE_OK) {
      fail(name, reader.get());
    }
    const char* path = archive_entry_pathname(entry);
    if (path == nullptr || archive_entry_filetype(entry) != AE_IFREG || !is_plain_name(path)) {
      throw SnapshotError(fmt::format(
          "{} holds '{}', which no backup of ours does", name, path == nullptr ? "" : path));
    }
    if (!visitor.enter(path)) {
      return;
    }
    read_entry(reader.get(), name, visitor);
  }
}

}  // namespace fat::store
