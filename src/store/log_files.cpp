// A file that somebody attaches to a logbook entry -> its copy in the station, named by its
// content.
#include "fat/store/log_files.hpp"

#include <algorithm>
#include <cctype>

#include <fcntl.h>
#include <unistd.h>

#include "fat/model/plain_text.hpp"
#include "store/durable_file.hpp"
#include "store/sha256.hpp"

namespace fat {

namespace {

constexpr std::size_t kLongestName = 200;
constexpr std::size_t kLongestExtension = 10;

/// So that people can open it. Nothing odd gets into a file name.
std::string extension_of(const std::string& name) {
  const auto extension = std::filesystem::path{name}.extension().string();
  const bool plain = extension.size() > 1 && extension.size() <= kLongestExtension &&
                     std::all_of(extension.begin() + 1, extension.end(), [](unsigned char letter) {
                       return std::isalnum(letter) != 0 && letter < 0x80U;
                     });
  return plain ? extension : "";
}

bool is_hash(const std::string& text) {
  return text.size() == 2 * sizeof(store::Hash) && std::ranges::all_of(text, [](char letter) {
           return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'f');
         });
}

}  // namespace

std::filesystem::path log_file(const std::filesystem::path& state,
                               const LogAttachment& attachment) {
  const auto& hash = attachment.sha256;  // of a damaged entry it may be anything
  return state / "logbook" / ((is_hash(hash) ? hash : "unknown") + extension_of(attachment.name));
}

LogAttachment keep_log_file(const std::filesystem::path& state,
                            const std::filesystem::path& file,
                            bool shared) {
  const auto content = store::read_whole(file, kLargestAttachment);
  LogAttachment attachment{.name = plain_text(file.filename().string(), kLongestName),
                           .sha256 = store::to_hex(store::Sha256{}.add(content).finish()),
                           .size = static_cast<std::int64_t>(content.size())};
  const auto kept = log_file(state, attachment);
  if (std::filesystem::create_directories(kept.parent_path())) {
    std::filesystem::permissions(kept.parent_path(),
                                 shared ? std::filesystem::perms::set_gid |
                                              std::filesystem::perms::owner_all |
                                              std::filesystem::perms::group_all
                                        : std::filesystem::perms::owner_all);
    store::sync_folder(state);
  }
  // Who writes the same content at the same time writes the same file: the name is the content.
  const auto own = kept.string() + "." + std::to_string(::getpid());
  if (!std::filesystem::exists(kept)) {
    const store::Temporary temporary{own};
    store::write_all(
        store::open_file(own, O_WRONLY | O_CREAT | O_TRUNC, shared ? 0660 : 0600), content, own);
    store::sync_file(own);
    store::rename_to_free_name(own, kept);
  }
  store::sync_folder(kept.parent_path());
  return attachment;
}

}  // namespace fat
