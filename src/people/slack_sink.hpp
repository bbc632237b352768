// Posts -> chat.postMessage of Slack's Web API, one thread for each run, with its files.
#pragma once

#include "fat/people/make_sink.hpp"
#include "people/slack_files.hpp"

namespace fat {

class SlackSink : public Sink {
 public:
  SlackSink(SinkEntry entry, SinkOptions options)
      : entry_(std::move(entry)), options_(std::move(options)) {}

  PostResult deliver(const Post& post, const std::stop_token& stop) override;

 private:
  /// A post whose text may be said already while its files are not yet shown.
  struct Begun {
    std::string key;
    std::string text;
    bool said = false;
    PostResult result;  ///< of its text
    SlackPlace place;
    SlackFiles files;
  };

  void begin(const Post& post);
  PostResult say(const Post& post, const SlackAccess& access, const std::stop_token& stop);

  SinkEntry entry_;
  SinkOptions options_;
  Begun begun_;
};

}  // namespace fat
