// Wrong log-ins of a user and of an address -> how long the next one has to wait. Pure; the time
// comes in.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>

#include "fat/model/instant.hpp"

namespace fat {

class LoginLimits {
 public:
  /// So many wrong tries are free; then a wait of 2 s, twice as long each time, up to `longest`.
  LoginLimits(std::size_t of_user, std::size_t of_address, std::chrono::seconds longest)
      : of_user_(of_user), of_address_(of_address), longest_(longest) {}

  /// nullopt: now. Else after so many seconds, at least 1.
  std::optional<std::chrono::seconds> wait(const std::string& user,
                                           const std::string& address,
                                           Microseconds now) const;

  /// Counts as wrong until `was_right`: tries side by side count, too.
  void tried(const std::string& user, const std::string& address, Microseconds now);
  void was_right(const std::string& user, const std::string& address);

 private:
  struct Tries {
    std::size_t count = 0;
    Microseconds last{0};
  };

  using Table = std::map<std::string, Tries>;

  static void count(Table& table, const std::string& name, Microseconds now);
  Microseconds left(const Table& table,
                    const std::string& name,
                    std::size_t free,
                    Microseconds now) const;

  std::size_t of_user_, of_address_;
  std::chrono::seconds longest_;
  Table users_, addresses_;
};

}  // namespace fat
