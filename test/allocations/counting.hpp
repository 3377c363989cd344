#pragma once
// The number of allocations of this thread; counting.cpp says which are counted.

#include <cstddef>

namespace sluice::test {

[[nodiscard]] std::size_t allocations_so_far() noexcept;

} // namespace sluice::test
