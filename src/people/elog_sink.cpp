// A post -> one entry of a PSI ELOG, an answer to the run's first; an edit of that first one when
// the status of the run stands in an attribute.
#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "fat/people/remote_logbook.hpp"
#include "people/elog_client.hpp"
#include "people/elog_text.hpp"
#include "people/logbook_post.hpp"
#include "people/secret.hpp"

namespace fat {

namespace {

constexpr std::size_t kMostFound = 20;

/// How an entry came to be, or why not.
struct Entered {
  int id = 0;
  PostResult failure;  ///< when there is no id
};

PostResult misconfigured(std::string why) {
  return {.outcome = PostOutcome::Misconfigured, .why = std::move(why)};
}

PostResult later(std::string why) {
  return {.outcome = PostOutcome::TryLater, .why = std::move(why)};
}

/// Of an answer that is not the one we want. A 302 to the logbook itself asks for a login.
PostResult failure_of(const ElogAnswer& answer) {
  if (answer.status == 0) {
    return later(answer.error);
  }
  if (answer.status == 302) {
    return misconfigured("ELOG does not take the login, or nobody may write there");
  }
  const auto said = error_in_page(answer.body);
  auto why = fmt::format("ELOG answers {}{}{}", answer.status, said.empty() ? "" : ": ", said);
  if (answer.status == 413) {
    return {.outcome = PostOutcome::Rejected, .why = std::move(why)};
  }
  const bool passes = answer.status >= 500 || answer.status == 408 || answer.status == 429 ||
                      (answer.status < 400 && said.empty());  // somebody in between
  return passes ? later(std::move(why)) : misconfigured(std::move(why));
}

std::string field_name(std::string attribute) {
  std::ranges::replace(attribute, ' ', '_');
  return attribute;
}

/// What is done about one post.
class Delivery {
 public:
  Delivery(const RemoteLogbook& logbook,
           const LogbookOptions& options,
           std::string login,
           const std::stop_token& stop)
      : logbook_(logbook),
        options_(options),
        client_(logbook,
                std::move(login),
                {.connect = options.connect_timeout, .total = options.total_timeout}),
        stop_(stop) {}

  PostResult deliver(const Post& post) {
    post_ = logbook_post_of(post.text);
    post_.values["marker"] = fmt::format("fatmaster {} {}", options_.station, post.key);
    first_ = id_in_location(post.thread);
    auto entered = post.tried ? find_marked() : Entered{};
    if (entered.id == 0 && entered.failure.why.empty()) {
      entered = enter();
    }
    if (entered.id == 0) {
      return entered.failure;
    }
    if (first_ && says_status()) {
      auto edited = edit(*first_);
      if (edited.id == 0) {
        return edited.failure;
      }
    }
    return {.outcome = PostOutcome::Delivered, .receipt = std::to_string(entered.id)};
  }

  PostResult try_login() {
    const auto answer = client_.get("?cmd=none&npp=1", stop_);
    return answer.status == 200 && error_in_page(answer.body).empty()
               ? PostResult{.outcome = PostOutcome::Delivered}
               : failure_of(answer);
  }

 private:
  std::string value_of(std::string_view name) const {
    const auto found = post_.values.find(std::string{name});
    return found == post_.values.end() ? "" : found->second;
  }

  std::string filled(const std::string& text) const {
    return to_latin1(filled_in(text, [this](std::string_view name) { return value_of(name); }));
  }

  /// Start, end and resuming change what the run's own entry says.
  bool says_status() const {
    const auto kind = value_of("kind");
    return (kind == "end" || kind == "resume") &&
           std::ranges::any_of(logbook_.attributes, [](const auto& attribute) {
             return attribute.second.find("${status}") != std::string::npos;
           });
  }

  Entered enter() {
    ElogFields fields{{"cmd", "Submit"}};
    for (const auto& [name, value] : logbook_.attributes) {
      fields.emplace_back(field_name(name), filled(value));
    }
    if (first_) {
      fields.emplace_back("reply_to", std::to_string(*first_));
    }
    const auto seconds = std::chrono::floor<std::chrono::seconds>(post_.at).time_since_epoch();
    if (seconds.count() > 0) {
      fields.emplace_back("When", std::to_string(seconds.count()));
    }
    fields.emplace_back("encoding", "plain");
    std::vector<ElogFile> files;
    auto text = post_.text;
    for (const auto& attachment : post_.attachments) {
      auto file = options_.file(attachment);
      std::error_code ignored;
      if (std::filesystem::is_regular_file(file, ignored)) {
        files.push_back({.name = to_latin1(attachment.name), .file = std::move(file)});
      } else {
        text += fmt::format("\n({} is not there any more)", attachment.name);
      }
    }
    fields.emplace_back("Text", to_latin1(fmt::format("{}\n\n[{}]", text, value_of("marker"))));
    return entered(client_.submit(fields, files, stop_));
  }

