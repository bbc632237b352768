// Bytes as they come in -> where one reply ends, and what in it is the reply.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace fat {

/// Strict: what cannot be the awaited reply, or goes on after its end, is not that reply. One
/// framer reads one reply. Implementations: `EchoFramer`, `BlockFramer`, `LineFramer`,
/// `FirstLineFramer`, `ChecksumFramer`, `EnquiryFramer`, `MessageFramer`.
class Framer {
 public:
  enum class State { NeedsMore, Complete, WrongStart, PastTheEnd, WrongChecksum, TooLong };
  static constexpr std::size_t kMaxReply = 64U << 10U;

  virtual ~Framer() = default;

  State feed(std::string_view bytes) {
    received_ += bytes;
    return judge();
  }

  /// Everything fed so far.
  const std::string& received() const { return received_; }

  /// True once there is more than an echo: the answer itself has begun.
  virtual bool has_answer() const { return !received_.empty(); }

  /// Of a complete reply: without echo, frame and prompt.
  virtual std::string body() const = 0;

  /// What the device waits for before it goes on; once, then empty.
  virtual std::string take_request() { return {}; }

 protected:
  virtual State judge() = 0;

 private:
  std::string received_;
};

/// In words, for an error; "" of NeedsMore and Complete.
std::string_view to_text(Framer::State state);

/// Echo of the line, reply, prompt "> " at the start of a line. `end` is the line end of both.
class EchoFramer : public Framer {
 public:
  /// `line` as sent, without its line end.
  explicit EchoFramer(std::string_view line, std::string_view end = "\r\n");

  bool has_answer() const override { return received().size() > echo_.size(); }

  std::string body() const override;

 private:
  State judge() override;

  std::string echo_;
  std::string prompt_;
  std::size_t end_size_;
};

/// Echo of the line, exactly `size` bytes of any value, prompt.
class BlockFramer : public Framer {
 public:
  BlockFramer(std::string_view line, std::size_t size);

  bool has_answer() const override { return received().size() > echo_.size(); }

  std::string body() const override { return received().substr(echo_.size(), size_); }

 private:
  State judge() override;

  std::string echo_;
  std::size_t size_;
};

/// One line, ended by any text: CR, LF, CRLF, ";FF".
class LineFramer : public Framer {
 public:
  explicit LineFramer(std::string_view end) : end_(end) {}

  std::string body() const override {
    return received().substr(0, received().size() - end_.size());
  }

 private:
  State judge() override;

  std::string end_;
};

/// The first line of a stream; what follows it is nobody's.
class FirstLineFramer : public Framer {
 public:
  explicit FirstLineFramer(std::string_view end) : end_(end) {}

  std::string body() const override { return received().substr(0, received().find(end_)); }

 private:
  State judge() override;

  std::string end_;
};

/// The two hexadecimal-like forms of Spellman: STX text ETX, or STX text checksum ETX.
enum class Checksum { None, Spellman };

/// The checksum that belongs to everything between STX and itself: two's complement of the sum,
/// 0x40..0x7f.
char spellman_checksum(std::string_view text);

/// STX ... ETX, with a checksum before the ETX or without.
class ChecksumFramer : public Framer {
 public:
  explicit ChecksumFramer(Checksum checksum) : checksum_(checksum) {}

  std::string body() const override;

 private:
  State judge() override;

  Checksum checksum_;
};

/// The answer to a command is ACK (or NAK, then that is the reply), and the value comes only after
/// ENQ was sent: `take_request`.
class EnquiryFramer : public Framer {
 public:
  explicit EnquiryFramer(std::string_view end) : end_(end) {}

  std::string body() const override;

  std::string take_request() override { return std::exchange(request_, {}); }

 private:
  State judge() override;

  std::string end_;
  std::string request_;
  bool asked_ = false;
};

/// A link that carries whole messages: the first is the reply.
class MessageFramer : public Framer {
 public:
  std::string body() const override { return received(); }

 private:
  State judge() override {
    return received().size() > kMaxReply ? State::TooLong : State::Complete;
  }
};

}  // namespace fat
