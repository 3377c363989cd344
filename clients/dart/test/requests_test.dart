import 'dart:convert';
import 'dart:io';

import 'package:sluice_download/sluice_download.dart';
import 'package:sluice_download/src/requests.dart';
import 'package:test/test.dart';

Map<String, dynamic> _declared() =>
    jsonDecode(File('test/requests.json').readAsStringSync()) as Map<String, dynamic>;

Map<String, dynamic> _request(String name) =>
    (_declared()['requests'] as Map<String, dynamic>)[name] as Map<String, dynamic>;

MediaRequest _media(Map<String, dynamic> all) {
  String text(String name) => all[name] as String;
  int? number(String name) => int.tryParse(all[name] as String? ?? '');
  final userId = text('user_id');
  final filename = text('filename');
  final (ttl, resume) = (number('ttl'), number('resume'));
  return switch (all['type']) {
    'lesson' => LessonMedia(
        userId: userId, rel: text('rel'), filename: filename, ttl: ttl, resume: resume),
    'course' => CourseMedia(
        userId: userId, courseId: text('course_id'), filename: filename, ttl: ttl, resume: resume),
    _ => ModuleMedia(
        userId: userId,
        courseId: text('course_id'),
        moduleId: text('module_id'),
        filename: filename,
        ttl: ttl,
        resume: resume),
  };
}

void main() {
  test('requests for a token', () {
    expect(mintFields({}), _request('token')['fields']);
    expect(mintFields({'Authorization': 'Bearer {session}'}),
        _request('token with a session')['fields']);
  });

  test('requests for a file', () {
    for (final name in ['file', 'rest of a file']) {
      final request = _request(name);
      final fields =
          downloadFields(token: '{token}', have: request['have'] as int, etag: '{etag}');
      expect(fields, request['fields'], reason: name);
    }
  });

  test('parameters of the three types', () {
    for (final each in _declared()['media'] as List<dynamic>) {
      final all = each as Map<String, dynamic>;
      expect(_media(all).parameters, all);
    }
  });
}
