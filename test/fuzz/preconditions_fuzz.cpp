// Fuzzes the six fields of a conditional range request, one per line ("-" is absent): the plan is
// always consistent.
#include "core/download/download_plan.hpp"
#include "test/fuzz/fuzz.hpp"
#include "test/support/versions.hpp"

using namespace sluice;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto text = fuzz::text_of(data, size);
    const auto field = [&text]() -> std::optional<std::string_view> {
        const auto line = fuzz::next_line(text);
        return line == "-" ? std::nullopt : std::optional(line);
    };
    core::download_request request;
    request.is_get = size % 2 == 0;
    request.if_match = field();
    request.if_none_match = field();
    request.if_modified_since = field();
    request.if_unmodified_since = field();
    request.if_range = field();
    request.range = field();
    static const auto version = test::settled(1000, 1'600'000'000'000'000'000);
    const auto plan = core::plan_download(
        request, version, std::chrono::sys_seconds(std::chrono::seconds(1'700'000'000)));
    using outcome = core::download_plan::outcome;
    fuzz::require(plan.what != outcome::part || plan.slices.size() == 1);
    fuzz::require(plan.what != outcome::parts || plan.slices.size() > 1);
    fuzz::require(request.is_get || (plan.what != outcome::part && plan.what != outcome::parts));
    return 0;
}
