// Users as a test says -> a file of them, in a folder of its own that goes with this object.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>

#include <stdlib.h>

#include "fat/web/user_book.hpp"

namespace fat {

class ScratchUsers {
 public:
  ScratchUsers() {
    auto pattern = (std::filesystem::temp_directory_path() / "fat_users_XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) {
      throw std::runtime_error{"no scratch folder"};
    }
    folder_ = pattern;
  }

  ~ScratchUsers() { std::filesystem::remove_all(folder_); }

  ScratchUsers(const ScratchUsers&) = delete;
  ScratchUsers& operator=(const ScratchUsers&) = delete;

  std::filesystem::path file() const { return folder_ / "users.json"; }

  const std::filesystem::path& folder() const { return folder_; }

  /// Empty: no password.
  void add(const std::string& name, Role role, const std::string& password = {}) const {
    change_user_book(file(), [&](UserBook& book) {
      book.users.push_back({.name = name,
                            .role = role,
                            .password = password.empty() ? "" : hashed_password(password)});
    });
  }

  std::string add_token(const std::string& name) const {
    const auto token = random_token();
    change_user_book(file(), [&](UserBook& book) {
      for (auto& user : book.users) {
        if (user.name == name) {
          user.tokens.push_back(hash_of_token(token));
        }
      }
    });
    return token;
  }

  void remove(const std::string& name) const {
    change_user_book(file(), [&](UserBook& book) {
      std::erase_if(book.users, [&](const WebUser& user) { return user.name == name; });
    });
  }

 private:
  std::filesystem::path folder_;
};

}  // namespace fat
