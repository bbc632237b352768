#include "cli/serve_command.hpp"

#include <array>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <mutex>
#include <optional>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/bench_files.hpp"
#include "cli/bench_instruments.hpp"
#include "cli/child_environment.hpp"
#include "cli/exit_code.hpp"
#include "cli/own_process.hpp"
#include "cli/print.hpp"
#include "cli/station_api.hpp"
#include "cli/station_context.hpp"
#include "cli/station_follower.hpp"
#include "cli/web_settings.hpp"
#include "fat/model/owned_fd.hpp"
#include "fat/model/plain_environment.hpp"
#include "fat/runner/system_clock.hpp"
#include "fat/web/user_book.hpp"

namespace fat {

namespace {

constexpr int kNiceness = 15;
constexpr int kComesUpWithinMs = 20'000;
constexpr std::chrono::milliseconds kEndsWithin{700};
constexpr const char* kBesideOption = "--beside";

/// To whom the follower speaks: the server, which is made after what it asks.
class NewsRelay final : public EventFeed {
 public:
  /// REQUIRES: nobody publishes yet.
  void lead_to(EventFeed& feed) { feed_ = &feed; }

  void publish(StreamEvent event) override {
    if (feed_ != nullptr) {
      feed_->publish(std::move(event));
    }
  }

  void publish_all(std::vector<StreamEvent> events) override {
    if (feed_ != nullptr) {
      feed_->publish_all(std::move(events));
    }
  }

 private:
  EventFeed* feed_ = nullptr;
};

sigset_t signals_that_end() {
  sigset_t signals{};
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

/// No request takes time from a run: all threads that are made from here on get little of a busy
/// machine, and none that wakes interrupts what runs. Nothing depends on it.
void stand_back() {
  setpriority(PRIO_PROCESS, 0, kNiceness);
  const sched_param none{};
  sched_setscheduler(0, SCHED_BATCH, &none);
  if (getsid(0) == getpid()) {  // the kernel may share the machine between sessions first
    std::ofstream{"/proc/self/autogroup"} << kNiceness;
  }
}

/// Beside a run: we end when it does, however that is.
void stay_beside(const std::string& parent) {
  std::signal(SIGHUP, SIG_IGN);
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (std::to_string(getppid()) != parent) {
    std::_Exit(kExitDone);  // it died before we could ask to be told
  }
}

/// What an answer under way may still take when the end is asked for. It only reads, or waits for a
/// scheduler that was told already: nothing is lost with it.
class EndAnyway {
 private:
  std::mutex mutex_;
  std::condition_variable_any over_;
  std::jthread waiting_{[this](const std::stop_token& stop) {
    std::unique_lock lock{mutex_};
    over_.wait_for(lock, stop, kEndsWithin, [] { return false; });
    if (!stop.stop_requested()) {
      std::_Exit(kExitDone);
    }
  }};
};

std::string login_at(WebServer& server, const WebSettings& settings) {
  const bool has_users = !read_user_book(settings.users).users.empty();
  return has_users ? server.url() : fmt::format("{}/#link={}", server.url(), server.make_link());
}

/// Until a signal asks for the end.
void serve_until_signal(const Invocation& invocation,
                        const Station& station,
                        const WebSettings& settings) {
  const SystemClock clock;
  std::stop_source stop;
  NewsRelay relay;
  LoadedRuns runs{station, stop.get_token()};
  StationFollower follower{station, runs, relay, clock};
  StationApi api{{.station = station,
                  .runs = runs,
                  .follower = follower,
                  .clock = clock,
                  .readings = bench_files(invocation, station).readings,
                  .by = acting_person(invocation, station),
                  .is_virtual = is_virtual(invocation)}};
  WebServer server{settings, api, clock};
  relay.lead_to(server);
  server.start();
  print(login_at(server, settings));
  std::optional<EndAnyway> patience;
  {
    const std::jthread following{
        [&](const std::stop_token&) { follower.follow(stop.get_token()); }};
    const auto signals = signals_that_end();
    int signal = 0;
    while (sigwait(&signals, &signal) != 0) {
    }
    patience.emplace();
    stop.request_stop();  // what loads is given up, who waits for it is told so
  }
  server.stop();
}

int serve_station(const Invocation& invocation) {
  const auto& arguments = invocation.arguments;
  const auto signals = signals_that_end();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  if (arguments.has("beside")) {
    stay_beside(arguments.value("beside"));
  }
  std::signal(SIGPIPE, SIG_IGN);
  stand_back();
  const auto station = open_station(invocation).station;
  forget_secrets(station);
  const auto settings = web_settings(station, arguments.value("listen"));
  try {
    serve_until_signal(invocation, station, settings);
  } catch (const WebError& error) {
    throw CommandError{kExitRefused, error.what()};
  }
  return kExitDone;
}

std::vector<std::string> serve_words(const Invocation& invocation, const std::string& listen) {
  auto words = own_words(invocation);
  words.insert(words.end(), {"serve", "--listen", listen, kBesideOption, std::to_string(getpid())});
  return words;
}

/// Its first line, or all it said before it ended.
std::string first_words(int from) {
  std::string text;
  std::array<char, 1024> buffer{};
  pollfd waiting{.fd = from, .events = POLLIN, .revents = 0};
  while (text.find('\n') == std::string::npos && poll(&waiting, 1, kComesUpWithinMs) > 0) {
    const auto count = read(from, buffer.data(), buffer.size());
    if (count <= 0) {
      break;
    }
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return text.substr(0, text.find('\n'));
}

}  // namespace

ServerBeside::ServerBeside(const Invocation& invocation, const std::string& listen) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw std::system_error{errno, std::generic_category(), "cannot start the web server"};
  }
  const OwnedFd from{ends[0]};
  OwnedFd into{ends[1]};
  process_ = spawn_own(serve_words(invocation, listen),
                       plain_environment(),
                       into.get(),
                       "cannot start the web server");
  into.reset();
  const auto said = first_words(from.get());
  if (!said.starts_with("http")) {
    kill(process_, SIGTERM);
    waitpid(process_, nullptr, 0);
    const std::string own = "fatmaster: ";
    throw CommandError{kExitRefused,
                       said.starts_with(own) ? said.substr(own.size())
                                             : "the web server did not come up: " + said};
  }
  std::cerr << fmt::format("dashboard: {}\n", said);
}

ServerBeside::~ServerBeside() {
  kill(process_, SIGTERM);
  waitpid(process_, nullptr, 0);
}

OptionInfo listen_option() {
  return {.name = "--listen",
          .value = "ADDRESS:PORT",
          .help = "show the dashboard there meanwhile, as `fatmaster serve` does"};
}

Command serve_command() {
  return {
      .name = "serve",
      .summary = "the dashboard and the control API of the station",
      .details =
          "Shows the newest run and all others, whether a run goes on or not, until Ctrl-C. Prints "
          "the address; without users it holds a link\n"
          "that lets one browser in. Through an ssh tunnel: ssh -L 8080:127.0.0.1:8080 STATION. An "
          "address that others reach needs users\n"
          "and TLS. Reads the journal, drives nothing: a run never waits for it. The API is "
          "/api/v1; /api/v1/openapi.json describes it. /metrics is for Prometheus.",
      .options = {{.name = "--listen",
                   .value = "ADDRESS:PORT",
                   .help = "where (default: [listen] of station.ini, else 127.0.0.1:8080)"},
                  {.name = kBesideOption, .value = "PID", .help = "of the run that started it"}},
      .function = serve_station};
}

}  // namespace fat
