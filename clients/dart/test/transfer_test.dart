import 'dart:convert';
import 'dart:io';
import 'dart:math';

import 'package:crypto/crypto.dart';
import 'package:http/http.dart' as http;
import 'package:sluice_download/sluice_download.dart';
import 'package:test/test.dart';

import 'support/service.dart';

final _random = Random(1);
final content = List<int>.generate(200000, (_) => _random.nextInt(256));
final other = content.reversed.toList();

void main() {
  late Service service;
  late Directory folder;
  late File target;
  late http.Client client;
  var grants = 0;
  var lifetime = const Duration(minutes: 15);
  Duration? window;

  Future<Grant> mint(MediaRequest media) async {
    final now = DateTime.now();
    return Grant(
      token: 't${++grants}',
      url: service.url,
      expiresAt: now.add(lifetime),
      resumableUntil: window == null ? null : now.add(window!),
    );
  }

  Download download({GrantProvider? from, Duration stall = const Duration(seconds: 5)}) => Download(
        media: const LessonMedia(userId: 'u', rel: 'a/b/c/d', filename: 'x.mp4'),
        target: target,
        grants: from ?? mint,
        client: client,
        retry: const RetryPolicy(
            base: Duration(milliseconds: 1), cap: Duration(milliseconds: 5), attempts: 3),
        stallTimeout: stall,
      );

  File beside(String suffix) => File('${target.path}.$suffix');

  Matcher failsWith(String code) =>
      throwsA(isA<DownloadError>().having((error) => error.code, 'code', code));

  Future<void> expectComplete(Download one, List<int> bytes) async {
    await one.start();
    expect(target.readAsBytesSync(), bytes);
    expect([beside('part').existsSync(), beside('etag').existsSync()], [false, false]);
  }

  setUp(() async {
    service = await Service.open();
    client = newClient();
    folder = Directory.systemTemp.createTempSync('sluice');
    target = File('${folder.path}/lessons/x.mp4');
    (grants, lifetime, window) = (0, const Duration(minutes: 15), null);
  });

  tearDown(() async {
    client.close();
    await service.close();
    folder.deleteSync(recursive: true);
  });

  test('continues behind the last byte after each cut', () async {
    service.play([
      whole(content, '"a"', upTo: 50000),
      part(content, '"a"', upTo: 60000),
      part(content, '"a"'),
    ]);
    await expectComplete(download(), content);
    expect(service.sent('range'), [null, 'bytes=50000-', 'bytes=110000-']);
    expect(service.sent('if-range'), [null, '"a"', '"a"']);
    expect(service.sent('authorization'), List.filled(3, 'Bearer t1'));
  });

  test('continues what an app that was killed has left', () async {
    service.play([whole(content, '"a"', upTo: 50000), refusal(404, 'media-not-found')]);
    await expectLater(download().start(), failsWith('media-not-found'));
    expect(target.existsSync(), false);
    service.play([part(content, '"a"')]);
    await expectComplete(download(), content);
    expect(service.sent('range'), ['bytes=50000-']);
  });

  test('starts again when the version is another one', () async {
    service.play([whole(content, '"a"', upTo: 50000), whole(other, '"b"')]);
    await expectComplete(download(), other);
  });

  test('does not trust a 206 of another version', () async {
    service.play([whole(content, '"a"', upTo: 50000), part(other, '"b"'), whole(other, '"b"')]);
    await expectComplete(download(), other);
  });

  test('a 416 says that the file is complete, or another one', () async {
    target.parent.createSync(recursive: true);
    beside('part').writeAsBytesSync(content);
    beside('etag').writeAsStringSync('"a"');
    final range = {'Content-Range': 'bytes */${content.length}', 'ETag': '"a"'};
    service.play([refusal(416, 'range-not-satisfiable', range)]);
    await expectComplete(download(), content);

    beside('part').writeAsBytesSync(content);
    beside('etag').writeAsStringSync('"z"');
    service.play([refusal(416, 'range-not-satisfiable', range), whole(other, '"b"')]);
    await expectComplete(download(), other);
  });

  test('does not resume what has no strong tag', () async {
    service.play([whole(content, 'W/"a"', upTo: 1000), whole(content, 'W/"a"')]);
    await expectComplete(download(), content);
    expect(service.sent('range'), [null, null]);
  });

  test('requests a new token after token-expired, at most twice in a row', () async {
    final expired = refusal(401, 'token-expired');
    service.play([
      expired,
      whole(content, '"a"', upTo: 10),
      expired,
      expired,
      part(content, '"a"'),
    ]);
    await expectComplete(download(), content);
    expect(grants, 4);
    service.play([expired, expired, expired]);
    await expectLater(download().start(), failsWith('token-expired'));
  });

  test('uses the resume window for a resume, and only for a resume', () async {
    (lifetime, window) = (const Duration(seconds: 1), const Duration(hours: 1));
    service.play([whole(content, '"a"', upTo: 50000), part(content, '"a"')]);
    await expectComplete(download(), content);
    expect(service.sent('authorization'), ['Bearer t1', 'Bearer t1']);
    expect(grants, 1);
  });

  test('requests a new token before the old one expires', () async {
    lifetime = const Duration(seconds: 1);
    service.play([whole(content, '"a"', upTo: 50000), part(content, '"a"')]);
    await expectComplete(download(), content);
    expect(service.sent('authorization'), ['Bearer t1', 'Bearer t2']);
  });

  test('gives up a connection without bytes, and says why it waits', () async {
    service.play([(_) {}, whole(content, '"a"')]);
    final one = download(stall: const Duration(milliseconds: 200));
    final waits = <String>[];
    one.changes.listen((each) {
      if (each.state == DownloadState.waiting) waits.add(each.error!.code);
    });
    await expectComplete(one, content);
    expect(waits, ['timeout']);
  });

  test('waits as long as the service asks', () async {
    service.play([refusal(503, 'draining', {'Retry-After': '1'}), whole(content, '"a"')]);
    final clock = Stopwatch()..start();
    await expectComplete(download(), content);
    expect(clock.elapsed, greaterThanOrEqualTo(const Duration(seconds: 1)));
    service.play([refusal(503, 'draining', {'Retry-After': '3600'})]);
    await expectLater(download().start(), failsWith('draining'));
  });

  test('fails after too many failures without a byte', () async {
    service.play(List.filled(9, refusal(500, 'internal')));
    await expectLater(download().start(), failsWith('internal'));
    expect(service.requests.length, 4);
  });

  test('an exception of the token provider reaches the app at once', () async {
    service.play([]);
    final one = download(from: (_) => throw const FormatException('signed out'));
    await expectLater(one.start(), throwsFormatException);
    expect(one.snapshot.state, DownloadState.failed);
  });

  test('sends the token of the session, and reads the answer', () async {
    service.play([
      (request) async {
        request.response.write(jsonEncode({
          'token': 't', 'expires_in': 900, 'download_url': '${service.url}', //
          'resume_expires_in': 4500,
        }));
        await request.response.close();
      },
    ]);
    final provider = endpointProvider(service.url, client: client, session: () async => 's1');
    final grant = await provider(const CourseMedia(userId: 'u', courseId: 'c', filename: 'é.mp4'));
    expect(service.sent('authorization'), ['Bearer s1']);
    expect((grant.token, grant.url), ('t', service.url));
    expect(grant.resumableUntil!.difference(grant.expiresAt), const Duration(hours: 1));
  });

  test('pauses without a connection, and continues', () async {
    service.play([whole(content, '"a"', upTo: 50000), part(content, '"a"')]);
    final one = download();
    one.changes.listen((each) {
      if (each.received == 50000 && each.state == DownloadState.running) one.pause();
    });
    final running = one.start();
    await Future<void>.delayed(const Duration(milliseconds: 300));
    expect((one.snapshot.state, service.requests.length), (DownloadState.paused, 1));
    one.resume();
    await running;
    expect(target.readAsBytesSync(), content);
  });

  test('cancel keeps what is there until it is discarded', () async {
    service.play([whole(content, '"a"', upTo: 50000), (_) {}]);
    final one = download();
    one.changes.listen((each) {
      if (each.state == DownloadState.waiting) one.cancel();
    });
    await expectLater(one.start(), failsWith('cancelled'));
    expect(beside('part').lengthSync(), 50000);
    await one.discard();
    expect([beside('part').existsSync(), beside('etag').existsSync()], [false, false]);
  });

  test('two downloads to one place', () async {
    service.play([(_) {}]);
    final first = download();
    final running = first.start();
    await expectLater(download().start(), failsWith('storage-busy'));
    first.cancel();
    await expectLater(running, failsWith('cancelled'));
  });

  test('checks the digest over everything, earlier sessions included', () async {
    final fields = {'Repr-Digest': 'sha-256=:${base64.encode(sha256.convert(content).bytes)}:'};
    service.play([whole(content, '"a"', upTo: 50000, fields: fields), part(content, '"a"')]);
    await expectComplete(download(), content);
    service.play([whole(other, '"b"', fields: fields)]);
    await expectLater(download().start(), failsWith('digest-mismatch'));
    expect(beside('part').existsSync(), false);
  });

  test('an empty file', () async {
    service.play([whole(const [], '"a"')]);
    await expectComplete(download(), const []);
  });

  test('a response without a length', () async {
    service.play([
      (request) async {
        request.response.headers.chunkedTransferEncoding = true;
        request.response.write('x');
        await request.response.close();
      },
    ]);
    await expectLater(download().start(), failsWith('unexpected-response'));
  });
}
