#include "core/download/byte_range.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace sluice::core {

namespace {

using kind = range_outcome::kind;

constexpr std::uint64_t largest = 0xFFFF'FFFF'FFFF'FFFF;

/// The meaning of a range-spec, computed byte by byte.
struct model_spec {
    std::string text;
    std::vector<bool> bytes; // one per byte of the file
    bool is_valid = true;
    bool is_suffix = false; // of one byte or more
};

class model {
  public:
    explicit model(unsigned seed) : random_(seed) {}

    unsigned pick(unsigned below) {
        return std::uniform_int_distribution<unsigned>{0, below - 1}(random_);
    }

    model_spec spec(unsigned size) {
        unsigned a = pick(size + 4);
        unsigned b = pick(size + 4);
        if (a > b && pick(32) != 0) {
            std::swap(a, b);
        }
        const auto first = std::to_string(a);
        const auto last = std::to_string(b);
        switch (pick(32)) {
        case 0:
            return {pick(2) == 0 ? "x" + first : "-", {}, false};
        case 1:
        case 2:
            return {"-" + last, bytes_where(size, [&](unsigned i) { return i + b >= size; }), true,
                    b > 0};
        case 3:
        case 4:
            return {first + "-", bytes_where(size, [&](unsigned i) { return i >= a; })};
        default:
            return {first + "-" + last,
                    bytes_where(size, [&](unsigned i) { return i >= a && i <= b; }), a <= b};
        }
    }

  private:
    template <class Predicate>
    static std::vector<bool> bytes_where(unsigned size, Predicate is_named) {
        std::vector<bool> bytes(size);
        for (unsigned i = 0; i < size; ++i) {
            bytes[i] = is_named(i);
        }
        return bytes;
    }

    std::mt19937 random_;
};

bool any(const std::vector<bool>& bytes) {
    return std::ranges::find(bytes, true) != bytes.end();
}

bool share_a_byte(const std::vector<bool>& a, const std::vector<bool>& b) {
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (a[i] && b[i]) {
            return true;
        }
    }
    return false;
}

byte_slice slice_of(const std::vector<bool>& bytes) {
    const auto first = std::ranges::find(bytes, true) - bytes.begin();
    const auto length = std::ranges::count(bytes, true);
    return {static_cast<std::uint64_t>(first), static_cast<std::uint64_t>(length)};
}

/// The rules of the header, one after the other.
range_outcome expected(const std::vector<model_spec>& specs, unsigned size) {
    std::vector<std::vector<bool>> served;
    for (std::size_t i = 0; i < specs.size(); ++i) {
        if (!specs[i].is_valid) {
            return {kind::unsatisfiable, {}};
        }
        if (i == max_ranges) {
            return {};
        }
        if (any(specs[i].bytes)) {
            served.push_back(specs[i].bytes);
        }
    }
    if (size == 0 && std::ranges::any_of(specs, &model_spec::is_suffix)) {
        return {};
    }
    std::size_t overlaps = 0;
    range_outcome outcome{served.empty() ? kind::unsatisfiable : kind::satisfiable, {}};
    for (std::size_t i = 0; i < served.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            overlaps += share_a_byte(served[i], served[j]) ? 1 : 0;
        }
        outcome.slices.push_back(slice_of(served[i]));
    }
    return overlaps > max_overlaps ? range_outcome{} : outcome;
}

} // namespace

BOOST_AUTO_TEST_SUITE(core_byte_range_model)

BOOST_AUTO_TEST_CASE(agrees_with_a_model_that_counts_bytes) {
    model random(20240611);
    std::array<unsigned, 3> seen{};
    for (int round = 0; round < 20'000; ++round) {
        const unsigned size = random.pick(5) == 0 ? random.pick(3) : 60 + random.pick(40);
        std::vector<model_spec> specs;
        std::string field = "bytes=";
        for (unsigned count = 1 + random.pick(random.pick(8) == 0 ? 20 : 5); count > 0; --count) {
            specs.push_back(random.spec(size));
            field.append(random.pick(4) == 0 ? " " : "").append(specs.back().text);
            field.append(random.pick(4) == 0 ? "\t, ," : ",");
        }
        const auto wanted = expected(specs, size);
        BOOST_TEST_CONTEXT("Range: " << field << " of " << size) {
            const auto got = resolve_range(field, size);
            BOOST_CHECK(got.what == wanted.what);
            BOOST_CHECK(std::ranges::equal(got.slices.view(), wanted.slices.view()));
        }
        ++seen[static_cast<std::size_t>(wanted.what)];
    }
    for (const auto count : seen) { // otherwise the rounds above do not cover every outcome
        BOOST_TEST(count > 1000U);
    }
}

BOOST_AUTO_TEST_CASE(keeps_its_promises_whatever_is_sent) {
    constexpr std::string_view alphabet = "0123456789---,,, \tbytes=x";
    model random(7);
    for (int round = 0; round < 50'000; ++round) {
        std::string field = random.pick(8) == 0 ? "" : "bytes=";
        for (auto length = random.pick(60); length > 0; --length) {
            field.push_back(alphabet[random.pick(static_cast<unsigned>(alphabet.size()))]);
        }
        const std::uint64_t size = random.pick(2) == 0 ? random.pick(30) : largest - random.pick(3);
        const auto outcome = resolve_range(field, size);
        BOOST_TEST_CONTEXT("Range: " << field << " of " << size) {
            BOOST_REQUIRE((outcome.what == kind::satisfiable) == (outcome.slices.size() > 0));
            for (const auto& slice : outcome.slices.view()) {
                BOOST_REQUIRE(slice.length > 0);
                BOOST_REQUIRE(slice.first < size);
                BOOST_REQUIRE(slice.length <= size - slice.first);
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice::core
