// The tables of instruments, family by family; `instrument_tables` joins them.
#pragma once

#include <vector>

#include "devices/quantity_table.hpp"

namespace fat {

std::vector<InstrumentTable> supply_tables();
std::vector<InstrumentTable> thermometer_tables();
std::vector<InstrumentTable> chiller_tables();
std::vector<InstrumentTable> high_voltage_tables();
std::vector<InstrumentTable> gauge_tables();

/// A parameter that has a default.
ParameterInfo table_parameter(std::string name,
                              ParameterType type,
                              std::string default_text,
                              std::string help);

}  // namespace fat
