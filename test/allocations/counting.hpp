#pragma once
// How often this program has asked for memory: see counting.cpp for what is counted.

#include <cstddef>

namespace sluice::test {

[[nodiscard]] std::size_t allocations_so_far() noexcept;

} // namespace sluice::test
