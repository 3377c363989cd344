// The facts of a file, as the service reports them with each response.

import 'dart:convert';

import 'errors.dart';

class FileFacts {
  const FileFacts({required this.size, required this.etag, this.digest});

  /// From the fields of a 200 (names in lower case). [length] is the Content-Length.
  factory FileFacts.of(Map<String, String> fields, {required int? length}) {
    final coding = fields['content-encoding'] ?? 'identity';
    if (length == null || length < 0 || coding != 'identity') {
      throw const DownloadError('unexpected-response'); // a proxy has changed it on the way
    }
    return FileFacts(
      size: length,
      etag: strongTag(fields['etag']),
      digest: sha256Of(fields['repr-digest']),
    );
  }

  final int size;

  /// The strong entity tag of this version, which a resume needs; empty without one.
  final String etag;

  /// The SHA-256 of the whole file, where the service knows it (Repr-Digest, RFC 9530).
  final List<int>? digest;
}

/// [value] if it is a strong entity tag, otherwise ''. A weak tag does not promise equal bytes.
String strongTag(String? value) =>
    value != null && value.length >= 2 && value.startsWith('"') ? value : '';

/// The sha-256 member of a Repr-Digest field; null if there is none or it is malformed.
List<int>? sha256Of(String? value) {
  final match = RegExp(r'(?:^|,)\s*sha-256=:([A-Za-z0-9+/=]{44}):').firstMatch(value ?? '');
  return match == null ? null : base64.decode(match.group(1)!);
}
