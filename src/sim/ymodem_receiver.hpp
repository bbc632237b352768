// Packets of a YMODEM sender -> answers to it, and the file it sent. Knows no wire.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fat {

/// The side that receives one file: blocks of 128 or 1024 bytes with CRC16 (polynomial 0x1021).
class YmodemReceiver {
 public:
  static constexpr std::size_t kMostBytes = std::size_t{8} << 20U;

  /// Waits for a sender, forgets what was; what it says first.
  std::string begin();

  bool is_active() const { return stage_ != Stage::Idle; }

  /// The packet that `bytes` is, taken out of it; nullopt while it is not whole.
  static std::optional<std::string> take_packet(std::string& bytes);

  /// What is answered.
  std::string receive(std::string_view packet);

  /// What came, once it came whole and the sender has said its end.
  std::optional<std::string> take_file();

 private:
  enum class Stage { Idle, Name, Data, Ending, LastName };

  std::string take_name(std::string_view data);
  std::string take_data(std::uint8_t number, std::string_view data);
  std::string give_up();

  Stage stage_ = Stage::Idle;
  std::uint8_t next_ = 0;
  std::size_t size_ = 0;  ///< as the sender said; 0: it did not
  std::string content_;
  bool whole_ = false;
};

}  // namespace fat
