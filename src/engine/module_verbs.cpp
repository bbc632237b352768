#include "engine/module_verbs.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "engine/verb_reply.hpp"
#include "fat/model/suggestion.hpp"

namespace fat {

namespace {

constexpr std::size_t kMostText = 80;

bool has_module(const Plan& plan, const std::string& serial) {
  return std::ranges::find(plan.modules, serial, &ModuleEntry::serial) != plan.modules.end();
}

VerbReply no_such_module(const Plan& plan, const std::string& serial) {
  std::vector<std::string> serials;
  serials.reserve(plan.modules.size());
  for (const auto& module : plan.modules) {
    serials.push_back(module.serial);
  }
  return refuse(fmt::format(
      "the run has no module '{}'{}", serial.substr(0, kMostText), did_you_mean(serial, serials)));
}

}  // namespace

VerbReply quarantine_module(const Plan& plan, const RunState& state, const Verb& verb) {
  const auto& serial = verb.value;
  if (!has_module(plan, serial)) {
    return no_such_module(plan, serial);
  }
  if (const auto found = state.quarantined.find(serial); found != state.quarantined.end()) {
    return accept(
        fmt::format("module {} is in quarantine already: {}", serial, found->second.reason));
  }
  if (verb.reason.empty()) {
    return refuse("a reason is needed: add --reason TEXT");
  }
  return accept(fmt::format("module {} takes no part in the steps that start from now on; "
                            "`fatmaster release {}` takes it back",
                            serial,
                            serial),
                {ModuleQuarantined{serial, verb.reason, std::nullopt}});
}

VerbReply release_module(const Plan& plan, const RunState& state, const Verb& verb) {
  const auto& serial = verb.value;
  if (!state.quarantined.contains(serial)) {
    return has_module(plan, serial) ? accept(fmt::format("module {} is not in quarantine", serial))
                                    : no_such_module(plan, serial);
  }
  return accept(fmt::format("module {} takes part again in the steps that start from now on; "
                            "`fatmaster catch-up` writes a schedule of what it has missed",
                            serial),
                {ModuleReleased{serial, verb.reason}});
}

}  // namespace fat
