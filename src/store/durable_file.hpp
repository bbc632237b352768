// Bytes -> files that survive a power cut, whole or not at all.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace fat::store {

/// An open file descriptor, closed with its owner.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}

  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&& other) noexcept;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int number() const { return number_; }

  /// The caller closes it from here on.
  int release() { return std::exchange(number_, -1); }

  explicit operator bool() const { return number_ >= 0; }

 private:
  int number_;
};

/// Removes a file unless it has become the real one.
class Temporary {
 public:
  explicit Temporary(std::filesystem::path file);
  ~Temporary();
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;

  void keep() { file_.clear(); }

 private:
  std::filesystem::path file_;
};

/// All functions throw std::system_error whose text names the file.
Descriptor open_file(const std::filesystem::path& file, int flags, unsigned mode = 0600);
void write_all(const Descriptor& file, std::string_view bytes, const std::filesystem::path& name);
/// fsync of a file or folder; a folder on a file system that cannot do that is let pass.
void sync_file(const std::filesystem::path& file);
void sync_folder(const std::filesystem::path& folder);

/// Hands over the content piece by piece. Throws std::runtime_error when it is not a regular file.
void read_pieces(const std::filesystem::path& file,
                 const std::function<void(std::string_view)>& take);

/// The whole content. Throws std::runtime_error when it is not a regular file or longer than
/// `limit`.
std::string read_whole(const std::filesystem::path& file, std::uint64_t limit);

/// Who may do what with a new file: as with the one it replaces, else `mode`. `durable` false:
/// atomic, but a power cut may undo it.
struct Replacing {
  unsigned mode = 0644;
  std::optional<std::filesystem::path> as;
  bool durable = true;
};

/// Replaces `file` atomically and durably: temporary file, fsync, rename, fsync of the folder. On
/// any error the old content stands. REQUIRES: one writer of this file at a time (a lock, or a name
/// nobody else knows).
void replace_file(const std::filesystem::path& file,
                  std::string_view content,
                  const Replacing& how = {});

/// Gives `from` the name `to` unless that exists already: then false. Atomic.
bool rename_to_free_name(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace fat::store
