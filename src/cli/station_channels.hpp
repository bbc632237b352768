// The channels of a station -> what a task sees of them and sets, as `fatmaster read` and `set` do.
#pragma once

#include <string>

#include "cli/bench_files.hpp"
#include "cli/command.hpp"
#include "fat/model/station.hpp"
#include "fat/ports/channels.hpp"
#include "fat/ports/clock.hpp"

namespace fat {

/// What the process that reads the bench has stored, where it lives; else it asks the instruments
/// itself. Borrows all it is made of. For one thread.
class StationChannels : public Channels {
 public:
  StationChannels(const Invocation& invocation, const Station& station, const Clock& clock);

  ChannelValue read(const std::string& channel) const override;
  ChannelValue read_anew(const std::string& channel) const override;
  void set(const std::string& channel, const std::string& value) const override;

 private:
  const ChannelEntry& entry_of(const std::string& name) const;
  bool somebody_reads() const;
  Reading stored(const ChannelEntry& channel) const;
  Reading asked(const ChannelEntry& channel) const;

  const Invocation& invocation_;
  const Station& station_;
  const Clock& clock_;
  BenchFiles files_;
};

}  // namespace fat
