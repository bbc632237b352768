// Real processes of services: started, found again by the next supervisor, ended with their group.
#include "fat/runner/service_processes.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "runner/step_fixture.hpp"

namespace fat {
namespace {

using testing::HasSubstr;
using Kind = ServiceFate::Kind;

class ServiceProcessTest : public StepTest {
 protected:
  ServiceLaunch service(const std::string& script, int number = 1) const {
    const auto step = shell(script);
    return {.folder = folder_ / "web" / ("00000" + std::to_string(number)),
            .token = step.token + std::to_string(number),
            .command = step.argv,
            .environment = step.environment,
            .directory = folder_,
            .grace = 5s,
            .log = folder_ / "logs" / "web",
            .log_days = 30,
            .started_line = "server is ready"};
  }

  static ServiceAttempt attempt_of(const ServiceLaunch& launch) {
    return {launch.folder, launch.token, current_boot_id()};
  }

  static ServiceFate end_of(ServiceProcesses& processes) {
    const Deadline deadline{kPatience};
    while (!deadline.is_over()) {
      if (const auto ended = processes.wait(-1, 1s); !ended.empty()) {
        return ended.front().second;
      }
    }
    throw std::runtime_error{"the service does not end"};
  }

  static int pid_of(const ServiceProcesses& processes) {
    const Deadline deadline{kPatience};
    while (processes.pid("web") == 0 && !deadline.is_over()) {
      Deadline{10ms}.wait_for({});
    }
    return processes.pid("web");
  }

  std::string logged() const {
    std::string all;
    for (const auto& entry : std::filesystem::directory_iterator{folder_ / "logs"}) {
      all += content_of(entry.path());
    }
    return all;
  }
};

TEST_F(ServiceProcessTest, EndsWithWhatItPrintedInTheLogOfTheDay) {
  ServiceProcesses processes{FAT_STEP_PATH};
  ASSERT_EQ(processes.start("web", service("echo hello; exit 3")), "");

  const auto fate = end_of(processes);

  EXPECT_EQ(fate.kind, Kind::Ended);
  EXPECT_FALSE(fate.clean);
  EXPECT_EQ(fate.why, "exit status 3");
  EXPECT_EQ(logged(), "hello\n");
  EXPECT_FALSE(processes.has_shown_line("web"));
}

TEST_F(ServiceProcessTest, ShowsItsLineEvenInPieces) {
  // The second piece is written when the first one has reached the log.
  auto launch = service("");
  launch.command = {"python3",
                    "-c",
                    "import os, glob, signal\n"
                    "os.write(1, b'the server is ')\n"
                    "while not any(os.path.getsize(f) for f in glob.glob('logs/web_*.log')): pass\n"
                    "os.write(1, b'ready now\\n')\n"
                    "signal.pause()\n"};
  ServiceProcesses processes{FAT_STEP_PATH};
  ASSERT_EQ(processes.start("web", launch), "");
  to_kill_.push_back(pid_of(processes));

  const Deadline deadline{kPatience};
  while (!processes.has_shown_line("web") && !deadline.is_over()) {
    processes.wait(-1, 10ms);
  }

  EXPECT_TRUE(processes.has_shown_line("web"));
}

TEST_F(ServiceProcessTest, IsAdoptedByTheNextSupervisorWithTheSameProcess) {
  const auto launch = service("exec sleep 1000");
  int before = 0;
  {
    ServiceProcesses first{FAT_STEP_PATH};
    ASSERT_EQ(first.start("web", launch), "");
    before = pid_of(first);
    to_kill_.push_back(before);
  }
  ServiceProcesses second{FAT_STEP_PATH};

  EXPECT_EQ(second.look_at("web", attempt_of(launch)).kind, Kind::Lives);
  EXPECT_EQ(second.pid("web"), before);
  second.end("web");

  EXPECT_EQ(end_of(second).kind, Kind::Ended);
  EXPECT_TRUE(ends(before));
}

TEST_F(ServiceProcessTest, LeavesItsExitRecordToTheNextSupervisor) {
  const auto launch = service("exit 4");
  {
    ServiceProcesses first{FAT_STEP_PATH};
    ASSERT_EQ(first.start("web", launch), "");
    end_of(first);
  }
  ServiceProcesses second{FAT_STEP_PATH};

  const auto fate = second.look_at("web", attempt_of(launch));

  EXPECT_EQ(fate.kind, Kind::Ended);
  EXPECT_EQ(fate.why, "exit status 4");
}

TEST_F(ServiceProcessTest, NeverBeganWhenOnlyTheIntentWasWrittenDown) {
  ServiceProcesses processes{FAT_STEP_PATH};

  EXPECT_EQ(processes.look_at("web", attempt_of(service("exit 0"))).kind, Kind::NeverBegan);
}

TEST_F(ServiceProcessTest, IsNotFoundInAnotherProcessThatHasItsId) {
  const auto launch = service("exec sleep 1000");
  std::filesystem::create_directories(launch.folder);
  write_to(launch.folder / "lock", "");
  const auto self = process_stat(getpid());
  const auto id = "{\"pid\":" + std::to_string(self->id) +
                  ",\"start_time\":" + std::to_string(self->start_time + 1) + "}";
  write_to(launch.folder / "start.json",
           R"({"token":")" + launch.token + R"(","boot_id":")" + current_boot_id() +
               R"(","shim":)" + id + R"(,"command":)" + id + "}");
  ServiceProcesses processes{FAT_STEP_PATH};

