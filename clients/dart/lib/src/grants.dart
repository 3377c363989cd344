// Tokens, and where they come from.

import 'dart:async';
import 'dart:convert';

import 'package:http/http.dart' as http;

import 'errors.dart';
import 'media.dart';
import 'problem.dart';
import 'requests.dart';

/// A token and the one URL that it is valid for.
class Grant {
  const Grant({
    required this.token,
    required this.url,
    required this.expiresAt,
    this.resumableUntil,
  });

  /// Reads the answer of the token endpoint. [asked] is when the request was sent, by the clock of
  /// this device; [base] resolves a relative URL.
  factory Grant.fromAnswer(Object? answer, {required Uri base, required DateTime asked}) {
    if (answer is! Map<String, dynamic>) throw const DownloadError('unexpected-response');
    final token = answer['token'];
    final url = answer['download_url'];
    final lifetime = answer['expires_in'];
    final window = answer['resume_expires_in'];
    if (token is! String || url is! String || lifetime is! num) {
      throw const DownloadError('unexpected-response');
    }
    return Grant(
      token: token,
      url: base.resolve(url),
      expiresAt: asked.add(Duration(seconds: lifetime.toInt())),
      resumableUntil: window is num ? asked.add(Duration(seconds: window.toInt())) : null,
    );
  }

  final String token;
  final Uri url;

  /// The end of the time in which a download can be started.
  final DateTime expiresAt;

  /// The end of the time in which a download that has begun can be continued, if the service
  /// granted such a window.
  final DateTime? resumableUntil;

  /// A token that ends within this time is not used: the request could arrive too late.
  static const margin = Duration(seconds: 2);

  /// Whether the service will accept it at [now] for a request that starts ([isResume] false) or
  /// continues a download.
  bool admits(DateTime now, {required bool isResume}) {
    final window = resumableUntil;
    final end = isResume && window != null && window.isAfter(expiresAt) ? window : expiresAt;
    return now.add(margin).isBefore(end);
  }
}

/// The source of grants: [endpointProvider], or a function that calls your own back end.
typedef GrantProvider = Future<Grant> Function(MediaRequest media);

/// Calls the token endpoint of Sluice, or an endpoint with the same responses. [session] returns the
/// token of your user's session, which is sent as `Authorization: Bearer …`; it is called before each
/// request. [headers] returns further fields, and replaces [session] if it returns `Authorization`.
GrantProvider endpointProvider(
  Uri endpoint, {
  required http.Client client,
  FutureOr<String> Function()? session,
  FutureOr<Map<String, String>> Function()? headers,
}) =>
    (media) async {
      final credential = session == null ? null : await session();
      final extra = headers == null ? const <String, String>{} : await headers();
      final request = http.Request('GET', endpoint.replace(queryParameters: media.parameters))
        ..followRedirects = false
        ..headers.addAll(mintFields({
          if (credential != null) 'Authorization': 'Bearer $credential',
          ...extra,
        }));
      final asked = DateTime.now();
      final response = await client.send(request);
      if (response.statusCode != 200) throw await readProblem(response);
      final body = await http.Response.fromStream(response);
      try {
        return Grant.fromAnswer(jsonDecode(body.body), base: endpoint, asked: asked);
      } on FormatException catch (cause) {
        throw DownloadError('unexpected-response', cause: cause);
      }
    };
