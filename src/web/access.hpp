// Cookie or token of a request -> who asks and what they may; log-ins. Used by one thread.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "fat/model/instant.hpp"
#include "fat/web/user_book.hpp"
#include "fat/web/web_server.hpp"
#include "web/login_limits.hpp"
#include "web/request_reader.hpp"
#include "web/sessions.hpp"
#include "web/wire.hpp"

namespace fat {

/// Who asks.
struct Caller {
  std::optional<Role> role;  ///< nullopt: log in first
  std::string name;          ///< empty: nobody by name
  std::string session;       ///< key of the session; empty: none
  std::string token;         ///< hash of the token; empty: none
};

class Access {
 public:
  /// `loopback`: nobody but this machine reaches the server. Throws WebError for a file of users
  /// that cannot be used.
  Access(const WebSettings& settings, bool loopback);

  /// Reads the file of users again when it is another one; looks at most once a second.
  void look_at_users(Microseconds now);

  bool has_users() const { return !book_.users.empty() || unreadable_; }

  /// Nobody can log in: the file of users is damaged.
  bool unreadable() const { return unreadable_; }

  Caller caller(const HttpRequest& request, const Peer& peer, Microseconds now);

  /// What they may is still what it was.
  bool still(const Caller& caller, Microseconds now);

  LoginLimits& limits() { return limits_; }

  void add_link(const std::string& token, Microseconds now) { links_.add(token, now); }

  /// The cookie's token; nullopt: the link is no good.
  std::optional<std::string> open_by_link(const std::string& link, Microseconds now);

  /// The hash to compare with; empty: nobody of that name, or nobody who has a password.
  std::string password_of(const std::string& user) const;

  /// REQUIRES: `hash` was compared with what they sent. nullopt: the user is gone meanwhile, or has
  /// another password.
  std::optional<std::string> open_for(const std::string& user,
                                      const std::string& hash,
                                      Microseconds now);

  void close(const Caller& caller) { sessions_.close(caller.session); }

 private:
  /// What tells one version of a file from the next.
  struct FileMark {
    long long size = -1, seconds = 0, nanoseconds = 0;
    unsigned long long inode = 0;

    bool operator==(const FileMark&) const = default;
  };

  static FileMark mark_of(const std::filesystem::path& file);
  Caller nobody() const;
  Caller of_session(const std::string& key, Microseconds now);
  Caller of_token(const std::string& hash) const;

  std::filesystem::path file_;
  bool loopback_;
  UserBook book_;
  FileMark mark_;
  Microseconds looked_{0};
  bool unreadable_ = false;
  Sessions sessions_;
  OneTimeLinks links_;
  LoginLimits limits_;
};

/// Of a port's own: browsers send the cookies of a host to all its ports.
std::string cookie_name(const HttpRequest& request, const Peer& peer);

/// The field that makes a browser keep `token`; an empty one: forget it.
std::string cookie_text(const HttpRequest& request,
                        const Peer& peer,
                        const std::string& token,
                        std::chrono::seconds length);

}  // namespace fat
