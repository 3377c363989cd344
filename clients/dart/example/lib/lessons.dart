// The downloads of an app: one client, one token provider, one place for the files.

import 'dart:io';

import 'package:http/http.dart' as http;
import 'package:path_provider/path_provider.dart';
import 'package:sluice_download/sluice_download.dart';

class Lessons {
  Lessons({required this.endpoint, required Future<String> Function() session})
      : _client = newClient() {
    _grants = endpointProvider(endpoint, client: _client, session: session);
  }

  /// For example https://server.focustagency.com/api/get-download-token/v2
  final Uri endpoint;
  final http.Client _client;
  late final GrantProvider _grants;

  Future<Download> download(LessonMedia media) async {
    final folder = await getApplicationSupportDirectory();
    return Download(
      media: media,
      target: File('${folder.path}/lessons/${media.rel}/${media.filename}'),
      grants: _grants,
      client: _client,
    );
  }

  void dispose() => _client.close();
}
