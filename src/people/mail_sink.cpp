// A post -> a mail; its receipt is the Message-ID.
#include "people/mail_sink.hpp"

#include "people/mail_text.hpp"
#include "people/mail_transfer.hpp"
#include "people/secret.hpp"

namespace fat {

PostResult MailSink::deliver(const Post& post, const std::stop_token& stop) {
  Secret password;
  if (!entry_.user.empty()) {
    password = read_secret(entry_.password);
    if (!password.problem.empty()) {
      return {.outcome = PostOutcome::Misconfigured, .why = password.problem};
    }
  }
  const auto& to = entry_.to.front();
  auto files = read_post_files(post.files, options_);
  auto result = send_mail(
      {.server = entry_.server,
       .user = entry_.user,
       .password = password.value,
       .ca_file = entry_.ca_file,
       .demands_starttls = demands_starttls(entry_),
       .from = entry_.from,
       .to = to,
       .headers = mail_headers(post, {.station = options_.station, .from = entry_.from, .to = to}),
       .body = mail_body(files.missing.empty() ? post.text : post.text + '\n' + files.missing),
       .files = std::move(files.shown)},
      {.connect = options_.connect_timeout, .total = options_.total_timeout},
      stop);
  result.why = without_secret(std::move(result.why), password.value);
  if (result.outcome == PostOutcome::Delivered) {
    result.receipt = message_id(post, entry_.from);
  }
  return result;
}

}  // namespace fat
