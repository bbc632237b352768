// See the header.
#include "runner/answer_queue.hpp"

#include <system_error>
#include <utility>

#include <nlohmann/json.hpp>

#include "runner/attempt_files.hpp"
#include "runner/process_table.hpp"

namespace fat {

namespace {

constexpr Microseconds kTryAgain = std::chrono::seconds{1};

/// More of a step's answers than anybody gives; beyond it an answer may be handed over twice.
constexpr std::size_t kAnswersLimit = 1U << 20U;

std::string answer_line(int prompt, const std::string& value) {
  using Json = nlohmann::ordered_json;
  return Json{{"prompt", prompt}, {"value", value}}.dump(
      -1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

AnswerQueue::AnswerQueue(boost::asio::io_context& loop,
                         std::filesystem::path attempt_folder,
                         Listener listener)
    : folder_(std::move(attempt_folder)), listener_(std::move(listener)), again_(loop) {}

void AnswerQueue::give(int prompt, const std::string& value) {
  add(answer_line(prompt, value));
}

void AnswerQueue::give_once(int prompt, const std::string& value) {
  auto line = answer_line(prompt, value);
  const auto given = read_file((folder_ / "answers.jsonl").c_str(), kAnswersLimit);
  if (given.find(line + "\n") == std::string::npos) {
    add(std::move(line));
  }
}

void AnswerQueue::add(std::string line) {
  waiting_.push_back(std::move(line));
  hand_over();
}

void AnswerQueue::hand_over() {
  try {
    while (!waiting_.empty()) {
      append_answer(folder_, waiting_.front());
      waiting_.pop_front();
    }
  } catch (const std::system_error& error) {
    if (!std::exchange(in_trouble_, true)) {
      listener_.refused(error.what());
    }
    again_.start(kTryAgain, [this] { hand_over(); });
    return;
  }
  in_trouble_ = false;
  listener_.handed();
}

}  // namespace fat
