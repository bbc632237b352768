// One PMT of a module of the run -> what is said of it, and kept in its module JSON.
#pragma once

#include <functional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "fat/ports/task.hpp"

namespace fat {

/// What it names must outlive it.
class PmtResult {
 public:
  PmtResult(const TaskContext& context, const TaskModule& module, int channel);

  int channel() const { return channel_; }

  /// "DEgg2021-3-133_lower", for files and messages.
  const std::string& name() const { return name_; }

  const PmtRecord& record() const { return module_.pmts.at(static_cast<std::size_t>(channel_)); }

  /// `limits` empty: a record, not a judgement.
  void measured(const char* what,
                double value,
                const char* unit = "",
                const Limits& limits = {}) const;

  /// What was to be found out about it was not; `why` says what to do.
  void inconclusive(const std::string& why) const;

  /// As the first free `kind`_NN of this PMT; `change` may change what else is said of it, in the
  /// same write. Returns all that the module JSON now says of it. Throws std::runtime_error.
  nlohmann::ordered_json keep(
      const std::string& kind,
      const nlohmann::ordered_json& entry,
      const std::function<void(nlohmann::ordered_json&)>& change = {}) const;

 private:
  const TaskContext& context_;
  const TaskModule& module_;
  int channel_;
  std::string name_;
};

}  // namespace fat
