// What a module JSON says about a module, as one table.
#include "fat/model/module_field.hpp"

#include <array>

namespace fat {

namespace {

// clang-format off: a table
constexpr std::array kModuleFields{
    ModuleField{"DEggSerialNumber"},
    ModuleField{"UpperGlassSerialNumber"},
    ModuleField{"LowerGlassSerialNumber"},
    ModuleField{"UpperGlass"},
    ModuleField{"LowerGlass"},
    ModuleField{"UpperPmt.SerialNumber"},
    ModuleField{"UpperPmt.HVB"},
    ModuleField{"UpperPmt.HV1e7Gain", FieldKind::Number, "-1"},
    ModuleField{"UpperPmt.HV1e7GainDefault", FieldKind::Number, "1500"},
    ModuleField{"UpperPmt.BaselineFilename", FieldKind::Text, "None"},
    ModuleField{"UpperPmt.SPEPeakHeight", FieldKind::Number, "-1"},
    ModuleField{"LowerPmt.SerialNumber"},
    ModuleField{"LowerPmt.HVB"},
    ModuleField{"LowerPmt.HV1e7Gain", FieldKind::Number, "-1"},
    ModuleField{"LowerPmt.HV1e7GainDefault", FieldKind::Number, "1500"},
    ModuleField{"LowerPmt.BaselineFilename", FieldKind::Text, "None"},
    ModuleField{"LowerPmt.SPEPeakHeight", FieldKind::Number, "-1"},
    ModuleField{"PenetratorType", FieldKind::Integer, "-1"},
    ModuleField{"PenetratorNumber"},
    ModuleField{"SealingDate"},
    ModuleField{"ArrivalDate"},
    ModuleField{"flashID", FieldKind::Integer, "-1"},
    ModuleField{"ICMID"},
    ModuleField{"fpgaVersion", FieldKind::Integer},
    ModuleField{"IcebootVersion", FieldKind::Integer, "-1"},
    ModuleField{"BoxNumber"},
    ModuleField{"Port", FieldKind::Integer},
    ModuleField{"ICM"},
    ModuleField{"FlasherID"},
    ModuleField{"MainboardNumber"},
    ModuleField{"ElectricalInspectionNME"},
    ModuleField{"FlasherNumber"},
    ModuleField{"CameraNumber"},
    ModuleField{"Constants.Samples", FieldKind::Integer, "128"},
    ModuleField{"Constants.AdcMin", FieldKind::Integer, "7600"},
    ModuleField{"Constants.AdcRange", FieldKind::Integer, "9000"},
    ModuleField{"Constants.Events", FieldKind::Integer, "10000"},
    ModuleField{"Constants.DacValue", FieldKind::Integer, "30000"},
};

// clang-format on

}  // namespace

std::span<const ModuleField> module_fields() {
  return kModuleFields;
}

std::string value_of(const ModuleValues& values, std::string_view field) {
  const auto found = values.find(field);
  return found == values.end() ? std::string{} : found->second;
}

}  // namespace fat
