// Paths of a post's files -> what can be shown of them.
#include "people/post_files.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace fat {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// A folder that holds pictures and logs of the length that their name says: "12.png".
SinkOptions folder() {
  SinkOptions options;
  const auto read = [](const std::filesystem::path& path) -> std::optional<std::string> {
    if (path.stem() == "gone") {
      return std::nullopt;
    }
    return std::string(std::stoul(path.stem().string()), 'x');
  };
  options.read_file = [read](const std::filesystem::path& path, std::uint64_t most) {
    auto bytes = read(path);
    return bytes && bytes->size() > most ? std::nullopt : bytes;
  };
  return options;
}

TEST(PostFiles, AreWhatIsThereAndNotTooLarge) {
  const auto files = read_post_files(
      {"/run/12.png", "/run/gone.svg", "/run/0.png", "/run/4194304.PNG", "/run/4194305.png"},
      folder());

  ASSERT_THAT(files.shown, SizeIs(2));
  EXPECT_EQ(files.shown[0].name, "12.png");
  EXPECT_EQ(files.shown[0].type, "image/png");
  EXPECT_EQ(files.shown[1].bytes.size(), 4'194'304U);
  EXPECT_EQ(files.missing,
            "(not shown, for it is gone, empty or longer than 4 MiB: /run/gone.svg, /run/0.png, "
            "/run/4194305.png)");
}

TEST(PostFiles, AreNoneButPicturesByTheirName) {
  for (const char* name : {"a.png", "b/c.SVG", "d.jpeg", "e.pdf"}) {
    EXPECT_TRUE(is_plot(name)) << name;
  }
  for (const char* name : {"a.json", "png", "b.png.txt", "", ".png/x"}) {
    EXPECT_FALSE(is_plot(name)) << name;
  }
  EXPECT_THAT(read_post_files({"/run/12.json"}, folder()).shown, IsEmpty());
}

TEST(PostFiles, HaveALogsLastWholeLinesWithoutItsEscapeSequences) {
  std::string log = "\x1b[31mred\x1b[0m\n";
  for (int line = 0; line < 300; ++line) {
    log += fmt::format("line {}\n", line);
  }
  SinkOptions options;
  options.read_end = [&log](const std::filesystem::path&, std::uint64_t most) {
    return std::optional{log.substr(log.size() - std::min<std::size_t>(log.size(), most))};
  };

  auto files = read_post_files({"/run/output.log"}, options);

  ASSERT_THAT(files.shown, SizeIs(1));
  EXPECT_EQ(files.shown[0].name, "output.log.txt");
  EXPECT_TRUE(files.shown[0].bytes.starts_with("line 100\n"));
  EXPECT_TRUE(files.shown[0].bytes.ends_with("line 299\n"));

  log = "begin " + std::string(40'000, 'x') + "\nlast";
  files = read_post_files({"/run/output.log"}, options);
  EXPECT_EQ(files.shown.at(0).bytes, "last\n");  // of the line before the front is missing

  log = "\x1b[31mred";
  EXPECT_THAT(read_post_files({"/run/output.log"}, options).shown.at(0).bytes,
              testing::Not(HasSubstr("\x1b")));
  log = "";
  EXPECT_THAT(read_post_files({"/run/output.log"}, options).shown, IsEmpty());
}

}  // namespace
}  // namespace fat
