// A Wiener crate as its SNMP clients see it.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace fat {

/// SNMP v2c: GET and SET of one object of WIENER-CRATE-MIB; two outputs, 8 ohm on each. It knows no
/// socket: a datagram in, a datagram out.
class VirtualCrate {
 public:
  /// Empty: no answer, as of a wrong community.
  std::string answer(std::string_view datagram);

  bool mute = false;
  bool deaf_to_settings = false;  ///< acknowledges, and does nothing
  bool silent_when_set = false;   ///< obeys, and does not answer
  std::array<bool, 2> failed{};   ///< over-current

 private:
  using Path = std::vector<std::uint32_t>;

  struct Question {
    unsigned kind = 0;
    std::string community, number, object, value;  ///< as encoded, with their headers
  };

  static bool parse(std::string_view datagram, Question& question);
  std::string value_of(const Path& object) const;
  /// 0, or SNMP's error.
  int set(const Path& object, std::string_view community, std::string_view value);

  struct Output {
    float volts = 0, amperes = 3;
    bool on = false;
  };

  static int set_column(Output& output, std::uint32_t column, std::string_view value);

  std::array<Output, 2> outputs_;
  bool main_ = true;
};

}  // namespace fat
