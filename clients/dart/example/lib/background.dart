// A download that continues after the app was closed: the system carries it out.

import 'dart:convert';

import 'package:background_downloader/background_downloader.dart';
import 'package:http/http.dart' as http;
import 'package:sluice_download/sluice_download.dart';

/// Downloads [media] in the background. [session] is the token of the user's session.
Future<TaskStatusUpdate> downloadInBackground(
  MediaRequest media, {
  required Uri endpoint,
  required String session,
  required GrantProvider grants,
  required void Function(double share) onProgress,
}) async {
  final grant = await grants(media);
  final task = DownloadTask(
    url: grant.url.toString(),
    filename: media.filename,
    directory: 'lessons',
    allowPause: true, // Android: without it, a download ends after nine minutes
    retries: 5,
    updates: Updates.statusAndProgress,
    options: TaskOptions(
      auth: Auth(
        accessToken: grant.token,
        accessHeaders: {'Authorization': 'Bearer {accessToken}'},
        accessTokenExpiryTime: grant.expiresAt,
        refreshToken: session,
        refreshHeaders: {'Authorization': 'Bearer {refreshToken}'},
        refreshUrl: endpoint.replace(queryParameters: media.parameters).toString(),
        onAuth: renewGrant,
      ),
    ),
  );
  return FileDownloader().download(task, onProgress: onProgress);
}

/// Runs in a separate isolate without access to the app: the task contains all it needs.
@pragma('vm:entry-point')
Future<Task?> renewGrant(Task task) async {
  final auth = task.options?.auth;
  final url = auth?.refreshUrl;
  if (auth == null || url == null) return null;
  final asked = DateTime.now();
  try {
    final answer = await http
        .get(Uri.parse(url), headers: auth.expandMap(auth.refreshHeaders))
        .timeout(const Duration(seconds: 20));
    if (answer.statusCode != 200) return null; // it is tried with the old token
    final grant =
        Grant.fromAnswer(jsonDecode(answer.body), base: Uri.parse(url), asked: asked);
    auth
      ..accessToken = grant.token
      ..accessTokenExpiryTime = grant.expiresAt;
    return task;
  } on Exception {
    return null;
  }
}
