// The services of a station, as time passes -> which process is started or ended next. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "fat/engine/service.hpp"

namespace fat {

enum class ServiceVerb { Start, Stop, Restart };

/// "start", "stop", "restart".
std::string_view to_string(ServiceVerb verb);
std::optional<ServiceVerb> parse_service_verb(std::string_view text);

/// What somebody has to do now, once the board's memory is stored.
struct ServiceOrder {
  enum class Kind { Launch, End };

  Kind kind = Kind::Launch;
  std::size_t place = 0;  ///< of the service on the board
};

/// A service is started when all before it (lower `order`, then the order of the file) that are to
/// run count as started, have failed for good, or have had their `started_within`; it is ended when
/// all behind it that are to end have ended or have had their time.
class ServiceBoard {
 public:
  /// `nonce`: letters and digits that no other process that ever supervised these has used. What is
  /// remembered of a service that station.ini does not have any more is kept while its process may
  /// live: unwanted.
  ServiceBoard(const std::vector<ServiceEntry>& entries,
               const std::vector<ServiceState>& memory,
               std::string nonce,
               const Instant& now);

  std::size_t size() const { return services_.size(); }

  Service& at(std::size_t place) { return services_.at(place); }

  const Service& at(std::size_t place) const { return services_.at(place); }

  /// The places of what is meant by "daq:*", "camera", "all", in order. Empty: nothing is.
  std::vector<std::size_t> meant_by(std::string_view pattern) const;

  /// A person's word about one of them.
  void tell(std::size_t place, ServiceVerb verb, const std::string& who, const Instant& now);

  /// To be called when something has happened, and on a timer.
  std::vector<ServiceOrder> evaluate(const Instant& now);

  /// Time alone will change something soon, or a start has to be looked at.
  bool is_in_transit() const;

  /// How long nothing has to be evaluated unless something happens: 0.1 s to 1 s.
  Microseconds wake_after(const Instant& now) const;

  /// Without the pids of commands.
  ServicesState state(const Instant& now) const;

 private:
  std::vector<Service> services_;  // in order
  std::string nonce_;
};

}  // namespace fat
