// Posts -> an incoming webhook of Slack, Mattermost or Rocket.Chat.
#pragma once

#include "fat/people/make_sink.hpp"

namespace fat {

class WebhookSink : public Sink {
 public:
  WebhookSink(SinkEntry entry, SinkOptions options)
      : entry_(std::move(entry)), options_(std::move(options)) {}

  PostResult deliver(const Post& post, const std::stop_token& stop) override;

 private:
  SinkEntry entry_;
  SinkOptions options_;
};

}  // namespace fat
