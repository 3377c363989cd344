// Every way a download can fail, as one type. An error of the service keeps the name in its problem
// document (the last part of `type`); failures on the device have names of their own.

import 'dart:async';
import 'dart:io';

import 'package:http/http.dart' as http;

/// How the library reacts to a failure without asking the user.
enum Reaction {
  /// Waits, then sends the request again.
  retry,

  /// Requests another token, then resumes.
  renew,

  /// Reports the failure to the user.
  fail,
}

/// The problem types of the service: the reaction, and the key of the text in messages.dart. The
/// reaction to any other type depends on its status.
const problems = <String, (Reaction, String)>{
  'malformed-request': (Reaction.fail, 'request-invalid'),
  'host-invalid': (Reaction.fail, 'request-invalid'),
  'framing-invalid': (Reaction.fail, 'request-invalid'),
  'field-repeated': (Reaction.fail, 'request-invalid'),
  'content-refused': (Reaction.fail, 'request-invalid'),
  'content-too-large': (Reaction.fail, 'request-invalid'),
  'target-too-long': (Reaction.fail, 'request-invalid'),
  'fields-too-large': (Reaction.fail, 'request-invalid'),
  'transfer-coding-unknown': (Reaction.fail, 'request-invalid'),
  'version-unsupported': (Reaction.fail, 'request-invalid'),
  'method-unknown': (Reaction.fail, 'request-invalid'),
  'method-not-allowed': (Reaction.fail, 'request-invalid'),
  'expectation-failed': (Reaction.fail, 'request-invalid'),
  'target-invalid': (Reaction.fail, 'request-invalid'),
  'query-invalid': (Reaction.fail, 'request-invalid'),
  'route-unknown': (Reaction.fail, 'not-found'),
  'parameter-missing': (Reaction.fail, 'request-invalid'),
  'parameter-repeated': (Reaction.fail, 'request-invalid'),
  'parameter-invalid': (Reaction.fail, 'request-invalid'),
  'parameter-not-applicable': (Reaction.fail, 'request-invalid'),
  'credential-missing': (Reaction.fail, 'token-refused'),
  'credential-malformed': (Reaction.fail, 'token-refused'),
  'token-invalid': (Reaction.renew, 'token-refused'),
  'token-expired': (Reaction.renew, 'token-expired'),
  'token-not-yet-valid': (Reaction.retry, 'token-refused'),
  'token-revoked': (Reaction.renew, 'token-refused'),
  'token-mismatch': (Reaction.fail, 'forbidden'),
  'not-entitled': (Reaction.fail, 'not-entitled'),
  'user-banned': (Reaction.fail, 'not-entitled'),
  'issuer-closed': (Reaction.fail, 'issuer-closed'),
  'issuer-credential-missing': (Reaction.fail, 'issuer-closed'),
  'issuer-credential-refused': (Reaction.fail, 'issuer-closed'),
  'issuer-key-invalid': (Reaction.fail, 'issuer-closed'),
  'issuer-not-permitted': (Reaction.fail, 'forbidden'),
  'rate-exceeded': (Reaction.retry, 'busy'),
  'session-invalid': (Reaction.fail, 'token-refused'),
  'session-expired': (Reaction.fail, 'token-expired'),
  'session-mismatch': (Reaction.fail, 'forbidden'),
  'media-not-found': (Reaction.fail, 'not-found'),
  'course-ambiguous': (Reaction.fail, 'ambiguous'),
  'precondition-failed': (Reaction.fail, 'changed'),
  'range-not-satisfiable': (Reaction.fail, 'changed'),
  'tls-required': (Reaction.fail, 'request-invalid'),
  'header-timeout': (Reaction.retry, 'network'),
  'too-many-connections': (Reaction.retry, 'busy'),
  'too-many-connections-from-peer': (Reaction.retry, 'busy'),
  'too-many-bad-credentials': (Reaction.retry, 'busy'),
  'too-many-downloads': (Reaction.retry, 'busy'),
  'media-unavailable': (Reaction.retry, 'unavailable'),
  'store-unavailable': (Reaction.retry, 'unavailable'),
  'session-keys-unavailable': (Reaction.retry, 'unavailable'),
  'handler-timeout': (Reaction.retry, 'unavailable'),
  'overloaded': (Reaction.retry, 'busy'),
  'draining': (Reaction.retry, 'unavailable'),
  'internal': (Reaction.retry, 'server-error'),
};

