// A shim that stands by: takes one order and is then like any other; without an order it does
// nothing and ends with its scheduler.
#include "runner/standby_shim.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include "runner/leftovers.hpp"
#include "runner/step_fixture.hpp"

namespace fat {
namespace {

using testing::HasSubstr;

/// What the command sees of its shim and of itself, without what no two processes have in common.
const std::string kLookAtShim = R"py(
import os, re
def text(path):
    return open(path, errors='replace').read()
shim = f'/proc/{os.getppid()}'
print([word for word in text(shim + '/cmdline').split('\0') if word])
print([entry for entry in text(shim + '/environ').split('\0') if entry.startswith('FATMASTER')])
for who in (shim, '/proc/self'):
    print(os.readlink(who + '/cwd'), os.readlink(who + '/exe'), text(who + '/comm'))
    print(re.findall(r'(?m)^((?:Sig(?:Pnd|Blk|Ign|Cgt)|Shd|Uid|Gid|Groups|Umask|Threads|Seccomp|NoNewPrivs).*)$', text(who + '/status')))
    print(text(who + '/limits'), text(who + '/oom_score_adj'), text(who + '/cgroup'))
    for fd in sorted(map(int, os.listdir(who + '/fd'))):
        if who == shim or fd < 5:
            print(fd, re.sub(r'\d+|/proc.*', 'N', os.readlink(f'{who}/fd/{fd}')), text(f'{who}/fdinfo/{fd}').split('\n')[1])
print(os.getsid(os.getppid()) == os.getppid(), os.getsid(0) == os.getppid(), os.getpgrp() == os.getpid())
print(text(shim + '/stat').split(') ')[1].split()[1] == os.environ['SCHEDULER'])
print(sorted(os.environ.items()))
)py";

class Standby : public StepTest {
 protected:
  void prepare(const std::filesystem::path& shim = FAT_STEP_PATH) {
    standby_.prepare(shim, spec({}).environment);
  }

  /// The process that stands by, once it is ready (or has ended).
  pid_t ready(const std::filesystem::path& shim = FAT_STEP_PATH) {
    prepare(shim);
    if (standby_.id() == 0 || !Deadline{kPatience}.wait_for({standby_.news()})) {
      throw std::runtime_error{"nobody stands by"};
    }
    return standby_.id();
  }

  /// Every attempt in a folder of its own, under the same token.
  LaunchSpec next(LaunchSpec what) {
    std::filesystem::remove_all(attempt());
    what.environment.push_back("SCHEDULER=" + std::to_string(getpid()));
    return what;
  }

  StepProcess start(const LaunchSpec& what, const std::filesystem::path& shim = FAT_STEP_PATH) {
    return launch(what, shim, standby_);
  }

  /// Runs it to its end. Returns who was its shim.
  pid_t shim_of(const LaunchSpec& what, const std::filesystem::path& shim = FAT_STEP_PATH) {
    const auto step = start(what, shim);
    EXPECT_EQ(finish(step).status, 0);
    return step.id();
  }

  std::string output() const { return content_of(attempt() / "output.log"); }

  /// A shim in a file of its own.
  std::filesystem::path own_shim(const std::string& script = "") const {
    const auto made = folder_ / "made";
    if (script.empty()) {
      std::filesystem::copy_file(FAT_STEP_PATH, made);
    } else {
      write_to(made, "#!/bin/sh\n" + script);
      chmod(made.c_str(), 0700);
    }
    std::filesystem::rename(made, folder_ / "fat-step");
    return folder_ / "fat-step";
  }

