// The links themselves against real wires: pseudo-terminals, child processes, ZeroMQ.
#include "devices/link.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <stdexcept>
#include <thread>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <pty.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>
#include <zmq.hpp>

#include "devices/process_link.hpp"
#include "fakes/patience.hpp"
#include "fat/model/owned_fd.hpp"

namespace fat {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

LinkAddress address(std::string_view text) {
  return parse_link(text).address.value();
}

class Terminal {
 public:
  Terminal() {
    int ours = -1, theirs = -1;
    std::array<char, 100> name{};
    EXPECT_EQ(::openpty(&ours, &theirs, name.data(), nullptr, nullptr), 0);
    master_ = OwnedFd{ours};
    slave_ = OwnedFd{theirs};
    path_ = name.data();
  }

  const OwnedFd& master() const { return master_; }

  const std::string& path() const { return path_; }

  void hang_up() {
    slave_.reset();
    master_.reset();
  }

 private:
  OwnedFd master_, slave_;
  std::string path_;
};

TEST(SerialLink, SetsAnyBaudRateAndPassesBytesRaw) {
  const Terminal terminal;
  const auto link = make_link(address("serial " + terminal.path() + " 12345 8N1"));
  ASSERT_FALSE(link->open(kPatience).fault);

  EXPECT_FALSE(link->send("a\r\n\x03", kPatience).fault);
  std::array<char, 10> bytes{};
  EXPECT_EQ(::read(terminal.master().get(), bytes.data(), bytes.size()), 4);
  EXPECT_STREQ(bytes.data(), "a\r\n\x03");
  ASSERT_EQ(::write(terminal.master().get(), "\x02\r\n", 3), 3);
  EXPECT_EQ(link->receive(kPatience).received, "\x02\r\n");
}

TEST(SerialLink, ThrowsAwayWhatStoodInTheLineBefore) {
  const Terminal terminal;
  const auto link = make_link(address("serial " + terminal.path()));
  ASSERT_FALSE(link->open(kPatience).fault);
  ASSERT_EQ(::write(terminal.master().get(), "old", 3), 3);

  ASSERT_FALSE(link->open(kPatience).fault);

  EXPECT_EQ(link->receive(0ms).fault, DeviceFault::Timeout);
}

TEST(SerialLink, ALineThatIsPulledOutIsClosedAtOnce) {
  Terminal terminal;
  const auto link = make_link(address("serial " + terminal.path()));
  ASSERT_FALSE(link->open(kPatience).fault);
  terminal.hang_up();

  EXPECT_EQ(link->receive(kPatience).fault, DeviceFault::Closed);
}

TEST(SerialLink, SaysWhatIsNotASerialLine) {
  EXPECT_THAT(make_link(address("serial /dev/null"))->open(kPatience).why,
              HasSubstr("not a serial line"));
  EXPECT_EQ(make_link(address("serial /no/such/line"))->open(kPatience).fault,
            DeviceFault::Unreachable);
}

TEST(SerialLink, KnowsTheWireBehindItsNames) {
  const Terminal terminal;
  const auto other = "/tmp/fat_line_" + std::to_string(::getpid());
  ASSERT_EQ(::symlink(terminal.path().c_str(), other.c_str()), 0);

  EXPECT_EQ(make_link(address("serial " + other))->wire(), terminal.path());
  ::unlink(other.c_str());
}

TEST(ProcessLink, TalksToAProgramAndSaysHowItEnded) {
  ProcessLink link{{"sh", "-c", "read line; echo got $line; exit 3"}};
  ASSERT_FALSE(link.open(kPatience).fault);
  ASSERT_FALSE(link.send("x\n", kPatience).fault);

  EXPECT_EQ(link.receive(kPatience).received, "got x\n");
  const auto end = link.receive(kPatience);
  EXPECT_EQ(end.fault, DeviceFault::Closed);
  EXPECT_EQ(end.why, "the program ended with status 3");
  EXPECT_FALSE(link.ended_well());
}

TEST(ProcessLink, TheProgramGoesOnBetweenTurns) {
  ProcessLink program{{"sh", "-c", "while read line; do echo $$; done"}};
  Link& link = program;
  ASSERT_FALSE(link.open(kPatience).fault);
  std::set<std::string> processes;
  for (int turn = 0; turn < 2; ++turn) {
    link.begin(kPatience);
    link.send("who\n", kPatience);
    processes.insert(link.receive(kPatience).received);
    link.end();
  }

  EXPECT_EQ(processes.size(), 1U);
  EXPECT_GT(processes.begin()->size(), 1U);
}

TEST(ProcessLink, SaysThatAProgramIsMissing) {
  ProcessLink link{{"/no/such/program"}};

  EXPECT_EQ(link.open(kPatience).fault, DeviceFault::Unreachable);
}

TEST(ProcessLink, EndsAProgramThatHangs) {
  ProcessLink link{{"sleep", "1000"}};
  ASSERT_FALSE(link.open(kPatience).fault);

  EXPECT_EQ(link.receive(1ms).fault, DeviceFault::Timeout);
  link.close();
}

class ZeroMqServer {
 public:
  ZeroMqServer() {
    socket_.set(zmq::sockopt::linger, 0);
    socket_.bind("tcp://127.0.0.1:*");
    const auto bound = socket_.get(zmq::sockopt::last_endpoint);
    port_ = bound.substr(bound.rfind(':') + 1);
  }

