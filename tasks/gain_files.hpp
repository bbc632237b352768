// The gain of one PMT -> its raw data and pictures.
#pragma once

#include "data_files.hpp"
#include "pmt_gain.hpp"

namespace fat {

/// NAME_charges_1500V.csv and a histogram with its fit for each high voltage, NAME_gain.csv and the
/// curve. Throws std::runtime_error.
void write_gain_files(const DataFiles& files, const std::string& name, const PmtGain& gain);

/// The same without what there is for each high voltage.
void write_gain_curve(const DataFiles& files, const std::string& name, const PmtGain& gain);

/// NAME.svg: a histogram with its fit. Throws std::runtime_error.
void write_charge_picture(const DataFiles& files, const std::string& name, const ChargePeak& peak);

}  // namespace fat