  StandbyShim standby_;
};

TEST_F(Standby, TakesItsOrderAndIsTheShimOfTheStep) {
  const auto id = ready();

  const auto step = start(shell("echo \"$MINE\"; pwd; exit 3"));
  const auto record = finish(step);

  EXPECT_EQ(step.id(), id);
  EXPECT_EQ(record.status, 3);
  EXPECT_EQ(output(), "\n" + folder_.string() + "\n");
  EXPECT_EQ(read_start(attempt(), token())->shim.pid, id);
  EXPECT_EQ(standby_.id(), 0);
}

TEST_F(Standby, IsThenLikeTheOneThatIsStartedForItsStep) {
  auto what = python(kLookAtShim);
  what.environment.emplace_back("MINE=a b");
  what.environment.emplace_back("FATMASTER_TOKEN=of somebody else");
  const auto first = shim_of(next(what));
  const auto spawned = output();

  const auto id = ready();
  EXPECT_EQ(shim_of(next(what)), id);

  EXPECT_NE(first, id);
  EXPECT_EQ(output(), spawned);
  EXPECT_THAT(spawned, HasSubstr("FATMASTER_TOKEN=" + token()));
  EXPECT_THAT(spawned, HasSubstr("'--token', '" + token() + "'"));
}

TEST_F(Standby, IsAdoptedLikeAnyOtherOnceItHasItsOrder) {
  const auto id = ready();
  const auto step = start(shell(R"(echo '{"message": "ready"}' >&3; read x <&4; exit 4)"));
  report_with("ready");

  const auto adopted = found_as<Adopt>();

  EXPECT_EQ(adopted.process.id(), id);
  adopted.process.signal(ShimSignal::Halt);
  EXPECT_EQ(finish(step).ended_by, EndedBy::Halt);
}

TEST_F(Standby, GoesOnToItsEndWhenNobodyListens) {
  ready();
  auto step = std::optional{start(shell("read x <&4; exit 4"))};
  const auto handle = open_process(step->id());

  step.reset();  // its end of the pipe is closed: what follows is nobody's business but the shim's
  write_to(attempt() / "answers.jsonl", "{}\n");
  signal_handle(handle.get(), SIGUSR1);

  ASSERT_TRUE(Deadline{kPatience}.wait_for({handle.get()}));
  EXPECT_EQ(read_exit(attempt(), token())->status, 4);
}

TEST_F(Standby, EndsWithASchedulerThatIsKilled) {
  std::array<int, 2> pipe_ends{};
  ASSERT_EQ(pipe2(pipe_ends.data(), O_CLOEXEC), 0);
  const OwnedFd reading{pipe_ends[0]};
  const pid_t scheduler = fork();
  if (scheduler == 0) {
    const auto id = ready();
    while (write(pipe_ends[1], &id, sizeof id) > 0) {
      pause();
    }
  }
  close(pipe_ends[1]);
  pid_t id = 0;
  ASSERT_EQ(read(reading.get(), &id, sizeof id), static_cast<ssize_t>(sizeof id));
  EXPECT_TRUE(process_stat(id));

  kill(scheduler, SIGKILL);
  waitpid(scheduler, nullptr, 0);

  EXPECT_TRUE(ends(id));
}

TEST_F(Standby, IsGoneAndReapedWhenItIsDismissed) {
  const auto id = ready();

  standby_.dismiss();

  EXPECT_EQ(kill(id, 0), -1);
  EXPECT_EQ(standby_.id(), 0);
}

TEST_F(Standby, IsNoLeftoverOfAnyStep) {
  const auto id = ready();
  const auto step = start(next(shell("exec sleep 100")));
  const auto other = ready();

  const auto leftovers = end_leftovers(token(), attempt());

  EXPECT_GE(leftovers.ended, 1);
  EXPECT_TRUE(ends(id));
  EXPECT_TRUE(is_alive(process_stat(other).value()));
  step.reap();
}

TEST_F(Standby, IsEndedByAnySignalAndTheStepStartsWithoutIt) {
  for (const int signal : {SIGTERM, SIGQUIT, SIGUSR1, SIGKILL}) {
    const auto id = ready();
    kill(id, signal);
    EXPECT_TRUE(ends(id));

    EXPECT_NE(shim_of(next(shell("true"))), id);

    EXPECT_EQ(kill(id, 0), -1);  // reaped
  }
}

TEST_F(Standby, OfAFileThatWasReplacedTakesNoOrder) {
  const auto shim = own_shim();
  const auto old = ready(shim);
  own_shim();

  EXPECT_NE(shim_of(next(shell("true")), shim), old);

  EXPECT_EQ(kill(old, 0), -1);
  const auto fresh = ready(shim);
  EXPECT_EQ(shim_of(next(shell("true")), shim), fresh);
}

TEST_F(Standby, OfAFileThatIsGoneTakesNoOrder) {
  const auto shim = own_shim();
  ready(shim);
  std::filesystem::remove(shim);

  EXPECT_THROW(start(shell("true"), shim), LaunchError);

  EXPECT_FALSE(std::filesystem::exists(attempt()));
}

TEST_F(Standby, GetsNoOrderThatIsTooLongAndTakesTheNextOne) {
  const auto id = ready();
  auto large = shell("printf %s \"$LARGE\" | wc -c");
  large.environment.push_back("LARGE=" + std::string(70'000, 'x'));
  auto many = spec({"sh", "-c", "echo $#"});
  many.argv.insert(many.argv.end(), 5001, "word");

  EXPECT_NE(shim_of(next(large)), id);
  EXPECT_EQ(output(), "70000\n");
  EXPECT_NE(shim_of(next(many)), id);
  EXPECT_EQ(output(), "5000\n");
  EXPECT_EQ(shim_of(next(shell("true"))), id);
}

TEST_F(Standby, TakesTheLongestOrderThatFits) {
  const auto id = ready();
  auto large = shell("printf %s \"$LARGE\" | wc -c");
  large.environment.push_back("LARGE=" + std::string(60'000, 'x'));

  EXPECT_EQ(shim_of(next(large)), id);

  EXPECT_EQ(output(), "60000\n");
}

TEST_F(Standby, AShimThatKnowsNothingOfStandingByStartsItsStepsAllTheSame) {
  const auto shim = own_shim("[ \"$1\" != --standby ] || exit 64\nexec " FAT_STEP_PATH " \"$@\"\n");
  const auto id = ready(shim);

  EXPECT_NE(shim_of(next(shell("true")), shim), id);

  EXPECT_EQ(standby_.id(), 0);
}

TEST_F(Standby, OneThatIsNotReadyYetIsLeftAloneAndTheStepStartsWithoutIt) {
  const auto shim =
      own_shim("[ \"$1\" != --standby ] || exec sleep 1000\nexec " FAT_STEP_PATH " \"$@\"\n");
  prepare(shim);
  const auto id = standby_.id();

  EXPECT_NE(shim_of(next(shell("true")), shim), id);

  EXPECT_EQ(standby_.id(), id);
  standby_.dismiss();
  EXPECT_EQ(kill(id, 0), -1);
}

TEST_F(Standby, WithoutShimNobodyStandsBy) {
  prepare("/no/such/shim");

  EXPECT_EQ(standby_.id(), 0);
}

TEST_F(Standby, AWorkingFolderThatIsGoneByThenIsSaidInTheRecord) {
  const auto id = ready();
  const auto folder = folder_ / "gone";
  const OwnedFd lock{open((folder_ / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
  std::filesystem::create_directories(attempt());
  const std::vector<std::string> words{
      FAT_STEP_PATH, "--dir", attempt().string(), "--token", token(), "--", "true"};

  const auto taken =
      standby_.hand_over({folder.string(), words, spec({}).environment}, lock.get(), lock.get());

  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->id, id);
  ASSERT_TRUE(Deadline{kPatience}.wait_for({taken->handle.get()}));
  waitpid(id, nullptr, 0);
  const auto record = read_exit(attempt(), token());
  ASSERT_TRUE(record);
  EXPECT_EQ(record->start_error,
            "cannot work in " + folder.string() + ": No such file or directory");
}

class Order : public testing::Test {
 protected:
  const ShimOrder order_{"/folder", {"shim", "--dir", "d e", "", "x"}, {"A=1", "B=", "C=\n"}};
};

TEST_F(Order, ComesOutAsItWentIn) {
  auto message = pack(order_).value();

  const auto out = unpack(message).value();

  EXPECT_STREQ(out.folder, "/folder");
  EXPECT_EQ((std::vector<std::string>{out.words.begin(), out.words.end() - 1}), order_.words);
  EXPECT_EQ((std::vector<std::string>{out.environment.begin(), out.environment.end() - 1}),
            order_.environment);
  EXPECT_EQ(out.command_line, std::string_view("shim\0--dir\0d e\0\0x\0", 18));
}

TEST_F(Order, CutOffAnywhereIsNone) {
  const auto whole = pack(order_).value();

  for (std::size_t length = 0; length < whole.size(); ++length) {
    auto message = whole.substr(0, length);
    EXPECT_FALSE(unpack(message)) << length;
  }
}

TEST_F(Order, WithAnyByteChangedIsNoneOrOfTheSameLength) {
  const auto whole = pack(order_).value();

  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      auto message = whole;
      message[at] = static_cast<char>(byte);
      const auto out = unpack(message);
      EXPECT_TRUE(!out || (out->words.size() > 1 && out->command_line.size() < whole.size()));
    }
  }
}

TEST_F(Order, WithAZeroByteInAWordOrTooLongIsNotPacked) {
  EXPECT_FALSE(pack({"/", {std::string("a\0b", 3)}, {}}));
  EXPECT_FALSE(pack({"/", {std::string(kCommandLineRoom, 'x')}, {}}));
  EXPECT_FALSE(pack({"/", {"x"}, {std::string(kLongestOrder, 'x')}}));
  EXPECT_TRUE(pack({"/", {std::string(kCommandLineRoom - 1, 'x')}, {}}));
}

}  // namespace
}  // namespace fat
