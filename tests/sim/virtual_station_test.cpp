// The station's sockets: one client at a time, ports, refusals.
#include "fat/sim/virtual_station.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <stdexcept>
#include <system_error>

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <poll.h>
#include <sys/socket.h>

#include "fat/sim/station_thread.hpp"

namespace fat {
namespace {

OwnedFd connect_to(int port) {
  OwnedFd client{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  if (!client) {
    throw std::system_error{errno, std::generic_category(), "socket"};
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(client.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    client.reset();
  }
  return client;
}

void say(const OwnedFd& client, const std::string& line) {
  if (!client) {
    throw std::logic_error{"not connected"};
  }
  ::send(client.get(), line.data(), line.size(), MSG_NOSIGNAL);
}

/// What comes until the text ends with `end`, the peer closes, or 2 s pass without a byte.
std::string hear(const OwnedFd& client, std::string_view end) {
  std::string text;
  pollfd polled{.fd = client.get(), .events = POLLIN, .revents = 0};
  while (!text.ends_with(end) && ::poll(&polled, 1, 2000) > 0) {
    std::array<char, 256> bytes{};
    const auto count = ::recv(client.get(), bytes.data(), bytes.size(), 0);
    if (count <= 0) {
      break;
    }
    text.append(bytes.data(), static_cast<std::size_t>(count));
  }
  return text;
}

TEST(VirtualStation, LetsASecondClientWaitUntilTheFirstHasLeft) {
  StationThread served{{.modules = 1}};
  const int port = served.station().ports()[0];
  auto first = connect_to(port);
  say(first, "1 2 .s\r\n");
  ASSERT_EQ(hear(first, "> "), "1 2 .s\r\n<2> 1 2 \r\n> ");
  const auto second = connect_to(port);
  say(second, "sdrop\r\n");

  pollfd polled{.fd = second.get(), .events = POLLIN, .revents = 0};
  say(first, ".s\r\n");
  EXPECT_EQ(hear(first, "> "), ".s\r\n<2> 1 2 \r\n> ");
  EXPECT_EQ(::poll(&polled, 1, 0), 0);
  first.reset();

  EXPECT_EQ(hear(second, "> "), "sdrop\r\n> ");
}

TEST(VirtualStation, AnswersOnATimeThatJumpsWhenItIsLookedAt) {
  std::atomic<Microseconds::rep> time{0};
  StationThread served{{.modules = 1, .time = [&time] { return Microseconds{time.load()}; }}};
  auto& station = served.station();
  const auto all = station.instruments();
  const auto supply = std::ranges::find(all, "supply", &DeviceEntry::name);
  ASSERT_TRUE(supply != all.end() && supply->link);
  const auto client = connect_to(supply->link->port);
  EXPECT_EQ(station.look(client.get()), std::nullopt);
  constexpr Microseconds late = std::chrono::hours{1};
  station.inject("supply", {.fault = LinkFault::Late, .times = 1, .delay = late});

  say(client, "*IDN?\n");

  EXPECT_EQ(station.look(client.get()), late);
  pollfd polled{.fd = client.get(), .events = POLLIN, .revents = 0};
  EXPECT_EQ(::poll(&polled, 1, 0), 0);
  time = late.count();
  EXPECT_EQ(station.look(client.get()), std::nullopt);
  EXPECT_THAT(hear(client, "\n"), testing::HasSubstr("RIGOL"));
}

TEST(VirtualStation, KnowsNoWireThatIsNotItsOwn) {
  StationThread served{{.modules = 1, .time = [] { return Microseconds{0}; }}};
  const OwnedFd other{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};

  EXPECT_EQ(served.station().look(other.get()), std::nullopt);
}

TEST(VirtualStation, GivesEachModuleItsOwnIdentity) {
  StationThread served{{.modules = 16}};
  std::vector<std::string> seen;
  for (const int port : served.station().ports()) {
    const auto client = connect_to(port);
    say(client, "icmID\r\n");
    seen.push_back(hear(client, "> "));
  }

  std::ranges::sort(seen);
  EXPECT_TRUE(std::ranges::unique(seen).empty());
}

TEST(VirtualStation, RefusesConnectionsToADeadModule) {
  StationThread served{{.modules = 2, .special = {{1, {.listens = false}}}}};

  EXPECT_TRUE(connect_to(served.station().ports()[0]));
  EXPECT_FALSE(connect_to(served.station().ports()[1]));
}

TEST(VirtualStation, SaysWhichPortIsTaken) {
  StationThread served{{.modules = 1}};
  const int port = served.station().ports()[0];

  try {
    const VirtualStation another{{.modules = 1, .port_base = port}};
    FAIL() << "opened a port that is in use";
  } catch (const std::system_error& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("127.0.0.1:" + std::to_string(port)));
  }
}

TEST(VirtualStation, RefusesImpossibleNumbers) {
  EXPECT_THROW(VirtualStation({.modules = 0}), std::invalid_argument);
  EXPECT_THROW(VirtualStation({.modules = 20, .port_base = 65530}), std::invalid_argument);
}

TEST(VirtualStation, OutlivesAClientThatSendsMuchAndReadsNothing) {
  StationThread served{{.modules = 2}};
  {
    const auto flood = connect_to(served.station().ports()[0]);
    ASSERT_TRUE(flood);
    const std::string line = "sloAdcReadAll\r\n";
    for (int i = 0; i < 5000; ++i) {
      if (::send(flood.get(), line.data(), line.size(), MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
        break;
      }
    }
    const auto other = connect_to(served.station().ports()[1]);
    say(other, "sdrop\r\n");
    EXPECT_EQ(hear(other, "> "), "sdrop\r\n> ");
  }
  const auto next = connect_to(served.station().ports()[0]);
  say(next, "sdrop\r\n");

  EXPECT_THAT(hear(next, "sdrop\r\n> "), ::testing::EndsWith("sdrop\r\n> "));
}

}  // namespace
}  // namespace fat
