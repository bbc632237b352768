// Posts -> mails to one receiver, those of a run as one thread.
#pragma once

#include "fat/people/make_sink.hpp"

namespace fat {

class MailSink : public Sink {
 public:
  /// `entry.to` is one address.
  MailSink(SinkEntry entry, SinkOptions options)
      : entry_(std::move(entry)), options_(std::move(options)) {}

  PostResult deliver(const Post& post, const std::stop_token& stop) override;

 private:
  SinkEntry entry_;
  SinkOptions options_;
};

}  // namespace fat
