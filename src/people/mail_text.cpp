// Headers and text of a mail.
#include "people/mail_text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>

#include <fmt/format.h>

#include "fat/model/plain_text.hpp"
#include "people/markup.hpp"
#include "people/slack_text.hpp"
#include "people/utf8.hpp"

namespace fat {
namespace {

constexpr std::size_t kLongestSubject = 140;
constexpr std::size_t kLongestBody = 200'000;
constexpr std::size_t kMostBytesOfWord = 45;  // an encoded word has at most 75 characters

bool is_plain(std::string_view text) {
  return text.find("=?") == std::string_view::npos &&
         std::ranges::all_of(text, [](char c) { return c >= ' ' && c < '\x7f'; });
}

/// The first line that says something; a banner begins with a rule.
std::string_view first_words(std::string_view text) {
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    if (std::ranges::any_of(line,
                            [](unsigned char c) { return std::isalnum(c) != 0 || c > 127; })) {
      return line;
    }
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return "(no words)";
}

std::string_view word_of(Urgency urgency) {
  switch (urgency) {
    case Urgency::Info:
      return "";
    case Urgency::Warning:
      return "WARNING ";
    case Urgency::Critical:
      return "CRITICAL ";
  }
  return "";
}

/// Keys are ours, and hold nothing but letters, digits and hyphens; whoever changes that is safe.
std::string plain_key(std::string_view key) {
  std::string plain;
  std::ranges::copy_if(key, std::back_inserter(plain), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-';
  });
  return plain;
}

}  // namespace

std::string message_id(const Post& post, const std::string& from) {
  return fmt::format("<{}@{}>", plain_key(post.key), from.substr(from.find('@') + 1));
}

std::string mail_subject(const Post& post, const std::string& station) {
  const auto words =
      plain_text(first_words(post.headline.empty() ? post.text : post.headline), kLongestSubject);
  const auto run = fmt::format("run {}", post.run);
  const bool says_run =
      post.run == 0 || words.starts_with(run + " ") || words.starts_with("R" + run.substr(1) + " ");
  const auto more =
      post.messages.size() < 2 ? "" : fmt::format(" (and {} more)", post.messages.size() - 1);
  return fmt::format("[{}] {}{}{}{}",
                     plain_text(station, kLongestSubject),
                     word_of(post.urgency),
                     says_run ? "" : run + ": ",
                     words,
                     more);
}

std::string header_text(std::string_view text) {
  if (is_plain(text)) {
    return std::string{text};
  }
  std::string encoded;
  while (!text.empty()) {
    std::size_t size = 0;
    while (size < text.size()) {
      const auto next = decode_utf8(text.substr(size)).size;
      if (size + next > kMostBytesOfWord) {
        break;
      }
      size += next;
    }
    encoded += fmt::format(
        "{}=?UTF-8?B?{}?=", encoded.empty() ? "" : "\r\n ", base64(text.substr(0, size)));
    text.remove_prefix(size);
  }
  return encoded;
}

std::string mail_date(WallTime when) {
  using std::chrono::days;
  constexpr std::array weekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array months{
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<days>(when);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{std::chrono::floor<std::chrono::seconds>(when - day)};
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} +0000",
                     weekdays.at(std::chrono::weekday{day}.c_encoding()),
                     static_cast<unsigned>(date.day()),
                     months.at(static_cast<unsigned>(date.month()) - 1),
                     static_cast<int>(date.year()),
                     time.hours().count(),
                     time.minutes().count(),
                     time.seconds().count());
}

std::vector<std::string> mail_headers(const Post& post, const MailParties& parties) {
  std::vector<std::string> headers{
      "From: " + parties.from,
      "To: " + parties.to,
      "Subject: " + header_text(mail_subject(post, parties.station)),
      "Date: " + mail_date(post.at),
      "Message-ID: " + message_id(post, parties.from),
      "Auto-Submitted: auto-generated",  // RFC 3834: nobody's "I am on holiday" comes back
  };
  if (!post.thread.empty()) {
    headers.push_back("In-Reply-To: " + post.thread);
    headers.push_back("References: " + post.thread);
  }
  if (post.urgency == Urgency::Critical) {
    headers.emplace_back("Importance: high");
  }
  return headers;
}

std::string mail_body(std::string_view text) {
  std::string body;
  for (const char c : cut_in_the_middle(valid_utf8(text), kLongestBody)) {
    if (c == '\n') {
      body += "\r\n";
    } else if (c != '\r') {
      body += c;
    }
  }
  return body + "\r\n";
}

}  // namespace fat
