import 'dart:async';
import 'dart:io';

import 'package:flutter/material.dart';
import 'package:sluice_download/sluice_download.dart';

import 'lessons.dart';

void main() => runApp(const ExampleApp());

class ExampleApp extends StatelessWidget {
  const ExampleApp({super.key});

  @override
  Widget build(BuildContext context) => const MaterialApp(home: Scaffold(body: LessonCard()));
}

class LessonCard extends StatefulWidget {
  const LessonCard({super.key});

  @override
  State<LessonCard> createState() => _LessonCardState();
}

class _LessonCardState extends State<LessonCard> {
  final _lessons = Lessons(
    endpoint: Uri.parse('https://server.focustagency.com/api/get-download-token/v2'),
    session: () async => 'the token of the signed-in user',
  );
  Download? _download;

  Future<void> _start() async {
    final language = Localizations.localeOf(context).languageCode;
    final messenger = ScaffoldMessenger.of(context);
    final download = _download ??= await _lessons.download(const LessonMedia(
      userId: 'trainer123',
      rel: 'trainer123/course456/module789/lesson001',
      filename: 'Video.mp4',
      resume: 604800, // a week
    ));
    if (!mounted) return;
    setState(() {});
    try {
      final File file = await download.start();
      messenger.showSnackBar(SnackBar(content: Text(file.path)));
    } on DownloadError catch (error) {
      if (error.code == 'cancelled') return;
      messenger.showSnackBar(SnackBar(content: Text(messageFor(error, language))));
    }
  }

  @override
  void dispose() {
    unawaited(_download?.dispose());
    _lessons.dispose();
    super.dispose();
  }

  @override
  Widget build(BuildContext context) {
    final download = _download;
    if (download == null) {
      return Center(child: FilledButton(onPressed: _start, child: const Text('Video.mp4')));
    }
    return StreamBuilder<Snapshot>(
      stream: download.changes,
      initialData: download.snapshot,
      builder: (context, state) => _progress(download, state.data!),
    );
  }

  Widget _progress(Download download, Snapshot now) {
    final size = now.size;
    final share = size == null || size == 0 ? null : now.received / size;
    return Column(mainAxisAlignment: MainAxisAlignment.center, children: [
      LinearProgressIndicator(value: share),
      switch (now.state) {
        DownloadState.paused => TextButton(onPressed: download.resume, child: const Text('▶')),
        DownloadState.idle ||
        DownloadState.failed =>
          TextButton(onPressed: _start, child: const Text('↻')),
        DownloadState.done => const Text('✓'),
        _ => TextButton(onPressed: download.pause, child: const Text('⏸')),
      },
    ]);
  }
}
