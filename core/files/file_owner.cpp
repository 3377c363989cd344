#include "core/files/file_owner.hpp"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <vector>

namespace sluice::core {

namespace {

constexpr std::size_t most_record_bytes = std::size_t{64} << 10U; // a group may have many members

std::vector<gid_t> groups_of_process() {
    const int count = ::getgroups(0, nullptr);
    std::vector<gid_t> groups(count > 0 ? static_cast<std::size_t>(count) : 0);
    const int got = groups.empty() ? 0 : ::getgroups(count, groups.data());
    groups.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    groups.push_back(::getegid());
    return groups;
}

std::vector<gid_t> groups_of(uid_t user) {
    std::vector<char> buffer(most_record_bytes);
    passwd entry{};
    passwd* found = nullptr;
    if (::getpwuid_r(user, &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) {
        return {};
    }
    std::vector<gid_t> groups(16);
    auto count = static_cast<int>(groups.size());
    while (::getgrouplist(entry.pw_name, entry.pw_gid, groups.data(), &count) < 0) {
        groups.resize(std::max(groups.size() * 2, static_cast<std::size_t>(count)));
        count = static_cast<int>(groups.size());
    }
    groups.resize(static_cast<std::size_t>(count));
    return groups;
}

std::string octal(mode_t mode) {
    std::array<char, 8> text{};
    (void)std::snprintf(text.data(), text.size(), "%04o", static_cast<unsigned>(mode & 07777U));
    return text.data();
}

} // namespace

std::string user_name(uid_t user) {
    std::vector<char> buffer(most_record_bytes);
    passwd entry{};
    passwd* found = nullptr;
    const bool is_known =
        ::getpwuid_r(user, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr;
    return is_known ? std::string(entry.pw_name) : std::to_string(user);
}

std::string home_of(uid_t user) {
    std::vector<char> buffer(most_record_bytes);
    passwd entry{};
    passwd* found = nullptr;
    const bool is_known =
        ::getpwuid_r(user, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr;
    return is_known ? std::string(entry.pw_dir) : std::string();
}

std::string group_name(gid_t id) {
    std::vector<char> buffer(most_record_bytes);
    group entry{};
    group* found = nullptr;
    const bool is_known =
        ::getgrgid_r(id, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr;
    return is_known ? std::string(entry.gr_name) : std::to_string(id);
}

bool is_in_group(uid_t user, gid_t group) {
    const auto groups = user == ::geteuid() ? groups_of_process() : groups_of(user);
    return std::ranges::find(groups, group) != groups.end();
}

std::optional<account> service_account(const std::string& directory) {
    struct stat facts {};
    if (::stat(directory.c_str(), &facts) != 0 || !S_ISDIR(facts.st_mode) || facts.st_uid == 0) {
        return std::nullopt;
    }
    return account{facts.st_uid, facts.st_gid};
}

std::string directory_of(const std::string& path) {
    const auto slash = path.rfind('/');
    return slash == std::string::npos ? "." : path.substr(0, std::max<std::size_t>(slash, 1));
}

std::string belongs_to(const std::string& path) {
    struct stat facts {};
    if (::stat(path.c_str(), &facts) != 0) {
        return {};
    }
    return " belongs to " + user_name(facts.st_uid) + ":" + group_name(facts.st_gid) + " (mode " +
           octal(facts.st_mode) + ")";
}

std::string access_advice(const std::string& path) {
    const auto self = ::geteuid();
    const auto owner = belongs_to(path);
    const auto text = " for the user " + user_name(self) + (owner.empty() ? owner : "; it" + owner);
    const auto service = service_account();
    if (self == 0 || (service && service->user == self)) {
        return text + ": let its group read it (chgrp " + group_name(::getegid()) +
               ", chmod 640; directories above it: chmod 750)";
    }
    return text + ": run this command as root" +
           (service ? " or as " + user_name(service->user)
                    : ", or as the user that the service runs as");
}

} // namespace sluice::core
