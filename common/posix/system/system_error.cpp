// SPDX-License-Identifier: MIT
#include "common/posix/system/system_error.hpp"

#include <clocale>
#include <cstring>

namespace pitbridge {

std::string system_message(int error_number) {
  // Wine sets the user's locale; a message in another language is of no use in a log that is sent to others.
  static const locale_t english = ::newlocale(LC_ALL_MASK, "C", locale_t{});
  return ::strerror_l(error_number, english);
}

}  // namespace pitbridge
