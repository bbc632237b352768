// Server and client over a real Unix socket, and other people's clients against the server.
#include <array>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <stdexcept>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "fakes/patience.hpp"
#include "fat/model/owned_fd.hpp"
#include "fat/runner/control_client.hpp"
#include "fat/runner/control_server.hpp"
#include "runner/control_pages.hpp"
#include "runner/deadline.hpp"

namespace fat {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

/// A server on a thread of its own, with a run that accepts every verb.
class Control : public testing::Test {
 public:
  Control(const Control&) = delete;
  Control& operator=(const Control&) = delete;

  Control() {
    std::string name = (std::filesystem::temp_directory_path() / "fat_ctl_XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) {
      throw std::runtime_error{"mkdtemp"};
    }
    folder_ = name;
    run_.request = [this](const Verb& verb) {
      verbs_.push_back(verb);
      return VerbReply{.accepted = true, .text = "the run pauses", .events = {}};
    };
    run_.summary = [] {
      RunSummary summary;
      summary.run = 12;
      summary.status = RunStatus::Waiting;
      return summary;
    };
  }

  ~Control() override {
    on_loop([this] {
      server_.reset();
      loop_.stop();
    });
    if (thread_.joinable()) {
      thread_.join();
    }
    std::filesystem::remove_all(folder_);
  }

 protected:
  void serve() {
    server_ = std::make_unique<ControlServer>(
        loop_,
        socket(),
        shared_,
        [this](const auto& request) { return answer_control(request, run_); },
        patience_);
    thread_ = std::thread{[this] { loop_.run(); }};
  }

  void on_loop(std::function<void()> call) { boost::asio::post(loop_, std::move(call)); }

  std::filesystem::path socket() const { return folder_ / "fatmaster.sock"; }

  ControlReply ask(const std::string& method, const std::string& path, const std::string& body) {
    const auto reply = ask_scheduler(socket(), method, path, body);
    if (!reply) {
      throw std::runtime_error{"nobody listens"};
    }
    return *reply;
  }

  sockaddr_un address() const {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    socket().string().copy(address.sun_path, sizeof address.sun_path - 1);
    return address;
  }

  /// Somebody else's socket in the place of ours, on which nobody listens.
  OwnedFd bound(int type) const {
    OwnedFd other{::socket(AF_UNIX, type | SOCK_CLOEXEC, 0)};
    const auto where = address();
    const auto* generic = reinterpret_cast<const sockaddr*>(&where);
    EXPECT_EQ(bind(other.get(), generic, sizeof where), 0);
    return other;
  }

