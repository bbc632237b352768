// Can people be told? A test message to each sink, and who else can read its secret.
#include <fmt/format.h>
#include <sys/stat.h>

#include "cli/message_delivery.hpp"
#include "cli/station_checks.hpp"
#include "fat/people/make_sink.hpp"
#include "fat/runner/system_clock.hpp"

namespace fat {

namespace {

std::string subject_of(const SinkEntry& sink) {
  return "sink " + sink.name;
}

Findings check_who_reads(const std::string& subject, const std::filesystem::path& file) {
  struct stat info {};

  if (file.empty() || stat(file.c_str(), &info) != 0 || (info.st_mode & (S_IRGRP | S_IROTH)) == 0) {
    return {};
  }
  return {{.health = Health::Warning,
           .subject = subject,
           .text = fmt::format("others can read its secret in {}", file.string()),
           .advice = fmt::format("chmod 600 {}", file.string())}};
}

Finding send_test_message(const Station& station, const std::string& name, const SinkEntry& sink) {
  const auto now = SystemClock{}.now().wall;
  const auto subject = "sink " + name;
  const auto result =
      sink_of(station, sink)
          ->deliver(
              {.key = fmt::format("doctor-{}", now.time_since_epoch().count()),
               .messages = {},
               .at = now,
               .text = fmt::format(
                   "{}: test message of `fatmaster doctor`, {}", station.name, to_local_text(now))},
              {});
  if (result.outcome == PostOutcome::Delivered) {
    return {.subject = subject, .text = "took a test message: look whether it is there"};
  }
  const bool mend = result.outcome == PostOutcome::Misconfigured;
  return {
      .health = Health::Warning,
      .subject = subject,
      .text = "did not take a test message: " + result.why,
      .advice = mend ? fmt::format("mend [sink {}] or its secret: nobody is told there meanwhile",
                                   sink.name)
                     : "messages wait and are tried again; see whether the network is up"};
}

/// Writes nothing there.
Finding try_remote_logbook(const RemoteLogbook& logbook, const Station& station) {
  const auto result = try_logbook(logbook, logbook_options(station));
  if (result.outcome == PostOutcome::Delivered) {
    return {.subject = "logbook", .text = "can be reached and takes the login"};
  }
  return {.health = Health::Warning,
          .subject = "logbook",
          .text = "cannot be used: " + result.why,
          .advice = "mend [logbook] or the network; entries wait and are tried again"};
}

}  // namespace

Findings check_sinks(const Station& station) {
  Findings all;
  for (const auto& sink : station.sinks) {
    for (const auto& file : {sink.url.file, sink.token.file, sink.password.file}) {
      const auto more = check_who_reads(subject_of(sink), file);
      all.insert(all.end(), more.begin(), more.end());
    }
  }
  for (const auto& channel : channels_of(station)) {
    const bool own = channel.name.find('/') == std::string::npos;
    if (own || channel.entry.kind == SinkKind::Mail) {  // nobody is written to directly by a test
      all.push_back(send_test_message(station, channel.name, channel.entry));
    }
  }
  if (station.logbook) {
    const auto more = check_who_reads("logbook", station.logbook->password.file);
    all.insert(all.end(), more.begin(), more.end());
    all.push_back(try_remote_logbook(*station.logbook, station));
  }
  return all;
}

}  // namespace fat
