// The fields of every request that this library sends. `test/requests.json` declares the same; the
// tests compare both, and the service's own tests replay that file against it.

/// The fields of a request for a token. [extra] come from the app, for example the token of its
/// user's session in `Authorization`.
Map<String, String> mintFields(Map<String, String> extra) => {
      'Accept': 'application/json, application/problem+json',
      ...extra,
    };

/// The fields of a request for the file, of which the first [have] bytes of the version [etag] are
/// on the disk. `identity`, because a range counts bytes of the file and not of a compressed form.
Map<String, String> downloadFields({
  required String token,
  required int have,
  required String etag,
}) =>
    {
      'Authorization': 'Bearer $token',
      'Accept-Encoding': 'identity',
      if (have > 0) 'Range': 'bytes=$have-',
      if (have > 0) 'If-Range': etag,
    };
