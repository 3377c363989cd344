#pragma once
// Writes the Prometheus text format, version 0.0.4: families with HELP and TYPE, samples with
// labels. Numbers are integers, or integers with a decimal point inserted, so that nothing is
// rounded. Counts nothing itself. Used by http/telemetry/metrics.cpp and by the parts of app that
// add metrics.

#include "http/telemetry/counter.hpp"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace sluice::http {

struct label {
    std::string_view name;
    std::string_view value; // any text: escaped when written
};
using labels = std::initializer_list<label>;

/// A value in units of 10^-decimals: {1500, 3} is 1.5.
struct fixed_point {
    std::uint64_t value = 0;
    unsigned decimals = 0;
};

class exposition {
  public:
    explicit exposition(std::string& out) noexcept : out_(out) {}

    /// Begins a family; the following samples belong to it. `help` is one line.
    void family(std::string_view name, std::string_view type, std::string_view help);

    void sample(labels with, fixed_point value);
    void sample(labels with, std::uint64_t value) { sample(with, fixed_point{value}); }

    /// Writes the samples of one histogram, summed over `all`. `decimals` converts its unit to the
    /// unit in the name of the family.
    template <class Owner, class Pick>
    void histogram(labels with, unsigned decimals, std::span<const Owner* const> all, Pick pick);

  private:
    void begin(std::string_view suffix, labels with, std::string_view bound);
    void end(fixed_point value);

    std::string& out_;
    std::string name_;
};

/// Appends `of` without trailing zeros.
void append_fixed(fixed_point of, std::string& out);

template <class Owner, class Pick>
void exposition::histogram(labels with, unsigned decimals, std::span<const Owner* const> all,
                           Pick pick) {
    using kind = std::remove_cvref_t<decltype(pick(*all.front()))>;
    std::uint64_t count = 0; // of all buckets so far: buckets are cumulative
    std::uint64_t sum = 0;
    for (std::size_t bucket = 0; bucket < kind::buckets; ++bucket) {
        for (const auto* one : all) {
            count += pick(*one).count(bucket);
        }
        std::string bound = "+Inf";
        if (bucket < kind::bounds) {
            bound.clear();
            append_fixed({kind::bound(bucket), decimals}, bound);
        }
        begin("_bucket", with, bound);
        end({count});
    }
    for (const auto* one : all) {
        sum += pick(*one).sum();
    }
    begin("_sum", with, {});
    end({sum, decimals});
    begin("_count", with, {});
    end({count});
}

} // namespace sluice::http
