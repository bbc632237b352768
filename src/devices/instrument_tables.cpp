// The list of instruments that are tables.
#include "devices/instrument_tables.hpp"

#include <iterator>

namespace fat {

ParameterInfo table_parameter(std::string name,
                              ParameterType type,
                              std::string default_text,
                              std::string help) {
  return {.name = std::move(name),
          .type = type,
          .required = false,
          .default_text = std::move(default_text),
          .help = std::move(help)};
}

const std::vector<InstrumentTable>& instrument_tables() {
  static const auto all = [] {
    std::vector<InstrumentTable> tables;
    for (auto* const family :
         {supply_tables, thermometer_tables, chiller_tables, high_voltage_tables, gauge_tables}) {
      auto some = family();
      std::ranges::move(some, std::back_inserter(tables));
    }
    return tables;
  }();
  return all;
}

}  // namespace fat
