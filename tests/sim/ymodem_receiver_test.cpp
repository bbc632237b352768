// The receiving side of YMODEM, packet by packet; a real sender: tests/sim/other_clients_test.py.
#include "sim/ymodem_receiver.hpp"

#include <gtest/gtest.h>

namespace fat {
namespace {

using namespace std::string_literals;

const std::string kAck = "\x06";
const std::string kNak = "\x15";
const std::string kCancel = "\x18\x18";

unsigned crc16(std::string_view data) {
  unsigned crc = 0;
  for (const char letter : data) {
    crc ^= static_cast<unsigned>(static_cast<unsigned char>(letter)) << 8U;
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc << 1U ^ ((crc & 0x8000U) != 0 ? 0x1021U : 0U)) & 0xffffU;
    }
  }
  return crc;
}

std::string packet(int number, std::string data) {
  const bool is_long = data.size() > 128;
  data.resize(is_long ? 1024 : 128, number == 0 ? '\0' : '\x1a');
  const auto crc = crc16(data);
  std::string bytes{is_long ? '\x02' : '\x01'};
  bytes += static_cast<char>(number);
  bytes += static_cast<char>(255 - number);
  bytes += data;
  bytes += static_cast<char>(crc >> 8U);
  bytes += static_cast<char>(crc & 0xffU);
  return bytes;
}

TEST(YmodemReceiver, TakesAFileOfTheSizeThatWasTold) {
  YmodemReceiver receiver;
  EXPECT_EQ(receiver.begin(), "C");
  EXPECT_EQ(receiver.receive(packet(0, "a.bin\0"s + "1030 0"s)), kAck + "C");
  EXPECT_EQ(receiver.receive(packet(1, std::string(1024, 'x'))), kAck);
  EXPECT_EQ(receiver.receive(packet(1, std::string(1024, 'x'))), kAck);  // once more
  EXPECT_EQ(receiver.receive(packet(2, "yyyyyy")), kAck);
  EXPECT_EQ(receiver.receive("\x04"), kNak);
  EXPECT_EQ(receiver.receive("\x04"), kAck + "C");
  EXPECT_EQ(receiver.take_file(), std::nullopt);
  EXPECT_EQ(receiver.receive(packet(0, "")), kAck);

  EXPECT_FALSE(receiver.is_active());
  EXPECT_EQ(receiver.take_file(), std::string(1024, 'x') + "yyyyyy");
}

TEST(YmodemReceiver, AsksAgainForWhatIsSpoilt) {
  YmodemReceiver receiver;
  receiver.begin();
  auto spoilt = packet(0, "a.bin");
  spoilt[20] = '!';

  EXPECT_EQ(receiver.receive(spoilt), kNak);
  EXPECT_EQ(receiver.receive("?"), kNak);
  EXPECT_EQ(receiver.receive(packet(0, "a.bin")), kAck + "C");
}

TEST(YmodemReceiver, GivesUpWhatDoesNotFit) {
  YmodemReceiver receiver;
  receiver.begin();
  EXPECT_EQ(receiver.receive(packet(0, "a.bin\0"s + "99999999999"s)), kCancel);
  EXPECT_FALSE(receiver.is_active());

  receiver.begin();
  receiver.receive(packet(0, "a.bin"));
  EXPECT_EQ(receiver.receive(packet(2, "out of turn")), kCancel);

  receiver.begin();
  EXPECT_EQ(receiver.receive("\x04"), kCancel);
  EXPECT_EQ(receiver.take_file(), std::nullopt);
}

TEST(YmodemReceiver, TakesOneFileAtATimeAndOnlyWhenItIsAwaited) {
  YmodemReceiver receiver;
  EXPECT_EQ(receiver.receive(packet(0, "a.bin")), kCancel);  // nobody awaits one

  receiver.begin();
  receiver.receive(packet(0, "a.bin"));
  receiver.receive(packet(1, "abc"));
  EXPECT_EQ(receiver.receive("\x04"), kNak);
  EXPECT_EQ(receiver.receive("\x04"), kAck + "C");
  EXPECT_EQ(receiver.receive(packet(0, "b.bin")), kCancel);
  EXPECT_EQ(receiver.take_file(), std::nullopt);
}

TEST(YmodemReceiver, FindsPacketsInBytes) {
  std::string bytes = packet(1, "abc").substr(0, 100);
  EXPECT_EQ(YmodemReceiver::take_packet(bytes), std::nullopt);
  bytes = packet(1, "abc");
  EXPECT_EQ(YmodemReceiver::take_packet(bytes), packet(1, "abc"));
  EXPECT_EQ(bytes, "");
}

}  // namespace
}  // namespace fat
