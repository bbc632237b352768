// The file of users, read and written.
#include "fat/web/user_book.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fat/model/owned_fd.hpp"
#include "fat/web/web_server.hpp"

namespace fat {

namespace {

constexpr std::array<std::pair<Role, const char*>, 3> kRoles{
    {{Role::Viewer, "viewer"}, {Role::Operator, "operator"}, {Role::Expert, "expert"}}};
constexpr std::size_t kLargestBook = 1024 * 1024UL;
constexpr std::size_t kLongestName = 64;
constexpr int kDeepest = 6;

[[noreturn]] void fail_at(const char* what, const std::filesystem::path& file) {
  throw WebError{fmt::format("the users in {} cannot be {}: {}",
                             file.string(),
                             what,
                             std::generic_category().message(errno))};
}

[[noreturn]] void damaged(const std::filesystem::path& file, const std::string& what) {
  throw WebError{
      fmt::format("the users in {} cannot be read: {}. Bring back an older copy, or remove "
                  "the file and add them again with `fatmaster user add NAME`",
                  file.string(),
                  what)};
}

void check_rights(const struct stat& status, const std::filesystem::path& file) {
  if (!S_ISREG(status.st_mode)) {
    damaged(file, "it is no file");
  }
  if ((status.st_mode & 077U) != 0) {
    throw WebError{
        fmt::format("others may read or write the users in {}; only its owner should: chmod 600 {}",
                    file.string(),
                    file.string())};
  }
}

std::string content_of(const OwnedFd& descriptor, const std::filesystem::path& file) {
  std::string text;
  std::array<char, 65536> piece{};
  for (;;) {
    const auto got = ::read(descriptor.get(), piece.data(), piece.size());
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      fail_at("read", file);
    }
    if (got == 0) {
      return text;
    }
    text.append(piece.data(), static_cast<std::size_t>(got));
    if (text.size() > kLargestBook) {
      damaged(file, "it is longer than 1 MiB");
    }
  }
}

/// Throws what nlohmann throws when a member is missing or of another type.
WebUser user_of(const nlohmann::json& json) {
  WebUser user{.name = json.at("name").get<std::string>()};
  const auto role = role_of_word(json.at("role").get<std::string>());
  if (!role || !problem_of_user_name(user.name).empty()) {
    throw std::invalid_argument{"a user's name or role is wrong"};
  }
  user.role = *role;
  user.password = json.at("password").get<std::string>();
  user.tokens = json.at("tokens").get<std::vector<std::string>>();
  return user;
}

void write_bytes(const OwnedFd& descriptor,
                 std::string_view text,
                 const std::filesystem::path& file) {
  while (!text.empty()) {
    const auto written = ::write(descriptor.get(), text.data(), text.size());
    if (written < 0 && errno != EINTR) {
      fail_at("written", file);
    }
    text.remove_prefix(written > 0 ? static_cast<std::size_t>(written) : 0);
  }
  if (::fsync(descriptor.get()) != 0) {
    fail_at("written", file);
  }
}

std::string text_of(const UserBook& book) {
  auto users = nlohmann::ordered_json::array();
  for (const auto& user : book.users) {
    users.push_back({{"name", user.name},
                     {"role", role_word(user.role)},
                     {"password", user.password},
                     {"tokens", user.tokens}});
  }
  return nlohmann::ordered_json{{"users", users}}.dump(1) + "\n";
}

}  // namespace

const WebUser* UserBook::find(std::string_view name) const {
  const auto found = std::ranges::find(users, name, &WebUser::name);
  return found == users.end() ? nullptr : &*found;
}

std::string role_word(Role role) {
  return std::ranges::find(kRoles, role, &std::pair<Role, const char*>::first)->second;
}

std::optional<Role> role_of_word(std::string_view word) {
  const auto* const found =
      std::ranges::find_if(kRoles, [&](const auto& row) { return row.second == word; });
  return found == kRoles.end() ? std::nullopt : std::optional{found->first};
}

std::string problem_of_user_name(std::string_view name) {
  const bool plain = std::ranges::all_of(name, [](unsigned char letter) {
    return std::isalnum(letter) != 0 || letter == '.' || letter == '-' || letter == '_';
  });
  const bool begins_well = !name.empty() && std::isalnum(static_cast<unsigned char>(name[0])) != 0;
  return plain && begins_well && name.size() <= kLongestName
             ? ""
             : "a user's name has letters, digits, '.', '-' and '_', begins with a letter or "
               "digit, "
               "and has at most 64 of them";
}

UserBook read_user_book(const std::filesystem::path& file) {
  const OwnedFd descriptor{::open(file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
  if (!descriptor) {
    if (errno == ENOENT) {
      return {};
    }
    fail_at("read", file);
  }

  struct stat status {};

  if (::fstat(descriptor.get(), &status) != 0) {
    fail_at("read", file);
  }
  check_rights(status, file);
  const auto too_deep = [](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
    return depth <= kDeepest;
  };
  UserBook book;
  try {
    const auto json = nlohmann::json::parse(content_of(descriptor, file), too_deep);
    for (const auto& user : json.at("users")) {
      book.users.push_back(user_of(user));
    }
  } catch (const nlohmann::json::exception& error) {
    damaged(file, "it is not what `fatmaster user` writes");
  } catch (const std::invalid_argument& error) {
    damaged(file, error.what());
  }
  return book;
}

void change_user_book(const std::filesystem::path& file,
                      const std::function<void(UserBook&)>& change) {
  const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path{"."};
  const OwnedFd lock{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!lock || ::flock(lock.get(), LOCK_EX) != 0) {
    fail_at("changed", file);
  }
  auto book = read_user_book(file);
  change(book);
  const auto name = folder / fmt::format(".{}.tmp", file.filename().string());
  {
    const OwnedFd descriptor{
        ::open(name.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600)};
    if (!descriptor || ::fchmod(descriptor.get(), 0600) != 0) {
      fail_at("written", name);
    }
    write_bytes(descriptor, text_of(book), name);
  }
  if (::rename(name.c_str(), file.c_str()) != 0) {
    fail_at("replaced", file);
  }
  if (::fsync(lock.get()) != 0) {
    fail_at("kept", file);
  }
}

}  // namespace fat
