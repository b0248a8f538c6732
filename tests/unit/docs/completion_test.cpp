// SPDX-License-Identifier: MIT
// The completions: a real bash, zsh and fish read what is installed, and are asked what they would offer.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "common/core/sim/sim.hpp"
#include "tests/unit/support/documents.hpp"
#include "tests/unit/support/run_program.hpp"
#include "tests/unit/support/temp_directory.hpp"

namespace pitbridge {
namespace {

using Words = std::set<std::string>;

/// A shell that prints for each of its arguments, which is a line up to the cursor, "> LINE" and what it
/// offers there, one a line.
struct Shell {
  const char* name;
  const char* file;
  std::vector<std::string> call;
  const char* script;
};

constexpr const char* kBash = R"(
source "$1"
shift
for line; do
  read -ra COMP_WORDS <<<"$line"
  [[ $line != *' ' ]] || COMP_WORDS+=('')
  COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
  _pitbridge
  printf '%s\n' "> $line" "${COMPREPLY[@]}"
done
)";

// Completion works in a line editor only, so there is a second zsh on a terminal of its own. What is added is
// noted down.
constexpr const char* kZsh = R"(
zmodload zsh/zpty zsh/zselect
file=$1 log=$PWD/offered
shift
cat >setup <<'END'
PROMPT= RPROMPT= LISTMAX=0
fpath=(${FILE:h} $fpath)
autoload -Uz compinit
compinit -D -u
compadd() {
  local -a found
  if [[ " $*" != *' -'[a-zA-Z0-9]#[OAD]' '* ]]; then
    builtin compadd -O found "$@"
    print -rl -- $found >>$LOG
  fi
  builtin compadd "$@"
}
say-end() { print -r -- . >>$LOG; BUFFER= }
zle -N say-end
bindkey '^T' say-end
bindkey '^I' list-choices
print -r -- . >>$LOG
END
: >$log
export FILE=$file LOG=$log TERM=dumb
zpty shell zsh -f -i
zpty -w shell 'setopt extendedglob; source ./setup'
# Until the log ends with the mark, for half a minute.
await() {
  local i
  for i in {1..1500}; do
    [[ $(tail -n 1 $log) == . ]] && return
    zpty -r -t shell >/dev/null
    zselect -t 2
  done
  print -r -- "zsh does not answer" >&2
  exit 1
}
await
for line; do
  : >$log
  zpty -w -n shell "$line"$'\t\x14'
  await
  print -r -- "> $line"
  grep -vx '\.' $log
done
zpty -d shell
)";

constexpr const char* kFish = R"(
source $argv[1]
for line in $argv[2..-1]
  echo "> $line"
  complete -C "$line" | string replace -r '\t.*' ''
end
true
)";

const std::vector<Shell>& shells() {
  static const std::vector<Shell> kShells = {
      {"bash", "pitbridge", {"bash", "--norc"}, kBash},
      {"zsh", "_pitbridge", {"zsh", "-f"}, kZsh},
      {"fish", "pitbridge.fish", {"fish", "--no-config"}, kFish},
  };
  return kShells;
}

class Completion : public testing::TestWithParam<std::size_t> {
 protected:
  const Shell& shell() const { return shells()[GetParam()]; }

  void SetUp() override {
    if (run({"sh", "-c", "command -v " + std::string(shell().name)}).status != 0)
      GTEST_SKIP() << shell().name << " is not installed";
  }

  /// By line what is offered.
  std::map<std::string, Words> offered(const std::vector<std::string>& lines) {
    write_file(directory_ / "script", shell().script);
    std::vector<std::string> words = {"sh", "-c", "cd \"$0\" && exec \"$@\"", directory_.path()};
    words.insert(words.end(), shell().call.begin(), shell().call.end());
    words.push_back(directory_ / "script");
    words.push_back(std::filesystem::absolute(build_dir() / "completions" / shell().file));
    for (const std::string& line : lines) words.push_back("pitbridge " + line);
    const Outcome outcome = run(words, {"HOME=" + directory_.path(), "XDG_DATA_HOME=" + directory_.path()});
    EXPECT_EQ(outcome.status, 0) << outcome.output;
    std::map<std::string, Words> all;
    std::istringstream text(outcome.output);
    std::string line;
    for (std::string word; std::getline(text, word);) {
      if (word.starts_with("> pitbridge ")) {
        line = word.substr(12);
        all[line];
      } else if (!word.empty()) {
        all[line].insert(word);
      }
    }
    EXPECT_EQ(all.size(), lines.size()) << outcome.output;
    return all;
  }

