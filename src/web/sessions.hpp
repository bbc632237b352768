// Who has logged in: a random token each, kept as its hash, for a while. Pure; the time comes in.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "fat/model/instant.hpp"

namespace fat {

/// Not Session: a device has one.
struct WebSession {
  std::string user;      ///< empty: came by a one-time link
  std::string password;  ///< the hash it was opened with: another one ends it
  Microseconds ends{0};  ///< on the boot clock
};

class Sessions {
 public:
  explicit Sessions(std::chrono::seconds length) : length_(length) {}

  /// Returns the token for the cookie. There are at most 1000: the one that ends first goes.
  std::string open(std::string user, std::string password, Microseconds now);

  /// nullptr: no such session, or over. `key`: `hash_of_token` of the token.
  const WebSession* find(const std::string& key, Microseconds now);

  void close(const std::string& key) { sessions_.erase(key); }

 private:
  std::chrono::seconds length_;
  std::map<std::string, WebSession> sessions_;
};

/// A few tokens that let in once.
class OneTimeLinks {
 public:
  void add(const std::string& token, Microseconds now);

  /// True once for each token that was added, within an hour.
  bool use(const std::string& token, Microseconds now);

 private:
  std::map<std::string, Microseconds> ends_;  ///< of the hash
};

}  // namespace fat
