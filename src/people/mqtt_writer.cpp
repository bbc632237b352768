// The library's own thread speaks to the broker; what it tells us stands behind one mutex.
#include "people/mqtt_writer.hpp"

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>

#include <fmt/format.h>
#include <mosquitto.h>

#include "people/mqtt_address.hpp"
#include "people/mqtt_library.hpp"
#include "people/mqtt_record.hpp"
#include "people/secret.hpp"

namespace fat {
namespace {

constexpr std::chrono::seconds kToConnect{10};
constexpr std::chrono::seconds kToAcknowledge{30};
constexpr std::chrono::seconds kToSayGoodbye{1};
constexpr int kKeepAlive = 30;  // s
constexpr int kAtLeastOnce = 1;
constexpr unsigned kInFlight = 100;
constexpr int kBadLogin = 4, kNotAuthorised = 5;  // of a CONNACK

}  // namespace

/// One connection, as long as it lasts.
class MqttWriter::Connection {
 public:
  Connection(const TelemetryEntry& entry, const std::string& password);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Empty: it stands. Else what is wrong.
  TelemetryResult open(const std::stop_token& stop);
  /// false: it cannot be sent any more.
  bool publish(const std::string& topic, const std::string& payload, bool retain);
  /// Whether the broker has all that was published.
  bool is_acknowledged(std::chrono::seconds patience, const std::stop_token& stop);

 private:
  static Connection& of(void* self) { return *static_cast<Connection*>(self); }

  void told_connected(int code) {
    const std::scoped_lock lock{mutex_};
    answered_ = true;
    code_ = code;
    changed_.notify_all();
  }

  void told_gone() {
    const std::scoped_lock lock{mutex_};
    gone_ = true;
    changed_.notify_all();
  }

  void told_acknowledged() {
    const std::scoped_lock lock{mutex_};
    ++acknowledged_;
    changed_.notify_all();
  }

