// One PMT of a module of the run -> what is said of it, and kept in its module JSON.
#include "pmt_result.hpp"

#include <nlohmann/json.hpp>

#include "module_json.hpp"
#include "module_work.hpp"

namespace fat {

PmtResult::PmtResult(const TaskContext& context, const TaskModule& module, int channel)
    : context_(context),
      module_(module),
      channel_(channel),
      name_(module.entry.serial + "_" + channel_name(channel)) {}

void PmtResult::measured(const char* what,
                         double value,
                         const char* unit,
                         const Limits& limits) const {
  fat::measured(context_,
                {.module = module_.entry.serial,
                 .channel = channel_name(channel_),
                 .name = what,
                 .value = value,
                 .unit = unit,
                 .limits = limits});
}

void PmtResult::inconclusive(const std::string& why) const {
  fat::inconclusive(context_, module_, channel_, why);
}

nlohmann::ordered_json PmtResult::keep(
    const std::string& kind,
    const nlohmann::ordered_json& entry,
    const std::function<void(nlohmann::ordered_json&)>& change) const {
  nlohmann::ordered_json all;
  change_module_json(module_.file, [&](nlohmann::ordered_json& json) {
    auto& pmt = json[kPmtKeys.at(static_cast<std::size_t>(channel_))];
    pmt[free_key(pmt, kind)] = entry;
    if (change) {
      change(pmt);
    }
    all = pmt;
  });
  return all;
}

}  // namespace fat
