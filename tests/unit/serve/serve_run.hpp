// SPDX-License-Identifier: MIT
// The built server and a live side, as processes of their own, and a client that does what it likes.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "common/core/sim/number_text.hpp"
#include "common/posix/system/fd.hpp"
#include "tests/unit/support/documents.hpp"
#include "tests/unit/support/toy_bridge.hpp"

namespace pitbridge::serve {

/// A program whose output is read; it is ended with this.
class ServedProgram {
 public:
  ServedProgram(const std::string& path, std::vector<std::string> words,
                const std::vector<std::pair<std::string, std::string>>& environment) {
    int ends[2] = {};
    if (::pipe2(ends, O_CLOEXEC) != 0) std::abort();
    output_ = UniqueFd(ends[0]);
    const UniqueFd theirs(ends[1]);
    words.insert(words.begin(), path);
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ != 0) return;
    (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);  // nothing stays of a test that dies
    for (const int stream : {STDOUT_FILENO, STDERR_FILENO}) (void)::dup2(theirs.get(), stream);
    for (const auto& [name, value] : environment) ::setenv(name.c_str(), value.c_str(), 1);
    ::execv(path.c_str(), arguments.data());
    ::_exit(127);
  }
  ServedProgram(const ServedProgram&) = delete;
  ServedProgram& operator=(const ServedProgram&) = delete;
  /// In peace: after one that is killed a janitor clears, and its directory is in use for longer.
  ~ServedProgram() { (void)end(); }

  pid_t pid() const { return pid_; }
  /// What it has said up to a line that holds `part`; what there is when it ends before.
  std::string said(const std::string& part) {
    std::string text;
    char letter = 0;
    while (::read(output_.get(), &letter, 1) == 1) {
      text += letter;
      if (letter == '\n' && text.find(part) != std::string::npos) break;
    }
    return text;
  }
  /// Its exit status; -1 where a signal has ended it.
  int end(int signal = SIGTERM) {
    if (pid_ <= 0) return -1;
    ::kill(pid_, signal);
    return wait();
  }
  /// One that does not end is killed after a minute.
  int wait() {
    int status = 0;
    const pid_t child = std::exchange(pid_, 0);
    if (!soon([&] { return ::waitpid(child, &status, WNOHANG) != 0; })) {
      ::kill(child, SIGKILL);
      (void)::waitpid(child, &status, 0);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  std::size_t resident_kib() const {
    const std::string status = content_of("/proc/" + std::to_string(pid_) + "/status");
    return std::stoul(status.substr(status.find("VmRSS:") + 6));
  }

 private:
  UniqueFd output_;
  pid_t pid_ = 0;
};

/// A connection to 127.0.0.1.
class WebClient {
 public:
  explicit WebClient(std::uint16_t port, int receive_bytes = 0)
      : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (receive_bytes != 0)
      (void)::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes);
    sockaddr_in to = {};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    is_connected_ = ::connect(fd_.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
  }

  bool is_connected() const { return is_connected_; }
  void send(const std::string& text) const {
    (void)::send(fd_.get(), text.data(), text.size(), MSG_NOSIGNAL);
  }
  void ask(const std::string& path, const std::string& headers = "", const std::string& host = "127.0.0.1",
           const std::string& method = "GET") const {
    send(method + " " + path + " HTTP/1.1\r\nHost: " + host + "\r\n" + headers + "\r\n");
  }
  /// Reads until `condition` holds for all that has come; false at the end, or after a minute.
  template <typename Condition>
  bool read_until(Condition condition) {
    const std::uint64_t until_ns = monotonic_ns() + 60'000'000'000U;
    while (!condition(text_)) {
      pollfd wait = {fd_.get(), POLLIN, 0};
      if (monotonic_ns() > until_ns) return false;
      if (::poll(&wait, 1, 100) <= 0) continue;
      char buffer[4096];
      const ssize_t n = ::recv(fd_.get(), buffer, sizeof buffer, 0);
      if (n <= 0) return condition(text_);
      text_.append(buffer, static_cast<std::size_t>(n));
    }
    return true;
  }
  const std::string& text() const { return text_; }

 private:
  UniqueFd fd_;
  bool is_connected_ = false;
  std::string text_;
};

struct WebAnswer {
  int status = 0;
  std::string head, body;

  nlohmann::json json() const { return nlohmann::json::parse(body, nullptr, false); }
  bool has(const std::string& header) const { return head.find("\r\n" + header) != std::string::npos; }
};

inline WebAnswer get(std::uint16_t port, const std::string& path, const std::string& headers = "",
                     const std::string& host = "127.0.0.1", const std::string& method = "GET") {
  WebClient client(port);
  client.ask(path, headers + "Connection: close\r\n", host, method);
  (void)client.read_until([](const std::string&) { return false; });
  WebAnswer answer;
  const std::string& text = client.text();
  const auto end = std::min(text.find("\r\n\r\n"), text.size());
  answer.head = text.substr(0, end);
  answer.body = text.substr(std::min(end + 4, text.size()));
  if (answer.head.size() > 12) answer.status = std::stoi(answer.head.substr(9, 3));
  return answer;
}

/// The events that have come whole, as their fields by name. The chunks of HTTP are taken apart on the way.
inline std::vector<std::map<std::string, std::string>> events_in(const std::string& text) {
  std::string body;
  auto at = text.find("\r\n\r\n");
  while (at != std::string::npos) {
    at += at == text.find("\r\n\r\n") ? 4 : 2;
    const auto line = text.find("\r\n", at);
    if (line == std::string::npos) break;
    const std::size_t size = std::stoul("0" + text.substr(at, line - at), nullptr, 16);
    if (size == 0 || line + 2 + size > text.size()) break;
    body += text.substr(line + 2, size);
    at = line + 2 + size;
    if (text.compare(at, 2, "\r\n") != 0) break;
  }
  std::vector<std::map<std::string, std::string>> events;
  for (std::size_t begin = 0, end; (end = body.find("\n\n", begin)) != std::string::npos; begin = end + 2) {
    std::map<std::string, std::string> event;
    std::istringstream lines(body.substr(begin, end - begin));
    for (std::string line; std::getline(lines, line);)
      if (const auto colon = line.find(": "); colon != std::string::npos)
        event[line.substr(0, colon)] = line.substr(colon + 2);
    events.push_back(std::move(event));
  }
  return events;
}

/// What a client makes of a state and an event; pitbridge-serve(1) says how.
inline void merge(nlohmann::json& state, const nlohmann::json& news) {
  for (const auto& [name, value] : news.items())
    if (name != "values" && name != "absent") state[name] = value;
  for (const auto& [name, value] : news["values"].items()) {
    state["values"][name] = value;
    state["absent"].erase(name);
  }
  for (const auto& [name, value] : news["absent"].items()) {
    state["absent"][name] = value;
    state["values"].erase(name);
  }
}

}  // namespace pitbridge::serve
