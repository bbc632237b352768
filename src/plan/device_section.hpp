// A [device NAME] of station.ini and the kinds there are -> what is wrong with it, and its
// parameters.
#pragma once

#include <vector>

#include "fat/model/device_info.hpp"
#include "plan/section_report.hpp"

namespace fat {

/// `devices`: all of the file, with kind and link; the one of this section gets its parameters.
/// Reports every mistake: an unknown kind, a link that is missing or that the kind does not have,
/// unknown, missing and wrong parameters, names of devices that are not there.
void check_device(const IniSection& section,
                  const DeviceCatalog& kinds,
                  std::vector<DeviceEntry>& devices,
                  SectionReport& report);

}  // namespace fat
