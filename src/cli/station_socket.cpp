#include "cli/station_socket.hpp"

#include <thread>
#include <utility>

#include <boost/asio/io_context.hpp>

#include "fat/model/signals_away.hpp"

namespace fat {

class StationSocket::Loop {
 public:
  Loop(const std::filesystem::path& socket, bool shared, ControlHandler handler)
      : server_(loop_, socket, shared, std::move(handler)) {
    const SignalsAway away;
    thread_ = std::jthread{[this] { loop_.run(); }};
  }

  ~Loop() { loop_.stop(); }

  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

 private:
  boost::asio::io_context loop_{1};
  ControlServer server_;
  std::jthread thread_;  // last: it uses the others
};

StationSocket::StationSocket(const std::filesystem::path& socket,
                             bool shared,
                             ControlHandler handler)
    : loop_(std::make_unique<Loop>(socket, shared, std::move(handler))) {}

StationSocket::~StationSocket() = default;

}  // namespace fat