  TempDirectory directory_;
};

std::string text_of_words(const Words& words) {
  std::string text;
  for (const std::string& word : words) text += word + " ";
  return text;
}

/// The commands, and those in them, as --help names them.
std::vector<std::string> commands_below(const std::string& path) {
  std::istringstream parts(path);
  std::vector<std::string> words;
  for (std::string word; parts >> word;) words.push_back(word);
  words.emplace_back("--help");
  const Outcome help = run_pitbridge(words);
  EXPECT_EQ(help.status, 0) << help.output;
  std::vector<std::string> found;
  auto at = help.output.find("Subcommands:");
  if (at == std::string::npos) at = help.output.find("SUBCOMMANDS:");  // CLI11 from 2.5 on
  if (at == std::string::npos) return found;
  for (const std::string& name : all_matches(help.output.substr(at), "\n  ([a-z][a-z-]*)", 1)) {
    found.push_back((path.empty() ? "" : path + " ") + name);
    for (std::string& below : commands_below(found.back())) found.push_back(std::move(below));
  }
  return found;
}

/// Asked once for all shells.
const std::vector<std::string>& every_command() {
  static const std::vector<std::string> kCommands = commands_below("");
  return kCommands;
}

const Words& options_of(const std::string& path) {
  static std::map<std::string, Words> known;
  if (const auto it = known.find(path); it != known.end()) return it->second;
  std::istringstream parts(path);
  std::vector<std::string> words;
  for (std::string word; parts >> word;) words.push_back(word);
  words.emplace_back("--help");
  const auto found = all_matches(run_pitbridge(words).output, "\n  (-[a-zA-Z],)?(--[a-z][a-z-]*)", 2);
  return known.emplace(path, Words(found.begin(), found.end())).first->second;
}

TEST_P(Completion, OffersEveryOptionOfEveryCommandAndNoOther) {
  const auto& commands = every_command();
  EXPECT_GE(commands.size(), 25U);
  std::vector<std::string> lines = {"--"};
  for (const std::string& command : commands) lines.push_back(command + " --");
  const auto all = offered(lines);
  EXPECT_EQ(text_of_words(all.at("--")), text_of_words(options_of("")));
  for (const std::string& command : commands) {
    Words wanted = options_of(command);
    wanted.insert("--shm-dir");  // may stand before and after every command
    EXPECT_EQ(text_of_words(all.at(command + " --")), text_of_words(wanted)) << command;
  }
}

TEST_P(Completion, OffersEveryCommand) {
  const auto all = offered({"", "shm ", "r", "record "});
  for (const std::string& command : every_command()) {
    const auto blank = command.find(' ');
    if (blank == std::string::npos) {
      EXPECT_TRUE(all.at("").count(command) != 0) << command;
      EXPECT_EQ(all.at("r").count(command), command.starts_with('r') ? 1U : 0U) << command;
    } else if (command.starts_with("shm ") || command.starts_with("record ")) {
      EXPECT_TRUE(all.at(command.substr(0, blank + 1)).count(command.substr(blank + 1)) != 0) << command;
    }
  }
  EXPECT_EQ(text_of_words(all.at("shm ")), "clean list watch ");
}

TEST_P(Completion, OffersTheWordsThatAnArgumentOrAnOptionTakes) {
  Words sims, titles;
  for (const Sim* sim : all_sims()) {
    sims.emplace(sim->name);
    for (const Title& title : sim->titles) titles.emplace(title.id);
  }
  const auto all = offered({"read ", "read --json ", "udp f1 ", "export --format ", "simulate --title ",
                            "simulate ac --activity ", "completions ", "relay --qos ", "doctor --interval ",
                            "--shm-dir /tmp read a", "run --sim "});
  for (const char* line : {"read ", "read --json ", "udp f1 ", "run --sim "})
    EXPECT_EQ(text_of_words(all.at(line)), text_of_words(sims)) << line;
  EXPECT_EQ(text_of_words(all.at("simulate --title ")), text_of_words(titles));
  EXPECT_EQ(text_of_words(all.at("export --format ")), "csv jsonl ld raw ");
  EXPECT_EQ(text_of_words(all.at("simulate ac --activity ")), "live menu off paused replay ");
  EXPECT_EQ(text_of_words(all.at("completions ")), "bash fish zsh ");
  EXPECT_EQ(text_of_words(all.at("relay --qos ")), "0 1 2 ");
  EXPECT_EQ(text_of_words(all.at("doctor --interval ")), "") << "any number will do";
  EXPECT_EQ(text_of_words(all.at("--shm-dir /tmp read a")), "ac ");
}

TEST_P(Completion, OffersFilesDirectoriesAndPrograms) {
  write_file(directory_ / "drive.pbrec", "");
  std::filesystem::create_directory(directory_ / "drives");
  const auto all = offered({"replay driv", "export --output driv", "record --directory driv", "read driv",
                            "run env", "run cat drive.p", "read ac driv"});
  const auto offers = [&](const char* line, const std::string& word) {
    return all.at(line).count(word) + all.at(line).count(word + "/") != 0;
  };
  for (const char* line : {"replay driv", "export --output driv"})
    EXPECT_TRUE(offers(line, "drive.pbrec")) << line << ": " << text_of_words(all.at(line));
  EXPECT_TRUE(offers("record --directory driv", "drives"));
  EXPECT_FALSE(offers("record --directory driv", "drive.pbrec"));
  for (const char* line : {"read driv", "read ac driv"}) EXPECT_EQ(text_of_words(all.at(line)), "") << line;
  EXPECT_TRUE(offers("run env", "env")) << text_of_words(all.at("run env"));
  EXPECT_TRUE(offers("run cat drive.p", "drive.pbrec")) << text_of_words(all.at("run cat drive.p"));
}

INSTANTIATE_TEST_SUITE_P(Shells, Completion, testing::Range(std::size_t{0}, std::size_t{3}),
                         [](const auto& shell) { return std::string(shells()[shell.param].name); });

/// bash parts words at "=", zsh and fish do not.
TEST(CompletionOfBash, GoesOnBehindAnEqualsSign) {
  const std::string script =
      "source \"$1\"; COMP_WORDS=(pitbridge export --format = l) COMP_CWORD=4; "
      "_pitbridge; echo \"${COMPREPLY[*]}\"; COMP_WORDS=(pitbridge export --format =) "
      "COMP_CWORD=3; _pitbridge; echo \"${COMPREPLY[*]}\"";
  const Outcome outcome =
      run({"bash", "--norc", "-c", script, "bash", (build_dir() / "completions/pitbridge").string()});
  EXPECT_EQ(outcome.output, "ld\ncsv jsonl ld raw\n");
}

TEST(CompletionOfBash, LeavesAGamesCommandToItsOwnCompletion) {
  const std::string script =
      "source \"$1\"; _command_offset() { echo \"offset $1\"; }; COMP_WORDS=(pitbridge run -- wine ga) "
      "COMP_CWORD=4; _pitbridge; COMP_WORDS=(pitbridge mangohud wine ga) COMP_CWORD=3; _pitbridge";
  const Outcome outcome =
      run({"bash", "--norc", "-c", script, "bash", (build_dir() / "completions/pitbridge").string()});
  EXPECT_EQ(outcome.output, "offset 3\noffset 1\n");
}

}  // namespace
}  // namespace pitbridge
