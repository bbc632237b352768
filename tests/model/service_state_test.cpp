// The services' state as text, and as supervisorctl prints it.
#include "fat/model/service_state.hpp"

#include <gmock/gmock.h>

#include "fakes/manual_clock.hpp"
#include "fat/model/service_entry.hpp"

namespace fat {
namespace {

using std::chrono::seconds;

ServicesState two_services(const Instant& now) {
  ServicesState state{.at = now, .pid = 4711, .services = {}};
  state.services.push_back(
      {.name = "camera", .group = "daq", .wanted = true, .pid = 123, .memory = {}});
  auto& memory = state.services.back().memory;
  memory.said = true;
  memory.who = "anna";
  memory.phase = ServicePhase::Running;
  memory.since = now;
  memory.number = 3;
  memory.token = "service-x-camera-3";
  memory.started = now;
  memory.begun = now;
  memory.restarted = 2;
  state.services.push_back({.name = "web", .group = "", .wanted = true, .pid = 0, .memory = {}});
  auto& other = state.services.back().memory;
  other.phase = ServicePhase::Fatal;
  other.since = now;
  other.number = 4;
  other.failures = 4;
  other.why = "exit status 3";
  return state;
}

TEST(ServiceState, ReadsBackAsWritten) {
  const auto state = two_services(ManualClock{}.now());

  EXPECT_EQ(services_state_from_json_text(to_json_text(state)), state);
}

TEST(ServiceState, RefusesWhatIsNone) {
  EXPECT_FALSE(services_state_from_json_text(""));
  EXPECT_FALSE(services_state_from_json_text(R"({"at":1,"pid":2,"services":[]})"));
  EXPECT_FALSE(services_state_from_json_text(std::string(5U << 20U, ' ')));
}

TEST(ServiceState, IsShownAsSupervisorctlDoes) {
  ManualClock clock;
  auto state = two_services(clock.now());
  clock.advance(std::chrono::hours{26} + seconds{184});
  state.services.push_back({.name = "idle", .group = "", .wanted = false, .pid = 0, .memory = {}});

  EXPECT_EQ(services_in_words(state.services, clock.now()),
            "daq:camera                       RUNNING   pid 123, uptime 1 day, 2:03:04\n"
            "web                              FATAL     exit status 3\n"
            "idle                             STOPPED   Not started\n");
}

TEST(ServiceState, CountsUptimeInDaysAndHours) {
  EXPECT_EQ(uptime_text(seconds{5}), "0:00:05");
  EXPECT_EQ(uptime_text(seconds{86399}), "23:59:59");
  EXPECT_EQ(uptime_text(std::chrono::hours{48}), "2 days, 0:00:00");
}

TEST(ServiceEntry, KnowsItsNames) {
  ServiceEntry camera;
  camera.name = "camera";
  camera.group = "daq";

  EXPECT_EQ(shown_name(camera), "daq:camera");
  EXPECT_TRUE(is_meant(camera, "daq:*"));
  EXPECT_TRUE(is_meant(camera, "all"));
  EXPECT_FALSE(is_meant(camera, "daq:rates"));
  EXPECT_THAT(service_patterns({camera, camera}),
              testing::ElementsAre("daq:camera", "daq:camera", "daq:*"));
}

TEST(ServiceState, SaysWhenAndHowAServiceHasEnded) {
  const ManualClock clock;
  ServiceState ended{.name = "web", .group = "", .wanted = true, .pid = 0, .memory = {}};
  ended.memory.phase = ServicePhase::Exited;
  ended.memory.number = 1;
  ended.memory.since = clock.now();
  const auto when = to_local_text(clock.now().wall);

  EXPECT_EQ(services_in_words({ended}, clock.now()),
            "web                              EXITED    " + when + "\n");
  ended.memory.why = "exit status 0";
  EXPECT_EQ(services_in_words({ended}, clock.now()),
            "web                              EXITED    " + when + ": exit status 0\n");
}

}  // namespace
}  // namespace fat
