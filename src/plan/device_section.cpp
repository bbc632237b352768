// A [device NAME] of station.ini and the kinds there are -> what is wrong with it.
#include "plan/device_section.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "plan/parameter_value.hpp"
#include "plan/raw_text.hpp"

namespace fat {
namespace {

constexpr std::size_t kDevicePrefix = std::string_view{"device "}.size();

/// Checks one section against its kind.
class DeviceCheck {
 public:
  DeviceCheck(const DeviceKind& kind, DeviceEntry& device, SectionReport& report)
      : kind_(kind), device_(device), report_(report) {}

  void check(const std::vector<DeviceEntry>& all) {
    check_link();
    for (const IniKey& key : report_.section().keys) {
      if (key.name != "kind" && key.name != "link" && !key.inherited) {
        check_parameter(key, all);
      }
    }
    for (const ParameterInfo& parameter : kind_.parameters) {
      if (parameter.required && !device_.parameters.contains(parameter.name)) {
        report_.error(fmt::format("lacks '{}' ({})", parameter.name, parameter.help));
      }
    }
  }

 private:
  void check_link() {
    const IniKey* key = find_key(report_.section(), "link");
    if (key == nullptr) {
      if (!kind_.links.empty()) {
        report_.error(fmt::format("lacks 'link': {} has {}", kind_.name, links()));
      }
      return;
    }
    if (kind_.links.empty()) {
      report_.error(*key, fmt::format("{} has no link", kind_.name));
    } else if (device_.link &&
               std::ranges::find(kind_.links, device_.link->kind) == kind_.links.end()) {
      report_.error(
          *key,
          fmt::format(
              "{} has no {} link but {}", kind_.name, to_string(device_.link->kind), links()));
    }
  }

  std::string links() const {
    std::vector<std::string_view> names;
    std::ranges::transform(
        kind_.links, std::back_inserter(names), [](LinkKind link) { return to_string(link); });
    return fmt::format("{}", fmt::join(names, " or "));
  }

  void check_parameter(const IniKey& key, const std::vector<DeviceEntry>& all) {
    const auto parameter = std::ranges::find(kind_.parameters, key.name, &ParameterInfo::name);
    if (parameter == kind_.parameters.end()) {
      std::vector<std::string> known{"kind", "link"};
      std::ranges::transform(kind_.parameters, std::back_inserter(known), &ParameterInfo::name);
      report_.error(
          key, fmt::format("{} has no such key{}", kind_.name, report_.suggest(key.name, known)));
      return;
    }
    if (const auto expected = expected_instead(parameter->type, key.value); !expected.empty()) {
      report_.wrong(key, expected);
      return;
    }
    if (const auto refers = kind_.refers_to.find(key.name); refers != kind_.refers_to.end()) {
      check_reference(key, refers->second, all);
    }
    device_.parameters[key.name] = key.value;
  }

  void check_reference(const IniKey& key,
                       const std::vector<std::string>& kinds,
                       const std::vector<DeviceEntry>& all) {
    std::vector<std::string> names;
    for (const DeviceEntry& other : all) {
      if (std::ranges::find(kinds, other.kind) != kinds.end()) {
        names.push_back(other.name);
      }
    }
    if (std::ranges::find(names, key.value) == names.end()) {
      report_.error(key,
                    fmt::format("there is no [device {}] of kind {}{}",
                                shortened(key.value),
                                fmt::join(kinds, " or "),
                                report_.suggest(key.value, names)));
    }
  }

  const DeviceKind& kind_;
  DeviceEntry& device_;
  SectionReport& report_;
};

}  // namespace

void check_device(const IniSection& section,
                  const DeviceCatalog& kinds,
                  std::vector<DeviceEntry>& devices,
                  SectionReport& report) {
  const auto name = section.name.substr(kDevicePrefix);
  const auto device = std::ranges::find(devices, name, &DeviceEntry::name);
  const IniKey* key = find_key(section, "kind");
  if (device == devices.end() || key == nullptr) {
    return;  // that it lacks a kind was said
  }
  const auto* const kind = find_device_kind(kinds, device->kind);
  if (kind == nullptr) {
    std::vector<std::string> names;
    std::ranges::transform(kinds, std::back_inserter(names), &DeviceKind::name);
    report.error(*key,
                 fmt::format("there is no driver of kind {}{}; there are: {}",
                             in_quotes(device->kind),
                             report.suggest(device->kind, names),
                             fmt::join(names, ", ")));
    return;
  }
  DeviceCheck{*kind, *device, report}.check(devices);
}

}  // namespace fat
