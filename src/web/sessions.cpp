// Who has logged in.
#include "web/sessions.hpp"

#include <algorithm>
#include <utility>

#include "fat/web/user_book.hpp"

namespace fat {

namespace {

constexpr std::size_t kMostSessions = 1000;
constexpr std::size_t kMostLinks = 16;
constexpr std::chrono::hours kLinkIsGood{1};

}  // namespace

std::string Sessions::open(std::string user, std::string password, Microseconds now) {
  std::erase_if(sessions_, [now](const auto& row) { return row.second.ends <= now; });
  if (sessions_.size() >= kMostSessions) {
    const auto ends = [](const auto& row) { return row.second.ends; };
    sessions_.erase(std::ranges::min_element(sessions_, {}, ends));
  }
  auto token = random_token();
  sessions_.emplace(
      hash_of_token(token),
      WebSession{.user = std::move(user), .password = std::move(password), .ends = now + length_});
  return token;
}

const WebSession* Sessions::find(const std::string& key, Microseconds now) {
  const auto found = sessions_.find(key);
  if (found == sessions_.end()) {
    return nullptr;
  }
  if (found->second.ends <= now) {
    sessions_.erase(found);
    return nullptr;
  }
  return &found->second;
}

void OneTimeLinks::add(const std::string& token, Microseconds now) {
  std::erase_if(ends_, [now](const auto& row) { return row.second <= now; });
  if (ends_.size() >= kMostLinks) {
    ends_.erase(std::ranges::min_element(ends_, {}, [](const auto& row) { return row.second; }));
  }
  ends_.emplace(hash_of_token(token), now + kLinkIsGood);
}

bool OneTimeLinks::use(const std::string& token, Microseconds now) {
  const auto found = ends_.find(hash_of_token(token));
  if (found == ends_.end()) {
    return false;
  }
  const bool good = now < found->second;
  ends_.erase(found);
  return good;
}

}  // namespace fat
