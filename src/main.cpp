#include "fat/cli/main.hpp"

int main(int argc, char** argv) {
  return fat::run_command_line({argv + 1, argv + argc});
}
