// One [channel NAME] of station.ini: what is read, how often, what may be believed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fat/model/calibration.hpp"
#include "fat/model/instant.hpp"

namespace fat {

/// Something that an instrument can be asked for: "voltage 2".
struct QuantityName {
  std::string quantity;
  int input = 1;  ///< which of the instrument's own channels

  auto operator<=>(const QuantityName&) const = default;
};

/// What a setting may be: beyond it nothing is sent.
struct SettingRange {
  double low = 0, high = 0;

  bool operator==(const SettingRange&) const = default;
};

/// What a kind of device can be asked for.
struct QuantityInfo {
  std::string name;                      ///< "voltage"
  std::string unit;                      ///< "V"; empty: a number or a switch (0, 1)
  int inputs = 1;                        ///< the instrument has it 1 to `inputs` times
  std::optional<SettingRange> settable;  ///< nullopt: can only be read
};

struct ChannelEntry {
  std::string name;
  std::string instrument;  ///< name of its [device ...]
  QuantityName source;
  std::string unit;
  Microseconds period = std::chrono::seconds{10};
  std::optional<double> lowest, highest;  ///< what lies beyond is not believed
  Microseconds maximum_age{0};            ///< an older reading is none
  double dead_band = 0;                   ///< what changes less is no news
  Calibration calibration;
  std::optional<SettingRange> settable;  ///< of its quantity; nullopt: can only be read
  bool may_be_lent = false;  ///< its instrument, although an interlock needs this channel
};

}  // namespace fat
