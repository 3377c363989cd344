#pragma once
// Writes the Prometheus text format, version 0.0.4: families with HELP and TYPE, samples with
// labels. Numbers are integers, or integers with a decimal point put in, so that nothing is
// rounded.

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

    /// Begins a family; the samples that follow are its own. `help` is one line.
    void family(std::string_view name, std::string_view type, std::string_view help);

    void sample(labels with, fixed_point value);
    void sample(labels with, std::uint64_t value) { sample(with, fixed_point{value}); }

    /// The samples of one histogram, summed over `all`; `decimals` shifts its unit to the one the
    /// family's name says.
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
    std::uint64_t count = 0; // of all buckets so far: bounds are cumulative
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
