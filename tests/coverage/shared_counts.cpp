// What gcc counts in memory -> a file that all processes of one program have in common, as it
// happens: what is killed counts. Linked in by preset coverage alone. COUNTS/PROGRAM.BYTES is
// mapped over the counters (shared_counts.ld puts them side by side) before anything else runs;
// nothing is written at an end. With FAT_WRITE_COUNTS set the program writes what the file holds
// where gcov looks for it, and does nothing else. Without the folder nothing is counted, and
// nothing is different.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

extern "C" {
void __gcov_dump();  // NOLINT(bugprone-reserved-identifier): gcc's

void __wrap___gcov_exit() {
}  // NOLINT(bugprone-reserved-identifier): at every end gcc would write all there is

extern std::int64_t fat_counts_begin[];
extern std::int64_t fat_counts_end[];
}

namespace {

std::string own_counts(std::size_t bytes) {
  std::string program(4096, '\0');
  const auto length = readlink("/proc/self/exe", program.data(), program.size());
  program.resize(length > 0 ? static_cast<std::size_t>(length) : 0);
  return FAT_COUNTS_FOLDER "/" + program.substr(program.rfind('/') + 1) + "." +
         std::to_string(bytes);
}

void share(std::size_t bytes) {
  const int file = open(own_counts(bytes).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (file < 0) {
    return;
  }

  struct stat now {};

  const auto length = static_cast<off_t>(bytes);
  const bool has_room =
      fstat(file, &now) == 0 && (now.st_size == length || ftruncate(file, length) == 0);
  if (has_room) {
    fchmod(file, 0666);  // some tests run it as somebody else
    mmap(fat_counts_begin, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file, 0);
  }
  close(file);
}

/// After gcc's own constructors (100), before all others.
[[gnu::constructor(101)]] void share_counts() {
  const auto bytes =
      static_cast<std::size_t>(fat_counts_end - fat_counts_begin) * sizeof(std::int64_t);
  if (bytes > 0) {
    share(bytes);
  }
  if (std::getenv("FAT_WRITE_COUNTS") != nullptr) {
    __gcov_dump();
    _exit(0);
  }
}

}  // namespace
