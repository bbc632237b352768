// The thread that hears commands.
#include "fat/people/mqtt_commands.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "fat/model/channel_setting.hpp"
#include "fat/model/plain_text.hpp"
#include "people/command_ledger.hpp"
#include "people/mqtt_client.hpp"
#include "people/mqtt_legacy.hpp"
#include "people/secret.hpp"

namespace fat {
namespace {

constexpr std::chrono::milliseconds kLooksEvery{500};
constexpr Microseconds kFirstWayBack = std::chrono::seconds{1};
constexpr Microseconds kLongestWayBack = std::chrono::minutes{1};
constexpr std::chrono::seconds kLastAnswersTake{1};
constexpr std::size_t kMostUnheard = 200;  // messages
constexpr std::size_t kMostOwed = 1000;    // posts

std::vector<ChannelEntry> settable(const std::vector<ChannelEntry>& channels) {
  std::vector<ChannelEntry> some;
  std::ranges::copy_if(channels, std::back_inserter(some), [](const ChannelEntry& channel) {
    return channel.settable && setting_problem(channel, channel.settable->low).empty();
  });
  return some;
}

}  // namespace

/// Owned by its thread, too, and by whoever tells it how an order ended.
class MqttCommands::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(MqttCommandsParts parts, const Clock& clock) : parts_(std::move(parts)), clock_(clock) {
    if (parts_.entry.commands) {
      partners_.push_back(
          std::make_unique<CommandLedger>(parts_.entry, settable(parts_.channels), legacy_names()));
    }
    if (!parts_.legacy_topics.empty() || !parts_.legacy_commands.empty()) {
      partners_.push_back(std::make_unique<LegacyTopics>(
          LegacyParts{.telemetry = parts_.entry.name,
                      .topics = parts_.legacy_topics,
                      .commands = parts_.legacy_commands,
                      .channels = parts_.channels,
                      .answers = reply_topic(parts_.entry),
                      .reading = parts_.reading,
                      .state = parts_.state,
                      .say = [this](const std::string& text) { say(text); }}));
    }
  }

  void work(const std::stop_token& stop);

 private:
  struct Finished {
    MqttPartner* partner = nullptr;
    std::uint64_t ticket = 0;
    std::string failure;
  };

  /// What came from other threads.
  struct News {
    std::deque<MqttMessage> heard;
    std::deque<Finished> finished;
    int unheard = 0;
  };

  struct Owed {
    MqttPost post;
    int number = 0;  ///< of this connection; 0: it was not sent yet
  };

  std::set<std::string, std::less<>> legacy_names() const;
  void say(const std::string& text) const;
  void connect(const std::stop_token& stop);
  void heard(MqttMessage message);
  void told(Finished finished);
  void wake();
  News wait(const std::stop_token& stop);
  void take(const News& news);
  void order(MqttPartner& partner, const MqttOrder& order);
  void owe(std::vector<MqttPost> posts);
  void send();
  bool all_there();
  void post_owed();
  void say_goodbye();
  void drop_connection();
  void cannot_hear(const std::string& why);

  MqttCommandsParts parts_;
  const Clock& clock_;
  std::vector<std::unique_ptr<MqttPartner>> partners_;  // outlived by nobody who uses them
  std::deque<Owed> owed_;
  bool said_ = false;          ///< that it hears nothing
  bool said_dropped_ = false;  ///< since the last connection
  bool open_ = false;          ///< the client hears
  bool ends_ = false;          ///< what is borrowed may be gone
  Instant now_;                ///< when it was woken last
  Microseconds pause_ = kFirstWayBack;
  std::optional<Instant> dropped_;  ///< the last connection, or try of one

  std::mutex mutex_;
  std::condition_variable_any bell_;
  News news_;             // guarded by mutex_
  bool changed_ = false;  // guarded by mutex_

  std::unique_ptr<MqttClient> client_;  // while there is one; last: its thread uses the others
};

std::set<std::string, std::less<>> MqttCommands::Impl::legacy_names() const {
  std::set<std::string, std::less<>> names;
  for (const auto& one : parts_.legacy_topics) {
    names.insert(one.topic);
  }
  for (const auto& one : parts_.legacy_commands) {
    names.insert(one.topic);
  }
  return names;
}

void MqttCommands::Impl::say(const std::string& text) const {
  if (!ends_) {
    parts_.say(text);
  }
}

void MqttCommands::Impl::heard(MqttMessage message) {
  const std::scoped_lock lock{mutex_};
  if (news_.heard.size() >= kMostUnheard) {
    ++news_.unheard;
  } else {
    news_.heard.push_back(std::move(message));
  }
  bell_.notify_all();
}

void MqttCommands::Impl::told(Finished finished) {
  const std::scoped_lock lock{mutex_};
  news_.finished.push_back(std::move(finished));
  bell_.notify_all();
}

void MqttCommands::Impl::wake() {
  const std::scoped_lock lock{mutex_};
  changed_ = true;
  bell_.notify_all();
}

MqttCommands::Impl::News MqttCommands::Impl::wait(const std::stop_token& stop) {
  std::unique_lock lock{mutex_};
  bell_.wait_for(lock, stop, kLooksEvery, [this] {
    return changed_ || !news_.heard.empty() || !news_.finished.empty();
  });
  changed_ = false;
  return std::exchange(news_, {});
}

void MqttCommands::Impl::cannot_hear(const std::string& why) {
  if (!std::exchange(said_, true)) {
    parts_.say(
        fmt::format("telemetry {}: hears no command: {}", parts_.entry.name, plain_text(why, 400)));
  }
}

