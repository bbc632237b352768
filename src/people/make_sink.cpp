// Kinds of sinks -> the class that speaks to each.
#include "fat/people/make_sink.hpp"

#include "people/mail_sink.hpp"
#include "people/slack_sink.hpp"
#include "people/webhook_sink.hpp"

namespace fat {

std::unique_ptr<Sink> make_sink(const SinkEntry& entry, SinkOptions options) {
  switch (entry.kind) {
    case SinkKind::Webhook:
      return std::make_unique<WebhookSink>(entry, std::move(options));
    case SinkKind::Slack:
      return std::make_unique<SlackSink>(entry, std::move(options));
    case SinkKind::Mail:
      return std::make_unique<MailSink>(entry, std::move(options));
  }
  return nullptr;
}

}  // namespace fat