  /// A peer that connects and says `bytes`.
  OwnedFd say(const std::string& bytes) const {
    OwnedFd peer{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    const auto where = address();
    const auto* generic = reinterpret_cast<const sockaddr*>(&where);
    if (connect(peer.get(), generic, sizeof where) != 0 ||
        send(peer.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) < 0) {
      throw std::runtime_error{"connect"};
    }
    return peer;
  }

  /// Everything the server says until it closes. Throws when that takes longer than eight seconds.
  static std::string hear(const OwnedFd& peer) {
    const Deadline deadline{kPatience};
    std::string heard;
    std::array<char, 4096> block{};
    for (;;) {
      if (!deadline.wait_for({peer.get()})) {
        throw std::runtime_error{"the server holds on"};
      }
      const auto got = read(peer.get(), block.data(), block.size());
      if (got <= 0) {
        return heard;
      }
      heard.append(block.data(), static_cast<std::size_t>(got));
    }
  }

  static std::string output_of(const std::string& command) {
    std::string output;
    FILE* pipe = popen(command.c_str(), "r");
    std::array<char, 4096> block{};
    while (fgets(block.data(), block.size(), pipe) != nullptr) {
      output += block.data();
    }
    pclose(pipe);
    return output;
  }

  bool shared_ = false;
  std::chrono::milliseconds patience_ = kPatience;
  std::filesystem::path folder_;
  ControlledRun run_;
  std::vector<Verb> verbs_;  // of the loop's thread; read after an answer
  boost::asio::io_context loop_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{
      loop_.get_executor()};
  std::unique_ptr<ControlServer> server_;
  std::thread thread_;
};

Verb sample_verb() {
  return {.kind = VerbKind::AbortStep,
          .who = "anna at /dev/pts/3",
          .step = "gain",
          .value = "x",
          .reason = "HV \"trip\"",
          .prompt = 7,
          .then = AfterAbort::Retry,
          .cancel = true};
}

TEST_F(Control, AVerbArrivesWholeWithTheUidTheKernelTells) {
  serve();

  const auto reply = ask("POST", "/v1/verb", to_json_text(sample_verb()));

  EXPECT_EQ(reply.status, 200);
  const auto answer = verb_reply_from_json_text(reply.body);
  EXPECT_TRUE(answer.accepted);
  EXPECT_EQ(answer.text, "the run pauses");
  ASSERT_EQ(verbs_.size(), 1U);
  EXPECT_EQ(verbs_[0].kind, VerbKind::AbortStep);
  EXPECT_EQ(verbs_[0].who, "anna at /dev/pts/3 (uid " + std::to_string(getuid()) + ")");
  EXPECT_EQ(verbs_[0].step, "gain");
  EXPECT_EQ(verbs_[0].value, "x");
  EXPECT_EQ(verbs_[0].reason, "HV \"trip\"");
  EXPECT_EQ(verbs_[0].prompt, 7);
  EXPECT_EQ(verbs_[0].then, AfterAbort::Retry);
  EXPECT_TRUE(verbs_[0].cancel);
}

TEST_F(Control, EditsAndALockArriveWhole) {
  Step step;
  step.title = "settle";
  step.command = "sleep 5";
  const Verb edit{.kind = VerbKind::Edit,
                  .who = "anna",
                  .reason = "colder",
                  .edits = {PlanEdit::insert(step, "gain"), PlanEdit::drop("old")},
                  .undoes = 4};
  const Verb lock{.kind = VerbKind::Lock,
                  .who = "anna",
                  .value = "hands in the freezer",
                  .length = 90min,
                  .take_over = true};

  const auto edited = verb_from_json_text(to_json_text(edit));
  const auto locked = verb_from_json_text(to_json_text(lock));

  EXPECT_EQ(to_json_text(edited.edits), to_json_text(edit.edits));
  EXPECT_EQ(edited.undoes, 4);
  EXPECT_EQ(edited.reason, "colder");
  EXPECT_EQ(locked.value, "hands in the freezer");
  EXPECT_EQ(locked.length, 90min);
  EXPECT_TRUE(locked.take_over);
}

TEST_F(Control, EditsThatAreNoneAreRefusedInWords) {
  serve();

  const auto reply = ask("POST", "/v1/verb", R"({"verb": "edit", "edits": [{"kind": "paint"}]})");

  EXPECT_EQ(reply.status, 400);
  EXPECT_THAT(reply.body, HasSubstr("'kind' is not one of the known words"));
  EXPECT_THAT(verbs_, testing::IsEmpty());
}

TEST_F(Control, ShowsTheStatusAsJson) {
  serve();

  const auto reply = ask("GET", "/v1/status", "");

  EXPECT_EQ(reply.status, 200);
  const auto json = nlohmann::json::parse(reply.body);
  EXPECT_EQ(json.at("run"), 12);
  EXPECT_EQ(json.at("status"), "waiting");
}

TEST_F(Control, DoesNotKnowOtherPages) {
  serve();

  EXPECT_EQ(ask("GET", "/v1/nonsense", "").status, 404);
  EXPECT_EQ(ask("POST", "/v1/status", "{}").status, 404);
  EXPECT_EQ(ask("DELETE", "/v1/verb", "").status, 404);
}

TEST_F(Control, ServesThePagesOfTheRun) {
  run_.pages = [](const ControlRequest& request, const std::function<RunSummary()>&) {
    return request.path == "/v1/eta" ? std::optional{ControlAnswer{200, "{}"}} : std::nullopt;
  };
  serve();

  EXPECT_EQ(ask("GET", "/v1/eta", "").status, 200);
  EXPECT_EQ(ask("GET", "/v1/other", "").status, 404);
  EXPECT_EQ(ask("POST", "/v1/eta", "").status, 404);
}

TEST_F(Control, RefusesWhatIsNoVerbWithASentence) {
  serve();

  for (const std::string& body : {std::string{"garbage"},
                                  std::string{""},
                                  std::string{"[]"},
                                  std::string{R"({"verb":"dance"})"},
                                  std::string{R"({"verb":"pause","who":3})"},
                                  std::string{R"({"verb":"answer","prompt":4294967297})"},
                                  std::string{R"({"verb":"answer","prompt":1e300})"},
                                  std::string{R"({"verb":"answer","prompt":1.5})"},
                                  std::string{R"({"verb":"abort-step","then":"dance"})"},
                                  R"({"verb":)" + std::string(100'000, '[')}) {
    const auto reply = ask("POST", "/v1/verb", body);

    EXPECT_EQ(reply.status, 400) << body.substr(0, 60);
    EXPECT_NE(verb_reply_from_json_text(reply.body).text, "");
  }
  EXPECT_EQ(verbs_.size(), 0U);
}

TEST_F(Control, KeepsControlCharactersOutOfTheJournal) {
  serve();

  ask("POST",
      "/v1/verb",
      R"({"verb":"pause","who":"an\u001b[2Jna","reason":"line\nline","step":"a\u0007"})");

  ASSERT_EQ(verbs_.size(), 1U);
  EXPECT_THAT(verbs_[0].who, StartsWith("an"));
  for (const auto& text : {verbs_[0].who, verbs_[0].reason, verbs_[0].step}) {
    EXPECT_EQ(text.find_first_of("\x1b\n\a"), std::string::npos) << text;
  }
}

TEST_F(Control, CutsOffABodyOfMoreThanAMegabyte) {
  serve();

  const auto peer = say("POST /v1/verb HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n");

  EXPECT_THAT(hear(peer), HasSubstr("413"));
  EXPECT_EQ(ask("GET", "/v1/status", "").status, 200);
}

TEST_F(Control, AnswersWhatIsNotHttpWithAnErrorAndGoesOn) {
  serve();

  EXPECT_THAT(hear(say(std::string(1000, '\0') + "\r\n\r\n")), HasSubstr("400"));

  EXPECT_EQ(ask("GET", "/v1/status", "").status, 200);
}

TEST_F(Control, AClientThatSaysNothingHoldsUpNobodyAndIsCutOff) {
  patience_ = 1s;
  serve();
  const auto silent = say("");
  const auto slow = say("GET /v1/sta");

  EXPECT_EQ(ask("GET", "/v1/status", "").status, 200);

  hear(silent);
  hear(slow);
}

TEST_F(Control, AClientThatGoesAwayHarmsNobody) {
  serve();
  for (int i = 0; i < 50; ++i) {
    say("GET /v1/status HTTP/1.1\r\nHost: x\r\n\r\n");
  }

  EXPECT_EQ(ask("GET", "/v1/status", "").status, 200);
}

TEST_F(Control, SendsTheOutstandingReplyBeforeItFinishes) {
  bool idle = false;
  run_.request = [&](const Verb&) {
    server_->finish([&] {
      idle = true;
      loop_.stop();
    });
    EXPECT_FALSE(idle);
    return VerbReply{.accepted = true, .text = "the run stops", .events = {}};
  };
  serve();

  const auto reply = ask("POST", "/v1/verb", to_json_text(sample_verb()));
  thread_.join();

  EXPECT_THAT(reply.body, HasSubstr("the run stops"));
  EXPECT_TRUE(idle);
}

TEST_F(Control, FinishesAtOnceWhenNobodyAsks) {
  serve();
  on_loop([this] { server_->finish([this] { loop_.stop(); }); });

  thread_.join();

  EXPECT_EQ(ask_scheduler(socket(), "GET", "/v1/status", ""), std::nullopt);
}

TEST_F(Control, ABugBehindAVerbIsNotSwallowed) {
  run_.request = [](const Verb&) -> VerbReply { throw std::logic_error{"illegal step"}; };
  server_ = std::make_unique<ControlServer>(loop_, socket(), false, [this](const auto& request) {
    return answer_control(request, run_);
  });
  std::thread client{[this] {
    EXPECT_THROW(ask("POST", "/v1/verb", to_json_text(sample_verb())), std::runtime_error);
  }};

  EXPECT_THROW(loop_.run_for(5s), std::logic_error);

  loop_.restart();
  loop_.poll();
  server_.reset();
  client.join();
}

TEST_F(Control, OnlyTheUserMayConnectUnlessTheStationIsShared) {
  serve();

  struct stat found {};

  stat(socket().c_str(), &found);
  EXPECT_EQ(found.st_mode & 0777U, 0600U);
}

TEST_F(Control, TheGroupOfASharedStationMayConnect) {
  shared_ = true;
  serve();

  struct stat found {};

  stat(socket().c_str(), &found);
  EXPECT_EQ(found.st_mode & 0777U, 0660U);
}

TEST_F(Control, ReplacesTheSocketOfADeadOwnerAndRemovesItsOwn) {
  { const ControlServer dead{loop_, socket(), false, {}}; }
  EXPECT_FALSE(std::filesystem::exists(socket()));
  const auto left = bound(SOCK_STREAM);

  serve();

  EXPECT_EQ(ask("GET", "/v1/status", "").status, 200);
}

TEST_F(Control, SaysWhyASocketCannotBeMade) {
  EXPECT_THROW((ControlServer{loop_, folder_ / "no" / "folder.sock", false, {}}),
               std::system_error);
}

TEST_F(Control, AnswersSomebodyElsesClient) {
  serve();
  if (output_of("command -v curl").empty()) {
    GTEST_SKIP() << "curl is not installed";
  }
  const auto curl = "curl -s --max-time 5 --unix-socket " + socket().string() +
                    " -w ' %{http_code} %{content_type}' http://x";

  EXPECT_THAT(output_of(curl + "/v1/status"), HasSubstr("\"waiting\""));
  EXPECT_THAT(output_of(curl + "/v1/nonsense"), HasSubstr(" 404 application/json"));
  EXPECT_THAT(output_of(curl + "/v1/verb -d '{\"verb\":\"pause\"}'"),
              testing::AllOf(HasSubstr("the run pauses"), HasSubstr(" 200 application/json")));
  EXPECT_THAT(output_of(curl + "/v1/verb --http1.0 -d garbage"), HasSubstr(" 400 "));
  EXPECT_THAT(output_of("head -c 1500000 /dev/zero | " + curl + "/v1/verb --data-binary @-"),
              HasSubstr(" 413 "));
}

TEST_F(Control, AnswersPythonsClient) {
  serve();
  const auto script =
      "import http.client, socket\n"
      "c = http.client.HTTPConnection(\"x\", timeout=5)\n"
      "c.sock = socket.socket(socket.AF_UNIX)\n"
      "c.sock.connect(\"" +
      socket().string() +
      "\")\n"
      "c.request(\"GET\", \"/v1/status\")\n"
      "r = c.getresponse()\n"
      "print(r.status, r.will_close, r.read())\n";

  EXPECT_THAT(output_of("python3 -c '" + script + "'"),
              testing::AllOf(StartsWith("200 True"), HasSubstr("waiting")));
}

TEST(ControlClient, FindsNobodyWhereNoSocketIs) {
  EXPECT_EQ(ask_scheduler("/no/such/socket", "GET", "/v1/status", ""), std::nullopt);
}

TEST_F(Control, DoesNotTakeAnErrorForAbsence) {
  const auto other = bound(SOCK_DGRAM);

  EXPECT_THROW(ask_scheduler(socket(), "GET", "/v1/status", ""), std::runtime_error);
}

TEST(ControlClient, RefusesAnAnswerThatIsNone) {
  for (const auto* text : {"", "garbage", "[]", R"({"accepted":"yes"})", R"({"text":1})"}) {
    EXPECT_THROW(verb_reply_from_json_text(text), std::invalid_argument) << text;
  }
}

TEST(ControlSocketPath, FallsBackToAShortNameForALongStation) {
  const std::filesystem::path long_one = "/lab/" + std::string(120, 'x');
  const auto path = control_socket_path(long_one);

  EXPECT_LT(path.string().size(), sizeof(sockaddr_un::sun_path));
  EXPECT_EQ(path, control_socket_path(long_one));
  EXPECT_NE(path, control_socket_path(long_one / "b"));
  EXPECT_EQ(control_socket_path("/lab/station"), "/lab/station/fatmaster.sock");
}

}  // namespace
}  // namespace fat
