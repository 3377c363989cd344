#pragma once
// The users and groups that files belong to: their names, and the user of the installed service. It
// reads the user database, which may ask a server: start-up, reload and commands only. Used by
// core/files, the SQLite store and app.

#include <sys/types.h>

#include <optional>
#include <string>

namespace sluice::core {

/// The name of the user, or his number when the database does not have him.
[[nodiscard]] std::string user_name(uid_t user);
/// His home directory; empty when the database does not have him.
[[nodiscard]] std::string home_of(uid_t user);
/// The name of the group, or its number.
[[nodiscard]] std::string group_name(gid_t group);

/// True when `user` is in `group`. For the user of this process, the groups of the process decide.
[[nodiscard]] bool is_in_group(uid_t user, gid_t group);

/// A user and his primary group.
struct account {
    uid_t user;
    gid_t group;
};

/// The state directory of the package's unit. systemd gives it to the user that the service runs as
/// (StateDirectory=, User=), so its owner is that user, also after a change of the unit.
inline constexpr const char* state_directory = "/var/lib/sluice";

/// The owner of `directory`; nullopt when it does not exist or belongs to root. With
/// state_directory: the user of the installed service.
[[nodiscard]] std::optional<account>
service_account(const std::string& directory = state_directory);

/// The directory that contains `path`.
[[nodiscard]] std::string directory_of(const std::string& path);

/// " belongs to root:sluice (mode 0640)"; empty when the file cannot be examined.
[[nodiscard]] std::string belongs_to(const std::string& path);

/// The end of a message about a file that this process may not read, with the remedy: " for the
/// user anna; it belongs to root:sluice (mode 0640): run this command as root or as sluice".
[[nodiscard]] std::string access_advice(const std::string& path);

} // namespace sluice::core