  /// Success is an id, nothing else.
  static Entered entered(const ElogAnswer& answer) {
    const auto id = answer.status == 302 ? id_in_location(answer.location) : std::nullopt;
    return id ? Entered{.id = *id} : Entered{.failure = failure_of(answer)};
  }

  /// Whether an earlier try got through although its answer did not.
  Entered find_marked() {
    const auto marker = to_latin1(value_of("marker"));
    const auto attribute = std::ranges::find_if(
        logbook_.attributes, [](const auto& one) { return one.second == "${marker}"; });
    const auto name = attribute == logbook_.attributes.end() ? "subtext" : attribute->first;
    const auto answer = client_.get(fmt::format("?mode=full&reverse=1&npp={}&{}={}",
                                                kMostFound,
                                                escaped_in_url(name),
                                                escaped_in_url(marker)),
                                    stop_);
    if (answer.status != 200) {
      return {.failure = failure_of(answer)};
    }
    auto ids = ids_in_page(answer.body);
    ids.resize(std::min(ids.size(), kMostFound));
    for (const int id : ids) {  // what was found may be something else
      const auto entry = client_.get(fmt::format("{}?cmd=download", id), stop_);
      if (entry.status == 0 || entry.status >= 500) {
        return {.failure = failure_of(entry)};
      }
      if (entry.status == 200 && entry.body.find(marker) != std::string::npos) {
        return {.id = id};
      }
    }
    return {};
  }

  /// Everything that it holds is sent again: what is not is lost.
  Entered edit(int first) {
    const auto answer = client_.get(fmt::format("{}?cmd=download", first), stop_);
    const auto entry = answer.status == 200 ? elog_entry_of(answer.body) : std::nullopt;
    if (!entry) {
      return answer.status == 200 || answer.status == 404 ? Entered{.id = first}
                                                          // somebody has deleted it
                                                          : Entered{.failure = failure_of(answer)};
    }
    ElogFields fields{{"cmd", "Submit"},
                      {"edit_id", std::to_string(first)},
                      {"skiplock", "1"},
                      {"suppress", "1"}};
    for (const auto& [name, value] : entry->attributes) {
      fields.emplace_back(field_name(name), changed(name, value));
    }
    for (std::size_t i = 0; i < entry->attachments.size(); ++i) {
      fields.emplace_back(fmt::format("attachment{}", i), entry->attachments[i]);
    }
    fields.emplace_back("encoding", entry->encoding.empty() ? "plain" : entry->encoding);
    fields.emplace_back("Text", entry->text);
    return entered(client_.submit(fields, {}, stop_));
  }

  std::string changed(const std::string& name, const std::string& value) const {
    const auto ours = std::ranges::find_if(logbook_.attributes, [&](const auto& one) {
      return one.first == name && one.second.find("${status}") != std::string::npos;
    });
    return ours == logbook_.attributes.end() ? value : filled(ours->second);
  }

  const RemoteLogbook& logbook_;
  const LogbookOptions& options_;
  ElogClient client_;
  const std::stop_token& stop_;
  LogbookPost post_;
  std::optional<int> first_;  ///< entry of the run's start
};

/// What goes into the cookie, or what is wrong.
Secret login_of(const RemoteLogbook& logbook) {
  if (logbook.user.empty()) {
    return {};
  }
  const auto password = read_secret(logbook.password);
  if (!password.problem.empty()) {
    return {.value = {}, .problem = password.problem};
  }
  const auto hash = elog_password(password.value);
  return hash.empty()
             ? Secret{.value = {}, .problem = "this machine has no SHA-256 crypt"}
             : Secret{.value = fmt::format("unm={}; upwd={}", logbook.user, hash), .problem = {}};
}

class ElogSink : public Sink {
 public:
  ElogSink(RemoteLogbook logbook, LogbookOptions options)
      : logbook_(std::move(logbook)), options_(std::move(options)) {}

  PostResult deliver(const Post& post, const std::stop_token& stop) override {
    const auto login = login_of(logbook_);
    if (!login.problem.empty()) {
      return misconfigured(login.problem);
    }
    auto result = Delivery{logbook_, options_, login.value, stop}.deliver(post);
    const auto hash = login.value.substr(login.value.rfind('=') + 1);
    result.why = without_secret(std::move(result.why), hash);
    return result;
  }

 private:
  RemoteLogbook logbook_;
  LogbookOptions options_;
};

}  // namespace

std::unique_ptr<Sink> make_logbook_sink(const RemoteLogbook& logbook, LogbookOptions options) {
  return std::make_unique<ElogSink>(logbook, std::move(options));
}

PostResult try_logbook(const RemoteLogbook& logbook, const LogbookOptions& options) {
  const auto login = login_of(logbook);
  return login.problem.empty() ? Delivery{logbook, options, login.value, {}}.try_login()
                               : misconfigured(login.problem);
}

}  // namespace fat
