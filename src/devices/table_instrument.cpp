// A table of quantities and a dialogue -> an instrument.
#include "devices/table_instrument.hpp"

#include <algorithm>
#include <cmath>
#include <exception>
#include <utility>

#include <fmt/format.h>

#include "devices/reply_value.hpp"
#include "fat/model/quantity.hpp"
#include "fat/model/suggestion.hpp"

namespace fat {
namespace {

constexpr char kChannelMark = '#';
constexpr double kRounding = 1e-9;  // of a value: what numbers lose in text

bool has_channels(const QuantityRow& row) {
  return row.query.find(kChannelMark) != std::string_view::npos;
}

std::string with_channel(std::string_view line, int channel) {
  std::string result;
  for (const char byte : line) {
    result += byte == kChannelMark ? std::to_string(channel) : std::string(1, byte);
  }
  return result;
}

/// What may stand around a reply is not looked at.
bool is_plain_reply(std::string_view reply) {
  return is_printable(bare_reply(reply));
}

double parameter_value(const std::string& text) {
  const auto quantity = parse_quantity(text);
  const auto yes = parse_bool(text);
  return quantity ? quantity->value : static_cast<double>(yes.value_or(false));
}

}  // namespace

TableParameters::TableParameters(const std::vector<ParameterInfo>& known, const DeviceEntry& device)
    : network_(device.link && device.link->kind == LinkKind::Tcp) {
  for (const auto& parameter : known) {
    const auto given = device.parameters.find(parameter.name);
    values_[parameter.name] =
        parameter_value(given == device.parameters.end() ? parameter.default_text : given->second);
  }
}

double TableParameters::number(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? 0 : found->second;
}

TableInstrument::TableInstrument(const InstrumentTable& table,
                                 SessionParts parts,
                                 TableParameters parameters)
    : table_(table),
      parameters_(std::move(parameters)),
      device_(parts.device),
      dialogue_(table.open(std::move(parts), parameters_)) {}

void TableInstrument::refuse(const std::string& why) const {
  throw DeviceError{DeviceFault::Refused, device_, why};
}

int TableInstrument::inputs(const QuantityRow& row) const {
  const auto given = static_cast<int>(parameters_.number("channels"));
  return has_channels(row) ? std::max(1, given > 0 ? given : table_.channels) : 1;
}

double TableInstrument::scale(const QuantityRow& row) const {
  return row.scale_key.empty() ? 1 : parameters_.number(row.scale_key);
}

SettingRange TableInstrument::range(const QuantityRow& row) const {
  const auto& setting = row.setting;
  SettingRange range{setting.low * scale(row), setting.high * scale(row)};
  if (!setting.low_key.empty()) {
    range.low = std::max(range.low, parameters_.number(setting.low_key));
  }
  if (!setting.high_key.empty()) {
    range.high = std::min(range.high, parameters_.number(setting.high_key));
  }
  return range;
}

std::vector<InstrumentQuantity> TableInstrument::quantities() const {
  std::vector<InstrumentQuantity> all;
  for (const auto& row : table_.rows) {
    InstrumentQuantity one{
        .name = std::string{row.name}, .unit = std::string{row.unit}, .inputs = inputs(row)};
    if (!row.setting.line.empty()) {
      one.settable = range(row);
    }
    all.push_back(std::move(one));
  }
  return all;
}

TableInstrument::Place TableInstrument::find(const std::string& quantity, int input) const {
  const auto row = std::ranges::find(table_.rows, quantity, &QuantityRow::name);
  if (row == table_.rows.end()) {
    std::vector<std::string> known;
    std::ranges::transform(table_.rows, std::back_inserter(known), [](const QuantityRow& one) {
      return std::string{one.name};
    });
    refuse(fmt::format("{} has no quantity '{}' but {}{}",
                       table_.kind,
                       quantity,
                       fmt::join(known, ", "),
                       did_you_mean(quantity, known)));
  }
  if (input < 1 || input > inputs(*row)) {
    refuse(fmt::format("has {} 1 to {}, not {}", quantity, inputs(*row), input));
  }
  return {*row, input - 1 + table_.first_channel};
}

std::string TableInstrument::identity() {
  return dialogue_->identity();
}

double TableInstrument::ask(const std::string& line, ReadReply meaning) {
  const DeviceCommand command{line, is_plain_reply, true};
  const Session::Turn turn{*dialogue_, line};  // what is rejected ends before anybody else speaks
  const auto reply = dialogue_->query(command, line);
  const auto said = meaning(reply);
  if (!said.refusal.empty()) {
    dialogue_->refuse(line, said.refusal, reply);
  }
  if (!said.value) {
    dialogue_->reject(line, reply);
  }
  return said.value.value_or(0);
}

void TableInstrument::pass(const Guard& guard, int channel) {
  if (guard.read != nullptr) {
    ask(with_channel(guard.query, channel), guard.read);
  }
}

double TableInstrument::read(const std::string& quantity, int input) {
  const auto place = find(quantity, input);
  pass(place.row.guard, place.channel);
  return ask(with_channel(place.row.query, place.channel), place.row.read) * place.row.scale *
         scale(place.row);
}

void TableInstrument::require_in_range(const QuantityRow& row, double value) const {
  const auto& setting = row.setting;
  if (setting.line.empty()) {
    refuse(fmt::format("{} can only be read", row.name));
  }
  const auto [low, high] = range(row);
  const bool within = value >= low && value <= high;  // false of NaN
  const bool is_switch = !setting.off.empty();
  if (within && (!is_switch || value == 0 || value == 1)) {
    return;
  }
  std::vector<std::string_view> keys{setting.low_key, setting.high_key};
  std::erase(keys, std::string_view{});
  refuse(
      fmt::format("{} = {:g} {} is not within {:g} and {:g}{}: nothing was sent",
                  row.name,
                  value,
                  row.unit,
                  low,
                  high,
                  keys.empty() ? "" : fmt::format(" ({} of station.ini)", fmt::join(keys, ", "))));
}

void TableInstrument::set(const std::string& quantity, int input, double value) {
  const auto place = find(quantity, input);
  const auto& [row, channel] = place;
  require_in_range(row, value);
  pass(row.setting.guard, channel);
  const bool is_switch = !row.setting.off.empty();
  const auto line =
      with_channel(is_switch && value == 0 ? row.setting.off : row.setting.line, channel);
  send(is_switch ? line : fmt::format(fmt::runtime(line), value / (row.scale * scale(row))),
       place,
       value);
  pass(row.setting.guard, channel);
}

// Where the answer to a set got lost, nobody knows whether it was heard: what reads back decides.
void TableInstrument::send(const std::string& line, const Place& place, double value) {
  std::exception_ptr lost;
  try {
    dialogue_->set(line);
  } catch (const DeviceError& error) {
    if (error.fault() != DeviceFault::Timeout && error.fault() != DeviceFault::Closed &&
        error.fault() != DeviceFault::Garbled) {
      throw;
    }
    lost = std::current_exception();
  }
  const auto& row = place.row;
  const auto whole = row.scale * scale(row);
  const auto found = ask(with_channel(row.query, place.channel),
                         row.setting.confirm != nullptr ? row.setting.confirm : row.read) *
                     whole;
  if (std::abs(found - value) <= (row.setting.step * scale(row)) + (kRounding * std::abs(value))) {
    return;
  }
  if (lost) {
    std::rethrow_exception(lost);
  }
  dialogue_->refuse(line, "was taken, but reads back differently", fmt::format("{:g}", found));
}

void TableInstrument::make_safe() {
  std::exception_ptr first;
  for (const auto& [quantity, value] : table_.safe) {
    const auto row = std::ranges::find(table_.rows, quantity, &QuantityRow::name);
    for (int input = 1; row != table_.rows.end() && input <= inputs(*row); ++input) {
      try {
        set(std::string{quantity}, input, value);
      } catch (const DeviceError&) {
        first = first ? first : std::current_exception();
      }
    }
  }
  if (first) {
    std::rethrow_exception(first);
  }
}

bool TableInstrument::release() {
  const bool told = dialogue_->free_panel(std::string{table_.release});
  dialogue_->close();
  return told;
}

}  // namespace fat
