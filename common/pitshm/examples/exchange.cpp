// SPDX-License-Identifier: MIT
// exchange NAME TEXT: sends a text into the named mapping that `shmbridge --both NAME:SIZE` shares, and
// prints the answer. The native side writes the first box, the Windows side the second.
#include <array>
#include <cstring>
#include <iostream>
#include <pitshm/bridged.hpp>
#include <pitshm/sequence_lock.hpp>

using Text = std::array<char, 56>;
using Boxes = std::array<pitshm::Locked<Text>, 2>;

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const auto mapping = pitshm::Bridged::open(argv[1]);
  if (!mapping) return std::cerr << mapping.error().text << std::endl, 1;
  Boxes& boxes = *mapping->as<Boxes>();
  const auto before = boxes[1].news();
  Text text = {};
  std::strncpy(text.data(), argv[2], text.size() - 1);
  boxes[0].write(text);
  while (boxes[1].news() == before) continue;
  if (const auto answer = boxes[1].read()) std::cout << answer->data() << std::endl;
}
