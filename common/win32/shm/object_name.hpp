// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "common/core/error.hpp"

namespace pitbridge {

/// The name of a mapping, a mutex or an event, as Win32 takes it. kUsage for one that is empty, longer than
/// Windows takes, no UTF-8, or that holds a control character or a backslash beyond `Local\` or `Global\`.
Expected<std::u16string> object_name(std::string_view utf8);

/// What Windows answered, in words that fit an object with a name.
std::string windows_error(unsigned long error);

/// kOutputRefused where something in the way has to go or allow it, else kFailure.
tl::unexpected<Error> refuse_object(std::string_view what, std::string_view name, unsigned long error);

}  // namespace pitbridge