  const auto fate = processes.look_at("web", attempt_of(launch));

  EXPECT_EQ(fate.kind, Kind::Ended);
  EXPECT_EQ(processes.pid("web"), 0);
}

TEST_F(ServiceProcessTest, EndsWithItsWholeGroup) {
  ServiceProcesses processes{FAT_STEP_PATH};
  ASSERT_EQ(processes.start("web", service("sleep 1000 & echo $! > child; wait")), "");
  to_kill_.push_back(pid_of(processes));
  const Deadline deadline{kPatience};
  while (!content_of(folder_ / "child").ends_with('\n') && !deadline.is_over()) {
    processes.wait(-1, 10ms);
  }
  const auto child = std::stoi(content_of(folder_ / "child"));
  to_kill_.push_back(child);

  processes.end("web");

  EXPECT_EQ(end_of(processes).kind, Kind::Ended);
  EXPECT_TRUE(ends(child));
}

TEST_F(ServiceProcessTest, SaysWhyItCannotBeStarted) {
  ServiceProcesses processes{FAT_STEP_PATH};
  auto launch = service("true");
  launch.directory = folder_ / "nowhere";
  EXPECT_THAT(processes.start("web", launch), HasSubstr("nowhere"));

  launch.directory = folder_;
  launch.command = {"/no/such/program"};
  ASSERT_EQ(processes.start("web", launch), "");
  EXPECT_THAT(end_of(processes).why, HasSubstr("cannot execute /no/such/program"));
}

TEST_F(ServiceProcessTest, KeepsOnlyTheNewestStarts) {
  ServiceProcesses processes{FAT_STEP_PATH};
  for (int number = 1; number <= 7; ++number) {
    ASSERT_EQ(processes.start("web", service("exit 0", number)), "");
    end_of(processes);
  }

  EXPECT_FALSE(std::filesystem::exists(folder_ / "web" / "000002"));
  EXPECT_TRUE(std::filesystem::exists(folder_ / "web" / "000003"));
}

TEST(PortAnswers, SaysWhetherSomebodyListens) {
  const OwnedFd server{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  ASSERT_EQ(bind(server.get(), reinterpret_cast<sockaddr*>(&address), length), 0);
  getsockname(server.get(), reinterpret_cast<sockaddr*>(&address), &length);
  const auto port = ntohs(address.sin_port);

  EXPECT_FALSE(port_answers(port, kPatience));
  ASSERT_EQ(listen(server.get(), 1), 0);
  EXPECT_TRUE(port_answers(port, kPatience));
}

}  // namespace
}  // namespace fat