  BrokerAddress broker_;
  std::string server_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool answered_ = false;  // guarded by mutex_
  bool gone_ = false;      // guarded by mutex_
  int code_ = 0;           // guarded by mutex_; of the CONNACK
  long acknowledged_ = 0;  // guarded by mutex_
  long published_ = 0;
  std::string why_;  ///< it cannot even begin
  MosquittoClient client_;
};

MqttWriter::Connection::Connection(const TelemetryEntry& entry, const std::string& password)
    : broker_(broker_of(entry.server)), server_(entry.server) {
  client_ = make_mosquitto_client(this);
  if (!client_) {
    why_ = "no memory for a client";
    return;
  }
  auto* const client = client_.get();
  mosquitto_connect_callback_set(
      client, [](mosquitto*, void* self, int code) { of(self).told_connected(code); });
  mosquitto_disconnect_callback_set(client,
                                    [](mosquitto*, void* self, int) { of(self).told_gone(); });
  mosquitto_publish_callback_set(client,
                                 [](mosquitto*, void* self, int) { of(self).told_acknowledged(); });
  mosquitto_max_inflight_messages_set(client, kInFlight);
  const auto state = mqtt_station_topic(entry.topic, entry.site, "$state");
  const std::string_view lost = "lost";
  mosquitto_will_set(
      client, state.c_str(), static_cast<int>(lost.size()), lost.data(), kAtLeastOnce, true);
  if (!entry.user.empty()) {
    mosquitto_username_pw_set(client, entry.user.c_str(), password.c_str());
  }
  why_ = trust_this_machine(client, broker_);
}

MqttWriter::Connection::~Connection() {
  if (client_) {
    mosquitto_disconnect(client_.get());
    mosquitto_loop_stop(client_.get(), false);
  }
}

TelemetryResult MqttWriter::Connection::open(const std::stop_token& stop) {
  if (!why_.empty()) {
    return {.outcome = PostOutcome::Misconfigured, .why = why_};
  }
  const int begun =
      mosquitto_connect_async(client_.get(), broker_.host.c_str(), broker_.port, kKeepAlive);
  if (begun != MOSQ_ERR_SUCCESS && begun != MOSQ_ERR_ERRNO) {
    return {.outcome = PostOutcome::TryLater,
            .why = fmt::format("no connection to {}: {}", server_, mosquitto_strerror(begun))};
  }
  mosquitto_loop_start(client_.get());
  std::unique_lock lock{mutex_};
  changed_.wait_for(lock, stop, kToConnect, [this] { return answered_ || gone_; });
  if (answered_ && code_ == 0) {
    return {.outcome = PostOutcome::Delivered, .why = {}};
  }
  const bool login = answered_ && (code_ == kBadLogin || code_ == kNotAuthorised);
  return {.outcome = login ? PostOutcome::Misconfigured : PostOutcome::TryLater,
          .why = answered_ ? fmt::format("{}: {}", server_, mosquitto_connack_string(code_))
                           : fmt::format("no connection to {}", server_)};
}

bool MqttWriter::Connection::publish(const std::string& topic,
                                     const std::string& payload,
                                     bool retain) {
  const int sent = mosquitto_publish(client_.get(),
                                     nullptr,
                                     topic.c_str(),
                                     static_cast<int>(payload.size()),
                                     payload.data(),
                                     kAtLeastOnce,
                                     retain);
  published_ += sent == MOSQ_ERR_SUCCESS ? 1 : 0;
  return sent == MOSQ_ERR_SUCCESS;
}

bool MqttWriter::Connection::is_acknowledged(std::chrono::seconds patience,
                                             const std::stop_token& stop) {
  std::unique_lock lock{mutex_};
  changed_.wait_for(lock, stop, patience, [this] { return acknowledged_ >= published_ || gone_; });
  return acknowledged_ >= published_ && !gone_;
}

MqttWriter::MqttWriter(TelemetryEntry entry, std::vector<TelemetryChannel> channels)
    : entry_(std::move(entry)), channels_(std::move(channels)) {}

MqttWriter::~MqttWriter() {
  if (connection_ &&
      connection_->publish(
          mqtt_station_topic(entry_.topic, entry_.site, "$state"), "disconnected", true)) {
    connection_->is_acknowledged(kToSayGoodbye, {});
  }
}

TelemetryResult MqttWriter::connect(const std::stop_token& stop) {
  Secret password;
  if (!entry_.user.empty()) {
    password = read_secret(entry_.password);
    if (!password.problem.empty()) {
      return {.outcome = PostOutcome::Misconfigured, .why = password.problem};
    }
  }
  auto connection = std::make_unique<Connection>(entry_, password.value);
  auto result = connection->open(stop);
  if (result.outcome == PostOutcome::Delivered) {
    connection->publish(mqtt_station_topic(entry_.topic, entry_.site, "$description"),
                        mqtt_description(channels_),
                        true);
    connection->publish(mqtt_station_topic(entry_.topic, entry_.site, "$state"), "ready", true);
    connection_ = std::move(connection);
  }
  return result;
}

TelemetryResult MqttWriter::write(const std::vector<TelemetryPoint>& points,
                                  const std::stop_token& stop) {
  if (!connection_) {
    if (auto result = connect(stop); result.outcome != PostOutcome::Delivered) {
      return result;
    }
  }
  std::map<const TelemetryChannel*, std::size_t> newest;
  for (std::size_t place = 0; place < points.size(); ++place) {
    newest[points[place].channel] = place;
  }
  bool good = true;
  for (std::size_t place = 0; place < points.size() && good; ++place) {
    const auto& [channel, reading] = points[place];
    good = connection_->publish(mqtt_topic(entry_.topic, entry_.site, *channel),
                                mqtt_record(*channel, reading),
                                newest[channel] == place);
  }
  if (good && connection_->is_acknowledged(kToAcknowledge, stop)) {
    return {.outcome = PostOutcome::Delivered, .why = {}};
  }
  connection_.reset();  // a new one knows nothing of what this one owes
  return {.outcome = PostOutcome::TryLater,
          .why = fmt::format("{} went away or did not acknowledge", entry_.server)};
}

}  // namespace fat
