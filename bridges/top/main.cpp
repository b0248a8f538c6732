// SPDX-License-Identifier: MIT
#include "bridges/command/program.hpp"

int main(int argc, char** argv) {
  return pitbridge::tool_main(argc, argv);
}
