// ITU-T T.6 (Group 4) coding of ink, as TIFF and PDF hold it: one strip, no options.
//
// A row is coded by where its colour changes, against the changes of the row above (white above the
// first): a change at most three columns from the one above it by that distance, else the lengths
// of two runs, or "pass" where the row above has a run that this one has not. Black runs are ink.
#pragma once

#include <cstdint>
#include <vector>

namespace docbin {

// ink: height x width bytes, zero or one. Ends with the end-of-block code, filled to a whole byte.
std::vector<std::uint8_t> group4(const std::uint8_t* ink, int height, int width);

}  // namespace docbin
