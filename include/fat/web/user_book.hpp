// The file of users (names, roles, hashes) -> who may log in; and the file again.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fat/web/api.hpp"

namespace fat {

struct WebUser {
  std::string name;
  Role role = Role::Viewer;
  std::string password;  ///< argon2id, as libsodium writes it; empty: no log-in by password
  std::vector<std::string> tokens;  ///< SHA-256 of each, hex

  bool operator==(const WebUser&) const = default;
};

struct UserBook {
  std::vector<WebUser> users;

  /// nullptr: nobody of that name.
  const WebUser* find(std::string_view name) const;
};

/// An absent file is an empty book. Throws WebError: it cannot be read, is not ours alone (0600),
/// is damaged. Never waits for a pipe in its place.
UserBook read_user_book(const std::filesystem::path& file);

/// Reads the file, lets `change` change it and replaces it, 0600, whole or not at all, on disk when
/// this returns; nobody else changes it meanwhile. Throws WebError, and what `change` throws: then
/// nothing changed.
void change_user_book(const std::filesystem::path& file,
                      const std::function<void(UserBook&)>& change);

/// "viewer", "operator", "expert".
std::string role_word(Role role);
std::optional<Role> role_of_word(std::string_view word);

/// What is wrong with a name for a user; empty: nothing. Letters, digits, '.', '-', '_'; at
/// most 64.
std::string problem_of_user_name(std::string_view name);

/// What is wrong with a password; empty: nothing.
std::string problem_of_password(std::string_view password);

/// argon2id with a salt of its own: takes a tenth of a second and 64 MiB. Throws WebError.
std::string hashed_password(const std::string& password);

/// Takes as long for an empty `hash` as for another, and says no.
bool is_password(const std::string& password, const std::string& hash);

/// 256 random bits as text.
std::string random_token();

/// Hex.
std::string hash_of_token(std::string_view token);

}  // namespace fat
