// libcurl's SMTP.
#include "people/mail_transfer.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "fat/model/plain_text.hpp"
#include "people/transfer.hpp"

namespace fat {
namespace {

constexpr std::size_t kLongestSmtpReply = 160;

/// What of the conversation decides; never what is said to log in.
struct Conversation {
  enum class Topic { Server, Sender, Receiver, Text };
  Topic topic = Topic::Server;
  int code = 0;       ///< of the newest reply
  std::string reply;  ///< its line
  bool over = false;  ///< what follows is only the goodbye
  const std::stop_token* stop = nullptr;
};

Conversation::Topic topic_of(std::string_view command, Conversation::Topic before) {
  using Topic = Conversation::Topic;
  if (command.starts_with("MAIL FROM")) {
    return Topic::Sender;
  }
  if (command.starts_with("RCPT TO")) {
    return Topic::Receiver;
  }
  if (command.starts_with("DATA")) {
    return Topic::Text;
  }
  return before;
}

/// 0: no reply of SMTP.
int reply_code(std::string_view line) {
  const std::string digits{line.substr(0, 3)};
  int code = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), code);
  return code;
}

int listen_to(CURL*, curl_infotype kind, char* data, std::size_t size, void* target) {
  auto& heard = *static_cast<Conversation*>(target);
  const std::string_view line{data, size};
  if (kind == CURLINFO_HEADER_OUT) {
    heard.topic = topic_of(line, heard.topic);
    heard.over = heard.over || line.starts_with("QUIT");
  } else if (kind == CURLINFO_HEADER_IN && !heard.over) {
    heard.code = reply_code(line);
    heard.reply = plain_text(line, kLongestSmtpReply);
    heard.reply.erase(heard.reply.find_last_not_of(' ') + 1);
  }
  return 0;
}

/// The answer to QUIT changes nothing any more: libcurl looks for it once, for at most a second.
int look_for_end(void* target, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  const auto& heard = *static_cast<const Conversation*>(target);
  return heard.over || heard.stop->stop_requested() ? 1 : 0;
}

struct FreeMime {
  void operator()(curl_mime* mime) const noexcept { curl_mime_free(mime); }
};

using Mime = std::unique_ptr<curl_mime, FreeMime>;

void add_part(curl_mime* mime, const PostFile& file, const char* encoder) {
  auto* const part = curl_mime_addpart(mime);
  curl_mime_data(part, file.bytes.data(), file.bytes.size());
  curl_mime_type(part, file.type.c_str());
  curl_mime_encoder(part, encoder);
  if (!file.name.empty()) {
    curl_mime_filename(part, file.name.c_str());
  }
}

Mime mime_of(CURL* handle, const Mail& mail) {
  Mime mime{curl_mime_init(handle)};
  add_part(mime.get(),
           {.name = {}, .type = "text/plain; charset=utf-8", .bytes = mail.body},
           "quoted-printable");
  for (const auto& file : mail.files) {
    add_part(mime.get(), file, "base64");
  }
  return mime;
}

/// Whether a person has to mend address, certificate or password.
bool is_to_be_mended(CURLcode code) {
  constexpr std::array codes{CURLE_USE_SSL_FAILED,
                             CURLE_PEER_FAILED_VERIFICATION,
                             CURLE_SSL_CACERT_BADFILE,
                             CURLE_LOGIN_DENIED,
                             CURLE_URL_MALFORMAT,
                             CURLE_UNSUPPORTED_PROTOCOL};
  return std::ranges::find(codes, code) != codes.end();
}

PostOutcome judged(CURLcode code, const Conversation& heard) {
  constexpr int mail_too_large = 552;
  if (code == CURLE_OK) {
    return PostOutcome::Delivered;
  }
  if (heard.code >= 400 && heard.code < 500) {
    return PostOutcome::TryLater;
  }
  if (is_to_be_mended(code)) {
    return PostOutcome::Misconfigured;
  }
  if (heard.code < 500) {
    return PostOutcome::TryLater;
  }
  const bool about_this_mail = heard.topic == Conversation::Topic::Receiver ||
                               heard.topic == Conversation::Topic::Text ||
                               heard.code == mail_too_large;
  return about_this_mail ? PostOutcome::Rejected : PostOutcome::Misconfigured;
}

}  // namespace

// NOLINTBEGIN(cppcoreguidelines-pro-type-vararg): libcurl's interface
PostResult send_mail(const Mail& mail, const TransferLimits& limits, const std::stop_token& stop) {
  const auto transfer = new_transfer(limits, "smtp,smtps", stop);
  if (!transfer) {
    return {.outcome = PostOutcome::TryLater, .why = "libcurl cannot be used"};
  }
  auto* const handle = transfer.get();
  const auto headers = lines_of(mail.headers);
  const auto receivers = lines_of({fmt::format("<{}>", mail.to)});
  const auto sender = fmt::format("<{}>", mail.from);
  const auto mime = mime_of(handle, mail);
  Conversation heard{.stop = &stop};
  std::array<char, CURL_ERROR_SIZE> reason{};
  curl_easy_setopt(handle, CURLOPT_URL, mail.server.c_str());
  const auto patience = std::chrono::ceil<std::chrono::seconds>(limits.total);
  curl_easy_setopt(handle, CURLOPT_SERVER_RESPONSE_TIMEOUT, static_cast<long>(patience.count()));
  curl_easy_setopt(handle, CURLOPT_FORBID_REUSE, 1L);  // QUIT is said where it can be cut short
  curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, look_for_end);
  curl_easy_setopt(handle, CURLOPT_XFERINFODATA, &heard);
  curl_easy_setopt(handle,
                   CURLOPT_USE_SSL,
                   static_cast<long>(mail.demands_starttls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
  if (!mail.ca_file.empty()) {
    curl_easy_setopt(handle, CURLOPT_CAINFO, mail.ca_file.c_str());
  }
  if (!mail.user.empty()) {
    curl_easy_setopt(handle, CURLOPT_USERNAME, mail.user.c_str());
    curl_easy_setopt(handle, CURLOPT_PASSWORD, mail.password.c_str());
  }
  curl_easy_setopt(handle, CURLOPT_MAIL_FROM, sender.c_str());
  curl_easy_setopt(handle, CURLOPT_MAIL_RCPT, receivers.get());
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(handle, CURLOPT_MIMEPOST, mime.get());
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, reason.data());
  curl_easy_setopt(handle, CURLOPT_DEBUGFUNCTION, listen_to);
  curl_easy_setopt(handle, CURLOPT_DEBUGDATA, &heard);
  curl_easy_setopt(handle, CURLOPT_VERBOSE, 1L);  // it prints nothing: the function takes all
  const auto code = curl_easy_perform(handle);
  PostResult result{.outcome = judged(code, heard)};
  if (code != CURLE_OK) {
    const std::string_view said = reason.data();
    result.why = fmt::format(
        "{}: {}",
        host_of(mail.server),
        heard.code >= 400
            ? heard.reply
            : plain_text(said.empty() ? curl_easy_strerror(code) : said, kLongestSmtpReply));
  }
  return result;
}

// NOLINTEND(cppcoreguidelines-pro-type-vararg)

}  // namespace fat
