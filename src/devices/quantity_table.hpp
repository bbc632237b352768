// An instrument as a table: which command asks for a quantity, how its reply is read, how it is
// set.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "devices/dialogue.hpp"
#include "fat/model/device_info.hpp"

namespace fat {

/// What a reply says. A value; or words, why the instrument has none; or neither: it is no answer
/// to this.
struct ReplyValue {
  std::optional<double> value;
  std::string refusal;
};

using ReadReply = ReplyValue (*)(std::string_view reply);

/// Asked first: unless its reply has a value, the quantity is refused with that reply's reason.
struct Guard {
  std::string_view query;
  ReadReply read = nullptr;
};

/// How a quantity is set. It is read back by its own query.
struct Setting {
  std::string_view line;    ///< "{}" is the value, '#' the channel; empty: it cannot be set
  std::string_view off;     ///< of a switch: the line for 0, and `line` is the one for 1
  double low = 0, high = 1; /**< of the device, in the quantity's unit */
  double step = 0;          ///< by so much reading back may differ
  std::string_view low_key, high_key;  ///< keys of station.ini that narrow it; empty: none
  Guard guard;                         ///< before and after it is set
  ReadReply confirm = nullptr;         ///< of what is read back, where that is not how it is read
};

struct QuantityRow {
  std::string_view name;
  std::string_view unit;
  std::string_view query;  ///< '#': the channel, then it is there once for each
  ReadReply read = nullptr;
  double scale = 1;            ///< of the reply; limits and steps are in the quantity's own unit
  std::string_view scale_key;  ///< and times this parameter (a full scale), limits and step too
  Setting setting;
  Guard guard;
};

/// Parameters of one device, each with a value: what station.ini says, or its default.
class TableParameters {
 public:
  TableParameters(const std::vector<ParameterInfo>& known, const DeviceEntry& device);

  /// In the unit of the default; 0 when there is no such parameter.
  double number(std::string_view name) const;

  /// The device is on a network, not at a serial line.
  bool is_network() const { return network_; }

 private:
  bool network_ = false;
  std::map<std::string, double, std::less<>> values_;
};

struct SafeSetting {
  std::string_view quantity;
  double value = 0;
};

struct InstrumentTable {
  std::string kind;
  std::string summary;
  std::vector<LinkKind> links;
  std::unique_ptr<Dialogue> (*open)(SessionParts parts, const TableParameters& parameters);
  std::span<const QuantityRow> rows;
  int channels = 1;       ///< how many; the parameter `channels` counts where there is one
  int first_channel = 1;  ///< what the instrument calls its first
  std::span<const SafeSetting> safe;  ///< in this order, on every channel
  std::string_view release;           ///< empty: its front panel is never locked
  std::vector<ParameterInfo> parameters;
  LinkTimeouts timeouts;
};

/// All of them, in the order of the catalog: **an instrument that is a table is added here**.
const std::vector<InstrumentTable>& instrument_tables();

}  // namespace fat