/// Failures on the device.
const localFailures = <String, (Reaction, String)>{
  'network': (Reaction.retry, 'network'),
  'timeout': (Reaction.retry, 'timeout'),
  'incomplete': (Reaction.retry, 'incomplete'),
  'unexpected-response': (Reaction.fail, 'server-error'),
  'changed': (Reaction.fail, 'changed'),
  'digest-mismatch': (Reaction.fail, 'digest-mismatch'),
  'storage-full': (Reaction.fail, 'storage-full'),
  'storage-denied': (Reaction.fail, 'storage-denied'),
  'storage-busy': (Reaction.fail, 'storage-busy'),
  'cancelled': (Reaction.fail, 'cancelled'),
};

class DownloadError implements Exception {
  const DownloadError(
    this.code, {
    this.status,
    this.retryAfter,
    this.requestId,
    this.parameter,
    this.cause,
  });

  /// Names the failure of [cause]; null if it comes from neither the network nor the disk, such as an
  /// exception of the app's own token provider. The library never retries after such an exception.
  static DownloadError? of(Object cause) {
    if (cause is DownloadError) return cause;
    if (cause is TimeoutException) return DownloadError('timeout', cause: cause);
    // Before IOException, which this one is too.
    if (cause is FileSystemException) return storageError(cause);
    if (cause is IOException || cause is http.ClientException) {
      return DownloadError('network', cause: cause);
    }
    return null;
  }

  /// A problem type of the service, `http-<status>` of a response without a problem document, or a
  /// key of [localFailures].
  final String code;

  /// The HTTP status, if there was a response.
  final int? status;

  final Duration? retryAfter;

  /// For the support: the service's log has it too.
  final String? requestId;

  /// The query parameter that the service rejects.
  final String? parameter;

  final Object? cause;

  Reaction get reaction => _row.$1;

  /// The key of the text for users.
  String get messageKey => _row.$2;

  (Reaction, String) get _row => problems[code] ?? localFailures[code] ?? _rowOfStatus(status ?? 0);

  static (Reaction, String) _rowOfStatus(int status) => switch (status) {
        401 => (Reaction.renew, 'token-refused'),
        403 => (Reaction.fail, 'forbidden'),
        404 || 410 => (Reaction.fail, 'not-found'),
        408 => (Reaction.retry, 'network'),
        429 => (Reaction.retry, 'busy'),
        502 || 503 || 504 => (Reaction.retry, 'unavailable'),
        >= 500 => (Reaction.retry, 'server-error'),
        >= 400 => (Reaction.fail, 'request-invalid'),
        _ => (Reaction.fail, 'server-error'),
      };

  @override
  String toString() => 'DownloadError($code${status == null ? '' : ', status $status'}'
      '${requestId == null ? '' : ', request $requestId'}${cause == null ? '' : ': $cause'})';
}

/// `storage-full` if the disk or the user's quota is full, otherwise `storage-denied`.
DownloadError storageError(FileSystemException cause) {
  final full = switch (Platform.operatingSystem) {
    'windows' => const {39, 112}, // ERROR_HANDLE_DISK_FULL, ERROR_DISK_FULL
    'ios' || 'macos' => const {28, 69}, // ENOSPC, EDQUOT
    _ => const {28, 122}, // the same on Linux and Android
  };
  final isFull = full.contains(cause.osError?.errorCode);
  return DownloadError(isFull ? 'storage-full' : 'storage-denied', cause: cause);
}
