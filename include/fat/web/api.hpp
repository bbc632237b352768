// The seam of the control API: what the server (src/web) has let through is answered by an
// ApiSource, which cli builds from the journal, the run state and the control socket.
// src/web/API.md is the contract in words.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fat {

/// Each may what those before it may.
enum class Role { Viewer, Operator, Expert };

/// Who asks; a server without configured users names nobody and lets the loopback act as an expert.
struct ApiUser {
  std::string name;
  Role role = Role::Viewer;
};

/// What an ApiSource answers. /me, /session, /openapi.json, /events and the page itself are the
/// server's own.
enum class ApiRoute {
  Station,
  Runs,
  Run,
  Events,
  RunReport,
  ReportPage,
  Step,
  Output,
  Artifact,
  Rehearsal,
  Readings,
  Measurements,
  Logbook,
  WriteLogbook,
  Verbs,
  Metrics,
  Edits,
  Bench,
  SetChannel,
  TellInterlock,
};

struct ApiRequest {
  ApiRoute route = ApiRoute::Station;
  /// The parts of the path that stand in braces in the contract, percent-decoded, in order; an
  /// artifact's name is one part.
  std::vector<std::string> parts;
  std::map<std::string, std::string> query;
  std::string body;  // of a POST: bounded, not yet parsed
  ApiUser user;
};

/// Part of a file that is sent without being read into memory.
struct FileSlice {
  std::string path;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

struct ApiAnswer {
  int status = 200;
  std::string type = "application/json";
  std::string body;
  std::optional<FileSlice> file;  // instead of body
  std::map<std::string, std::string> headers;
};

/// One event of the stream. Its text is shared by all who listen.
struct StreamEvent {
  std::string name;
  std::string id;  // what `Last-Event-ID` will say; empty: none
  std::shared_ptr<const std::string> data;
};

class ApiSource {
 public:
  ApiSource() = default;
  ApiSource(const ApiSource&) = delete;
  ApiSource& operator=(const ApiSource&) = delete;
  virtual ~ApiSource() = default;

  /// Called by several threads at once. What it throws becomes 500 with a text that names nothing
  /// inside.
  virtual ApiAnswer answer(const ApiRequest& request) = 0;
  /// What a listener hears first; its id is `after` when that was given, else the newest event's.
  virtual StreamEvent hello(std::optional<std::uint64_t> after) = 0;
  /// The journal events behind `after`, oldest first; nothing when they are too many to send again.
  virtual std::optional<std::vector<StreamEvent>> missed(std::uint64_t after) = 0;
};

/// Where an ApiSource's news go: to every listener of the stream. Safe from any thread, never
/// waits.
class EventFeed {
 public:
  EventFeed() = default;
  EventFeed(const EventFeed&) = delete;
  EventFeed& operator=(const EventFeed&) = delete;
  virtual ~EventFeed() = default;

  virtual void publish(StreamEvent event) = 0;

  /// In this order, and sent together where that is less work.
  virtual void publish_all(std::vector<StreamEvent> events) {
    for (auto& event : events) {
      publish(std::move(event));
    }
  }
};

}  // namespace fat
