// A table of quantities and a dialogue -> an instrument.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "devices/quantity_table.hpp"
#include "fat/ports/instrument.hpp"

namespace fat {

class TableInstrument : public Instrument {
 public:
  /// `table` must outlive it.
  TableInstrument(const InstrumentTable& table, SessionParts parts, TableParameters parameters);

  std::string identity() override;
  std::vector<InstrumentQuantity> quantities() const override;
  double read(const std::string& quantity, int input) override;
  void set(const std::string& quantity, int input, double value) override;
  void make_safe() override;
  bool release() override;

 private:
  /// A row for one input: the channel's number is in its lines.
  struct Place {
    const QuantityRow& row;
    int channel;
  };

  [[noreturn]] void refuse(const std::string& why) const;
  Place find(const std::string& quantity, int input) const;
  int inputs(const QuantityRow& row) const;
  double scale(const QuantityRow& row) const;
  SettingRange range(const QuantityRow& row) const;
  void require_in_range(const QuantityRow& row, double value) const;
  double ask(const std::string& line, ReadReply meaning);
  void pass(const Guard& guard, int channel);
  void send(const std::string& line, const Place& place, double value);

  const InstrumentTable& table_;
  TableParameters parameters_;
  std::string device_;
  std::unique_ptr<Dialogue> dialogue_;
};

}  // namespace fat
