// Lines of SCPI -> an instrument's settings and replies: headers, chains, error queue, registers.
#pragma once

#include <deque>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "sim/virtual_device.hpp"

namespace fat {

/// Goes into the error queue; the command has no effect and no reply.
class ScpiFault : public std::runtime_error {
 public:
  ScpiFault(int code, const std::string& text) : std::runtime_error(text), code_(code) {}

  int code() const { return code_; }

 private:
  int code_;
};

/// One command as it was understood.
struct ScpiCall {
  bool query = false;
  int channel = 1;                     ///< the number behind a node that may have one
  std::vector<std::string> arguments;  ///< upper case, blanks around them removed
};

/// Case is ignored, long and short forms are one ("VOLTage"), nodes in brackets may be left out,
/// '#' marks a node that may carry a number. A chain with ';' goes on in the path of the command
/// before; '*' commands leave that path alone. An unknown query queues -113 and answers nothing.
class ScpiInstrument : public VirtualDevice {
 public:
  using Function = std::function<std::string(const ScpiCall&)>;

  /// `no_error`: its text for an empty queue, such as `0,"No error"`.
  ScpiInstrument(std::string identity, std::string no_error);

  Answer execute(const std::string& line, Microseconds now) override;

 protected:
  /// The function's result is the reply to a query; for a setting it is ignored.
  void define(std::string_view pattern, Function function);
  /// *RST: settings of the instrument.
  virtual void reset() = 0;

  Microseconds now() const { return now_; }

 private:
  struct Node {
    std::string long_form, short_form;
    bool optional = false, numbered = false;
  };

  struct Entry {
    std::vector<Node> nodes;
    Function function;
  };

  void define_common();
  std::string run_unit(const std::string& unit, std::string& path);
  std::string run_entry(const std::vector<std::string>& header, const ScpiCall& call);
  static bool match(const std::vector<Node>& nodes,
                    const std::vector<std::string>& header,
                    std::size_t node,
                    std::size_t word,
                    int& channel);
  void queue(int code, const std::string& text);
  std::string next_error();

  std::string identity_, no_error_;
  std::vector<Entry> entries_;
  std::deque<std::string> errors_;
  int event_status_ = 0, event_enable_ = 0;
  Microseconds now_{0};
};

/// "3VPP", "1.5 kHz", "-2": the number in its base unit. Throws ScpiFault.
double scpi_value(const ScpiCall& call, std::size_t argument, double low, double high);
bool scpi_switch(const ScpiCall& call, std::size_t argument);

}  // namespace fat