void MqttCommands::Impl::connect(const std::stop_token& stop) {
  if (client_ || (dropped_ && elapsed(*dropped_, clock_.now()) < pause_)) {
    return;
  }
  Secret password;
  if (!parts_.entry.user.empty()) {
    password = read_secret(parts_.entry.password);
  }
  auto why = password.problem;
  std::vector<std::string> topics;
  if (why.empty()) {
    client_ = std::make_unique<MqttClient>(
        parts_.entry,
        password.value,
        MqttClient::Ears{.hear = [this](MqttMessage message) { heard(std::move(message)); },
                         .changed = [this] { wake(); }});
    for (const auto& partner : partners_) {
      std::ranges::copy(partner->topics(), std::back_inserter(topics));
    }
    why = client_->open(topics, stop);
  }
  if (stop.stop_requested()) {
    return;
  }
  if (!why.empty()) {
    cannot_hear(without_secret(why, password.value));
    drop_connection();
    return;
  }
  std::ranges::for_each(partners_, [](const auto& partner) { partner->begin_anew(); });
  dropped_.reset();
  open_ = true;
  said_ = false;
  said_dropped_ = false;
  say(topics.empty() ? fmt::format("telemetry {}: publishes for others", parts_.entry.name)
                     : fmt::format("telemetry {}: hears commands", parts_.entry.name));
}

void MqttCommands::Impl::drop_connection() {
  client_.reset();
  open_ = false;
  std::ranges::for_each(owed_, [](Owed& one) { one.number = 0; });
  pause_ = dropped_ ? std::min(2 * pause_, kLongestWayBack) : kFirstWayBack;
  dropped_ = clock_.now();
}

void MqttCommands::Impl::owe(std::vector<MqttPost> posts) {
  for (auto& post : posts) {
    if (owed_.size() >= kMostOwed) {
      owed_.pop_front();
      if (!std::exchange(said_dropped_, true)) {
        say(
            fmt::format("telemetry {}: more than {} answers wait for the broker: the oldest are "
                        "dropped",
                        parts_.entry.name,
                        kMostOwed));
      }
    }
    owed_.push_back({.post = std::move(post)});
  }
}

void MqttCommands::Impl::order(MqttPartner& partner, const MqttOrder& order) {
  auto told_later = [self = shared_from_this(), partner = &partner, ticket = order.ticket](
                        const std::string& failure) {
    self->told({.partner = partner, .ticket = ticket, .failure = failure});
  };
  const auto refusal = parts_.carry_out(order, std::move(told_later));
  if (!refusal.empty()) {
    owe(partner.finished(order.ticket, refusal, now_));
  }
}

void MqttCommands::Impl::take(const News& news) {
  if (news.unheard > 0) {
    parts_.say(
        fmt::format("telemetry {}: {} commands came faster than they can be heard: nothing "
                    "was done of them, and they are not answered",
                    parts_.entry.name,
                    news.unheard));
  }
  for (const auto& [partner, ticket, failure] : news.finished) {
    owe(partner->finished(ticket, failure, now_));
  }
  for (const auto& message : news.heard) {
    for (const auto& partner : partners_) {
      auto heard = partner->hear(message, now_);
      owe(std::move(heard.posts));
      std::ranges::for_each(heard.orders, [&](const MqttOrder& one) { order(*partner, one); });
    }
  }
  for (const auto& partner : partners_) {
    owe(partner->look(now_));
  }
}

/// What the broker has is owed no more.
bool MqttCommands::Impl::all_there() {
  for (const int number : client_->acknowledged()) {
    std::erase_if(owed_, [number](const Owed& one) { return one.number == number; });
  }
  return owed_.empty();
}

void MqttCommands::Impl::post_owed() {
  for (auto one = owed_.begin(); one != owed_.end();) {
    const auto number = one->number != 0 ? std::optional{one->number} : client_->post(one->post);
    const bool lost = !number || one->post.care == MqttPost::Care::Once;
    one->number = number.value_or(0);
    one = lost ? owed_.erase(one) : std::next(one);
  }
}

void MqttCommands::Impl::send() {
  if (!client_) {
    std::erase_if(owed_, [](const Owed& one) { return one.post.care == MqttPost::Care::Once; });
    return;
  }
  all_there();
  post_owed();
  if (client_->is_gone()) {
    cannot_hear(parts_.entry.server + " went away");
    drop_connection();
  }
}

/// From here on nothing is touched but what is our own.
void MqttCommands::Impl::say_goodbye() {
  ends_ = true;
  if (!client_ || !open_) {
    return;
  }
  std::unique_lock lock{mutex_};
  const auto news = std::exchange(news_, {});
  lock.unlock();
  for (const auto& [partner, ticket, failure] : news.finished) {
    owe(partner->finished(ticket, failure, now_));
  }
  for (const auto& message : news.heard) {
    for (const auto& partner : partners_) {
      auto heard = partner->hear(message, now_);
      owe(std::move(heard.posts));
      for (const auto& one : heard.orders) {
        owe(partner->finished(one.ticket, "the station process ends: nothing is done", now_));
      }
    }
  }
  post_owed();
  lock.lock();
  bell_.wait_for(lock, kLastAnswersTake, [this] { return client_->is_gone() || all_there(); });
}

void MqttCommands::Impl::work(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    connect(stop);
    const auto news = wait(stop);
    if (stop.stop_requested()) {
      break;
    }
    now_ = clock_.now();
    take(news);
    send();
  }
  say_goodbye();
  client_.reset();  // here: whoever holds it up holds nobody else
}

MqttCommands::MqttCommands(MqttCommandsParts parts, const Clock& clock)
    : impl_(std::make_shared<Impl>(std::move(parts), clock)),
      thread_([impl = impl_](const std::stop_token& stop) { impl->work(stop); }) {}

MqttCommands::~MqttCommands() = default;

}  // namespace fat
