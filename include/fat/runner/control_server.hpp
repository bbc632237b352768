// HTTP requests on the station's Unix socket -> answers of a handler. The way verbs reach a running
// scheduler.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include <sys/types.h>

namespace boost::asio {
class io_context;  // NOLINT(readability-identifier-naming): of the library
}

namespace fat {

struct ControlRequest {
  std::string method;  ///< "GET" or "POST"
  std::string path;    ///< "/v1/verb"
  std::string body;    ///< at most 1 MiB
  uid_t uid = 0;       ///< of the peer, told by the kernel
};

struct ControlAnswer {
  int status = 200;
  std::string body;  ///< JSON
};

using ControlHandler = std::function<ControlAnswer(const ControlRequest&)>;

/// A handler's exception leaves the loop's run(). Answers one request per connection on the loop's
/// own thread; a peer that dawdles is cut off after `patience` and holds up nobody.
class ControlServer {
 public:
  /// Creates the socket (0600, or 0660 with `shared`), replacing one that a dead owner left: the
  /// caller owns the station. Throws std::system_error.
  ControlServer(boost::asio::io_context& loop,
                std::filesystem::path socket,
                bool shared,
                ControlHandler handler,
                std::chrono::milliseconds patience = std::chrono::seconds{5});
  /// Closes and removes the socket.
  ~ControlServer();
  /// Takes no further connection and calls `idle` when the last one has its answer: at once when
  /// there is none.
  void finish(std::function<void()> idle);
  ControlServer(const ControlServer&) = delete;
  ControlServer& operator=(const ControlServer&) = delete;

 private:
  struct State;
  std::shared_ptr<State> state_;  ///< shared with the connections under way, which may outlive this
                                  ///< object in the loop's queue
};

/// STATE/NAME.sock, or a name in $XDG_RUNTIME_DIR (else /tmp/fatmaster-UID) when that is too
/// long for a Unix socket.
std::filesystem::path control_socket_path(const std::filesystem::path& state_folder,
                                          const std::string& name = "fatmaster");

}  // namespace fat
