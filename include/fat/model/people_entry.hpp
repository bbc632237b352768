// Who is told what, where: [person X], [shift] and [sink X] of station.ini.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fat/model/message.hpp"

namespace fat {

/// Where a secret stands. It is never kept in the station, the journal or a message.
struct SecretPlace {
  std::filesystem::path file;  ///< absolute; its first line counts
  std::string environment;     ///< name of a variable, when there is no file

  bool operator==(const SecretPlace&) const = default;
};

struct Person {
  std::string name;
  std::string
      slack;  ///< "U012AB3CD" of Slack, or "@anna" of Mattermost and Rocket.Chat; may be empty
  std::string mail;         ///< "anna@example.org"; may be empty
  bool may_answer = false;  ///< what this person writes in the run's thread counts
};

/// Names of persons; empty: nobody.
struct Shift {
  std::string shifter, expert, backup;
  std::vector<std::string> escalate;  ///< called in turn; empty: backup
  Microseconds escalate_after = std::chrono::minutes{15};
};

enum class SinkKind { Webhook, Slack, Mail };

std::string_view to_string(SinkKind kind);
std::optional<SinkKind> parse_sink_kind(std::string_view text);

struct SinkEntry {
  std::string name;
  SinkKind kind = SinkKind::Webhook;
  SecretPlace url;      ///< of a webhook
  SecretPlace token;    ///< of Slack's Web API: "xoxb-..."
  std::string channel;  ///< of Slack: "C012AB3CD"
  std::string server =
      "https://slack.com/api";    ///< of mail: "smtp://mail.example.org:587", "smtps://..."
  std::string from;               ///< of mail: an address
  std::vector<std::string> to;    ///< of mail: addresses, and names of persons who have one
  std::string user;               ///< of the mail server; empty: it asks for no login
  SecretPlace password;           ///< of that user
  std::filesystem::path ca_file;  ///< who vouches for a mail server; empty: whom the system trusts
  std::optional<bool> starttls;   ///< of mail; not said: unless the server is this machine
  Urgency level = Urgency::Info;  ///< the least that is told there
  std::string everyone = "<!channel>";  ///< what calls all of a channel; "@all" of Rocket.Chat
  int posts_per_minute = 20;
};

/// "127.0.0.1" of "smtp://127.0.0.1:25"; empty when it is no such address.
std::string_view host_of_server(std::string_view server);

/// Whether nothing may be said to that mail server before STARTTLS.
bool demands_starttls(const SinkEntry& mail);

/// Plain ASCII, "local@domain", nothing that would have to be quoted.
bool is_mail_address(std::string_view text);

}  // namespace fat
