#include "fat/web/user_book.hpp"

#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "fat/web/web_server.hpp"
#include "web/scratch_users.hpp"

namespace fat {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

void write(const std::filesystem::path& file, const std::string& text, mode_t mode = 0600) {
  std::ofstream{file, std::ios::binary} << text;
  ::chmod(file.c_str(), mode);
}

TEST(UserBook, IsReadBackAsItWasWritten) {
  const ScratchUsers scratch;
  const WebUser anna{
      .name = "anna", .role = Role::Operator, .password = "$argon2id$x", .tokens = {"aa", "bb"}};

  change_user_book(scratch.file(), [&](UserBook& book) { book.users.push_back(anna); });

  EXPECT_THAT(read_user_book(scratch.file()).users, testing::ElementsAre(anna));
}

TEST(UserBook, IsForItsOwnerAlone) {
  const ScratchUsers scratch;
  scratch.add("anna", Role::Viewer);

  struct stat status {};

  ::stat(scratch.file().c_str(), &status);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  ::chmod(scratch.file().c_str(), 0640);
  EXPECT_THAT([&] { read_user_book(scratch.file()); },
              ThrowsMessage<WebError>(HasSubstr("chmod 600")));
}

TEST(UserBook, IsEmptyWithoutAFile) {
  const ScratchUsers scratch;

  EXPECT_TRUE(read_user_book(scratch.file()).users.empty());
}

TEST(UserBook, IsRefusedWhenItIsDamaged) {
  const ScratchUsers scratch;

  for (const auto* const text :
       {"",
        "{",
        "[]",
        R"({"users":[{"name":"anna"}]})",
        R"({"users":[{"name":"a b","role":"viewer","password":"","tokens":[]}]})",
        R"({"users":[{"name":"anna","role":"boss","password":"","tokens":[]}]})",
        R"({"users":[{"name":"anna","role":"viewer","password":1,"tokens":[]}]})",
        R"({"users":[[[[[[[[[[]]]]]]]]]]})"}) {
    write(scratch.file(), text);
    EXPECT_THROW(read_user_book(scratch.file()), WebError) << text;
  }
}

TEST(UserBook, KeepsTheOldFileWhenAChangeIsNotMade) {
  const ScratchUsers scratch;
  scratch.add("anna", Role::Viewer);

  EXPECT_THROW(change_user_book(scratch.file(), [](UserBook&) { throw std::runtime_error{"no"}; }),
               std::runtime_error);

  EXPECT_NE(read_user_book(scratch.file()).find("anna"), nullptr);
}

TEST(UserBook, LosesNoneOfTwoChangesAtOnce) {
  const ScratchUsers scratch;
  const auto add_ten = [&scratch](const std::string& name) {
    for (int i = 0; i < 10; ++i) {
      scratch.add(name + std::to_string(i), Role::Viewer);
    }
  };
  { const std::jthread one{add_ten, "a"}, two{add_ten, "b"}; }

  EXPECT_EQ(read_user_book(scratch.file()).users.size(), 20U);
}

TEST(Password, IsKnownByItsHashAlone) {
  const auto hash = hashed_password("let me in, please");

  EXPECT_THAT(hash, testing::StartsWith("$argon2id$"));
  EXPECT_NE(hash, hashed_password("let me in, please"));
  EXPECT_TRUE(is_password("let me in, please", hash));
  EXPECT_FALSE(is_password("let me in, pleasf", hash));
  EXPECT_FALSE(is_password("", ""));
  EXPECT_FALSE(is_password("x", std::string(500, 'x')));
}

TEST(Token, IsNeverTheSameAndKeptAsAHash) {
  const auto token = random_token();

  EXPECT_EQ(token.size(), 43U);  // 256 bits
  EXPECT_NE(token, random_token());
  EXPECT_EQ(hash_of_token("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(UserName, HasLettersDigitsAndAFewOthers) {
  for (const auto* const good : {"anna", "a.b-c_d9", "9"}) {
    EXPECT_EQ(problem_of_user_name(good), "") << good;
  }
  for (const auto* const bad : {"", "-a", ".a", "a b", "a\n", "a/b", "\xc3\xa4"}) {
    EXPECT_NE(problem_of_user_name(bad), "") << bad;
  }
  EXPECT_NE(problem_of_user_name(std::string(65, 'a')), "");
}

TEST(UserBook, IsRefusedWhenItIsNoFileOrFarTooLong) {
  const ScratchUsers scratch;

  write(scratch.file(), std::string((1024 * 1024) + 1, ' '));
  EXPECT_THAT([&] { read_user_book(scratch.file()); },
              ThrowsMessage<WebError>(HasSubstr("it is longer than 1 MiB")));

  std::filesystem::remove(scratch.file());
  std::filesystem::create_directory(scratch.file());
  EXPECT_THAT([&] { read_user_book(scratch.file()); },
              ThrowsMessage<WebError>(HasSubstr("it is no file")));
  EXPECT_THAT([&] { scratch.add("anna", Role::Viewer); },
              ThrowsMessage<WebError>(HasSubstr("it is no file")));
}

TEST(UserBook, SaysWhichFolderIsMissing) {
  EXPECT_THAT([] { change_user_book("/no/such/users.json", [](UserBook&) {}); },
              ThrowsMessage<WebError>(HasSubstr("the users in /no/such/users.json cannot be "
                                                "changed: No such file or directory")));
}

TEST(UserBook, LeavesTheOldOneWhenTheNewOneCannotBeWritten) {
  const ScratchUsers scratch;
  scratch.add("anna", Role::Viewer);
  std::filesystem::create_directory(scratch.folder() / ".users.json.tmp");

  EXPECT_THAT([&] { scratch.add("ben", Role::Expert); },
              ThrowsMessage<WebError>(HasSubstr("cannot be written: Is a directory")));
  EXPECT_EQ(read_user_book(scratch.file()).users.size(), 1U);
}

}  // namespace
}  // namespace fat
