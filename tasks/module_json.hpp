// Results -> a module JSON, in the original's schema (reference 1b) and never half written.
#pragma once

#include <array>
#include <filesystem>
#include <functional>
#include <string>

#include <nlohmann/json_fwd.hpp>

namespace fat {

/// Of PMT channels 0 and 1.
constexpr std::array<const char*, 2> kPmtKeys{"LowerPmt", "UpperPmt"};

/// Reads, lets `change` work on it, replaces the file: under a lock, so that two tasks do not lose
/// each other's results; at every instant the file on disk is complete. Throws std::runtime_error
/// when it cannot be read (it is then left as it is) or written.
void change_module_json(const std::filesystem::path& file,
                        const std::function<void(nlohmann::ordered_json&)>& change);

/// "GainMeasurement" -> the first of GainMeasurement_00, _01 ... that `object` does not have.
std::string free_key(const nlohmann::ordered_json& object, const std::string& kind);

}  // namespace fat
