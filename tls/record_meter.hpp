#pragma once
// Limits the TLS records without data that a peer may send. OpenSSL reads such records in a loop of
// its own that ends only when the socket is empty, so a peer that keeps it full would occupy the
// thread (docs/security.md, threat 49). The meter follows the framing of the records (RFC 8446
// §5.1) and stops the bytes at the start of a record. It decrypts nothing and has no socket:
// tls/secure_socket, its user, has both.

#include <array>
#include <cstddef>
#include <span>

namespace sluice::tls {

class record_meter {
  public:
    /// Records in one call into OpenSSL. Each costs a few microseconds, a key update about ten.
    static constexpr unsigned records_per_turn = 8;
    /// Records in a handshake. Four to six are usual; some clients split their hello.
    static constexpr unsigned records_per_handshake = 128;
    /// Records without data after that. A client needs one or two in the life of a connection: a
    /// key update after 2^24 records of data, an alert before it closes.
    static constexpr unsigned spare_records = 32;

    enum class verdict {
        pass,  // up to may_take() bytes
        yield, // the turn is over; the next one continues
        close, // too many records without data
    };

    /// Starts a call into OpenSSL.
    void begin_turn() noexcept { in_turn_ = 0; }
    /// The verdict on the next byte.
    [[nodiscard]] verdict judge() const noexcept;
    /// The number of the `wanted` bytes that lie within the current record.
    [[nodiscard]] std::size_t may_take(std::size_t wanted) const noexcept;
    /// Records that `bytes` were taken, at most may_take().
    void took(std::span<const char> bytes) noexcept;

    /// Ends the handshake.
    void established() noexcept { spare_ = spare_records; }
    /// Records that data was read. A record with data pays for itself and for one without.
    void delivered() noexcept;

  private:
    static constexpr std::size_t header_size = 5; // type, version, length

    std::array<unsigned char, header_size> header_{};
    std::size_t header_has_ = 0; // bytes of the header read; all of them while a body is read
    std::size_t body_left_ = 0;
    unsigned in_turn_ = 0;
    unsigned unpaid_ = 0; // records begun since data was read
    unsigned spare_ = records_per_handshake;
};

} // namespace sluice::tls
