#include "fat/plan/module_list.hpp"

#include <gmock/gmock.h>

#include "plan/plan_test_support.hpp"

namespace fat {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(ModuleList, ReadsColumnsInAnyOrderAndByTheirShortNames) {
  const auto list = parse_module_list(
      "# written by hand\r\n"
      "address, serial ,MainboardNumber,upperpmt.hv1e7gain\r\n"
      "5003, DEgg2021-3-133 ,4.1-262,1487.5\r\n"
      "\r\n"
      "hub2:5000,DEgg2021-3-134,,\r\n",
      "m.csv");

  EXPECT_THAT(texts(list.problems), IsEmpty());
  ASSERT_EQ(list.rows.size(), 2U);
  EXPECT_EQ(list.rows[0].line, 3);
  EXPECT_EQ(to_text(list.rows[0].address), "5003");
  EXPECT_THAT(list.rows[0].values,
              ElementsAre(Pair("DEggSerialNumber", "DEgg2021-3-133"),
                          Pair("MainboardNumber", "4.1-262"),
                          Pair("UpperPmt.HV1e7Gain", "1487.5")));
  EXPECT_EQ(to_text(list.rows[1].address), "hub2:5000");
  EXPECT_THAT(list.rows[1].values, ElementsAre(Pair("DEggSerialNumber", "DEgg2021-3-134")));
}

TEST(ModuleList, TakesWhatSpreadsheetsWrite) {
  const auto list = parse_module_list(
      "\xef\xbb\xbfSerial;BoxNumber;Host;Port\n\"A \"\"1\"\"\";\"a;b\";hub;5001\n", "m.csv");

  EXPECT_THAT(texts(list.problems), IsEmpty());
  ASSERT_EQ(list.rows.size(), 1U);
  EXPECT_EQ(value_of(list.rows[0].values, "DEggSerialNumber"), "A \"1\"");
  EXPECT_EQ(value_of(list.rows[0].values, "BoxNumber"), "a;b");
  EXPECT_EQ(to_text(list.rows[0].address), "hub:5001");
}

TEST(ModuleList, ReportsEverythingThatIsWrongAtOnce) {
  const auto list = parse_module_list(
      "serial,mainbordnumber,fpgaVersion,address\n"
      "A,1,27x,5000\n"
      "A,2,272,5000-5003\n"
      "B,\"2,272,5001\n"
      "C,2,272,5001,more\n",
      "m.csv");

  EXPECT_THAT(
      texts(list.problems),
      ElementsAre("m.csv:1: no column 'mainbordnumber' is known; did you mean 'MainboardNumber'?",
                  "m.csv:2: fpgaVersion '27x' is not a whole number",
                  "m.csv:3: '5000-5003' is more than one address",
                  "m.csv:4: a \" quote is not closed",
                  "m.csv:5: has 5 cells, but there are 4 columns",
                  "m.csv:3: DEggSerialNumber 'A' stands already in line 2"));
}

TEST(ModuleList, SaysThatAFileIsEmptyOrMissing) {
  EXPECT_THAT(texts(parse_module_list("# nothing\n", "m.csv").problems),
              ElementsAre("m.csv: is empty: its first line names the columns"));
  EXPECT_THAT(texts(read_module_list("/no/such.csv", "such.csv").problems),
              ElementsAre("such.csv: no such file"));
}

TEST(ModuleAddresses, AreNumbersRangesHostsAndWords) {
  const auto parsed = parse_module_addresses("5000-5002, hub2:6000-6001\n slot3");

  std::vector<std::string> shown;
  shown.reserve(parsed.addresses.size());
  for (const auto& address : parsed.addresses) {
    shown.push_back(to_text(address));
  }
  EXPECT_EQ(parsed.problem, "");
  EXPECT_THAT(shown, ElementsAre("5000", "5001", "5002", "hub2:6000", "hub2:6001", "slot3"));
}

TEST(ModuleAddresses, RefuseWhatCannotBeOne) {
  EXPECT_NE(parse_module_addresses("5003-5001").problem, "");
  EXPECT_NE(parse_module_addresses("hub:70000").problem, "");
  EXPECT_NE(parse_module_addresses(":5000").problem, "");
  EXPECT_NE(parse_module_addresses("1-65535").problem, "");
  EXPECT_EQ(parse_module_addresses("5000,5000").problem, "address 5000 is named twice");
}

}  // namespace
}  // namespace fat