  std::string take() {
    zmq::message_t message;
    static_cast<void>(socket_.recv(message));
    return message.to_string();
  }

  void answer(const std::string& text) { socket_.send(zmq::buffer(text)); }

  void leave() { socket_.close(); }

  LinkAddress where() const { return address("zmq 127.0.0.1:" + port_); }

 private:
  zmq::context_t context_;
  zmq::socket_t socket_{context_, zmq::socket_type::rep};
  std::string port_;
};

/// Listens on a port of loopback that the kernel chose.
class Listener {
 public:
  Listener() {
    sockaddr_in place{};
    place.sin_family = AF_INET;
    place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof place;
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): as sockets want it
    auto* const where = reinterpret_cast<sockaddr*>(&place);
    if (::bind(socket_.get(), where, length) != 0 || ::listen(socket_.get(), 1) != 0 ||
        ::getsockname(socket_.get(), where, &length) != 0) {
      throw std::runtime_error{"cannot listen"};
    }
    port_ = ntohs(place.sin_port);
  }

  int descriptor() const { return socket_.get(); }

  int port() const { return port_; }

 private:
  OwnedFd socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  int port_ = 0;
};

TEST(PrologixLink, GivesTheFrontPanelBackByTheWireItself) {
  const Listener listener;
  const auto link =
      make_link(address("prologix 127.0.0.1:" + std::to_string(listener.port()) + " 10"));
  ASSERT_FALSE(link->open(kPatience).fault);
  const OwnedFd controller{::accept(listener.descriptor(), nullptr, nullptr)};

  const auto told = link->free_panel(kPatience);

  link->close();
  std::string heard;
  std::array<char, 200> bytes{};
  for (ssize_t size = 1; size > 0;) {
    size = ::read(controller.get(), bytes.data(), bytes.size());
    heard.append(bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
  }
  ASSERT_TRUE(told);
  EXPECT_FALSE(told->fault);
  EXPECT_TRUE(heard.ends_with("++addr 10\n++loc\n")) << heard;
}

TEST(ZeroMqLink, CarriesWholeMessages) {
  ZeroMqServer server;
  const auto link = make_link(server.where());
  ASSERT_FALSE(link->open(kPatience).fault);
  ASSERT_FALSE(link->send("devlist", kPatience).fault);

  EXPECT_EQ(server.take(), "devlist");
  server.answer(std::string(10000, 'x'));
  EXPECT_EQ(link->receive(kPatience).received.size(), 10000U);
  EXPECT_EQ(link->receive(0ms).fault, DeviceFault::Timeout);
}

TEST(ZeroMqLink, ALateReplyDoesNotReachTheNextQuestion) {
  ZeroMqServer server;
  const auto link = make_link(server.where());
  ASSERT_FALSE(link->open(kPatience).fault);
  ASSERT_FALSE(link->send("first", kPatience).fault);
  server.take();
  EXPECT_EQ(link->receive(1ms).fault, DeviceFault::Timeout);
  ASSERT_FALSE(link->open(kPatience).fault);
  ASSERT_FALSE(link->send("second", kPatience).fault);

  server.answer("to the first");
  EXPECT_EQ(server.take(), "second");
  server.answer("to the second");

  EXPECT_EQ(link->receive(kPatience).received, "to the second");
}

TEST(ZeroMqLink, AServerThatLeavesIsAnErrorAtOnce) {
  ZeroMqServer server;
  const auto link = make_link(server.where());
  ASSERT_FALSE(link->open(kPatience).fault);
  ASSERT_FALSE(link->send("question", kPatience).fault);
  server.take();
  server.leave();

  EXPECT_EQ(link->receive(kPatience).fault, DeviceFault::Closed);
}

TEST(ZeroMqLink, SaysThatNobodyListens) {
  EXPECT_EQ(make_link(address("zmq 127.0.0.1:1"))->open(kPatience).fault, DeviceFault::Unreachable);
}

TEST(TcpLink, SaysThatAnAddressIsNobodys) {
  const auto refused = make_link(address("tcp 127.0.0.1:1"))->open(kPatience);
  EXPECT_EQ(refused.fault, DeviceFault::Unreachable);
  EXPECT_THAT(refused.why, HasSubstr("Connection refused"));

  EXPECT_EQ(make_link(address("tcp 255.255.255.255:1"))->open(kPatience).fault,
            DeviceFault::Unreachable);
}

TEST(TcpLink, GivesUpOnWhoReadsNothing) {
  const Listener listener;
  const auto link = make_link(address("tcp 127.0.0.1:" + std::to_string(listener.port())));
  ASSERT_FALSE(link->open(kPatience).fault);
  const std::string much(1U << 20U, 'x');

  Exchange sent;
  while (!sent.fault) {  // until all buffers on the way are full
    sent = link->send(much, 0ms);
  }

  EXPECT_EQ(sent.fault, DeviceFault::Timeout);
  EXPECT_THAT(sent.why, HasSubstr("could not be sent within"));
}

TEST(ProcessLink, IsWhatALinkOfStationIniIs) {
  const auto link = make_link(address("command cat"));
  EXPECT_EQ(link->wire(), link->name());
  ASSERT_FALSE(link->open(kPatience).fault);
  ASSERT_FALSE(link->send("echoed\n", kPatience).fault);

  EXPECT_EQ(link->receive(kPatience).received, "echoed\n");
}

}  // namespace
}  // namespace fat
