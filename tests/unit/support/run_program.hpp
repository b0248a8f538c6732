// SPDX-License-Identifier: MIT
#pragma once

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include "tests/unit/support/documents.hpp"

namespace pitbridge {

struct Outcome {
  int status = -1;
  std::string output;  ///< of both streams
};

/// As one word of a shell.
inline std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? "'\\''" : std::string(1, c);
  return out + "'";
}

/// Runs a program by its words; `redirection` is the shell's. What hangs is ended after four minutes, with
/// status 124.
inline Outcome run(const std::vector<std::string>& words, const std::vector<std::string>& environment = {},
                   const std::string& redirection = "2>&1") {
  std::string command = "env";
  for (const std::string& variable : environment) command += " " + quoted(variable);
  command += " timeout 240";
  for (const std::string& word : words) command += " " + quoted(word);
  Outcome outcome;
  std::FILE* pipe = ::popen((command + " </dev/null " + redirection).c_str(), "r");
  if (pipe == nullptr) return outcome;
  std::array<char, 4096> buffer;
  while (const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe))
    outcome.output.append(buffer.data(), n);
  const int status = ::pclose(pipe);
  outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return outcome;
}

/// The built command. Whoever runs the tests may have a configuration file, which is left out.
inline Outcome run_pitbridge(std::vector<std::string> arguments, std::vector<std::string> environment = {},
                             const std::string& redirection = "2>&1") {
  arguments.insert(arguments.begin(), (build_dir() / "bin" / "pitbridge").string());
  environment.insert(environment.begin(), "PITBRIDGE_CONFIG_FILE=/dev/null");
  return run(arguments, environment, redirection);
}

}  // namespace pitbridge
