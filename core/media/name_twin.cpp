#include "core/media/name_twin.hpp"

#include "core/text/canonical_form.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace sluice::core {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t most_entries = 100'000;
constexpr std::size_t most_examples = 5;

bool is_there(const fs::path& where) {
    std::error_code fault;
    return fs::symlink_status(where, fault).type() != fs::file_type::not_found && !fault;
}

/// The entry of `folder` that is `name` in another form.
std::optional<std::string> twin_in(const fs::path& folder, std::string_view name) {
    std::error_code fault;
    std::size_t seen = 0;
    for (fs::directory_iterator at(folder, fault), end; !fault && at != end; at.increment(fault)) {
        auto other = at->path().filename().string();
        if (++seen > most_entries) {
            break;
        }
        if (differ_by_form_alone(name, other)) {
            return other;
        }
    }
    return std::nullopt;
}

} // namespace

std::optional<std::string> find_name_twin(const std::string& root, std::string_view path) {
    std::string found;
    bool has_twin = false;
    while (!path.empty()) {
        std::string name(path.substr(0, path.find('/')));
        path.remove_prefix(std::min(name.size() + 1, path.size()));
        const auto folder = fs::path(root) / found;
        if (!is_there(folder / name)) {
            auto twin = twin_in(folder, name);
            if (!twin) {
                return std::nullopt;
            }
            name = *std::move(twin);
            has_twin = true;
        }
        found.append(found.empty() ? "" : "/").append(name);
    }
    return has_twin ? std::optional(found) : std::nullopt;
}

uncomposed_names find_uncomposed(const std::string& root, std::size_t most) {
    uncomposed_names all;
    std::error_code fault;
    std::size_t seen = 0;
    const auto options = fs::directory_options::skip_permission_denied;
    for (fs::recursive_directory_iterator at(root, options, fault), end; !fault && at != end;
         at.increment(fault)) {
        if (++seen > most) {
            all.is_complete = false;
            break;
        }
        const auto name = at->path().filename().string();
        if (composed(name) != name) {
            ++all.count;
            if (all.first.size() < most_examples) {
                all.first.push_back(at->path().lexically_relative(root).string());
            }
        }
    }
    all.is_complete = all.is_complete && !fault;
    return all;
}

} // namespace sluice::core
