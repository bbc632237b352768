// A test says what code stands behind each step.
#pragma once

#include <map>
#include <string>

#include "fat/ports/code_watch.hpp"

namespace fat {

/// The unit of a step is its command; its code is what `codes` says, none when it says nothing.
class ScriptedCode : public CodeWatch {
 public:
  std::map<std::string, std::string> codes;  ///< by command
  std::string trouble;

  CodeLook look(const Step& step) override {
    CodeLook look;
    look.trouble = trouble;
    const auto found = codes.find(step.command);
    if (found == codes.end()) {
      return look;
    }
    look.code = found->second;
    const auto before = known_.units.find(step.command);
    if (before == known_.units.end() || before->second.code != look.code) {
      look.changed = before != known_.units.end();
      look.news.units = {{.name = step.command, .code = look.code, .files = {}}};
      known_.add(look.news);
    }
    return look;
  }

 private:
  KnownCode known_;
};

}  // namespace fat
