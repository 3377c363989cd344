// Resumable downloads from Sluice for Dart and Flutter.
//
// Download is one file as a user sees it. Start with its documentation.

export 'src/backoff.dart' show RetryPolicy;
export 'src/download.dart' show Download, DownloadState, Snapshot;
export 'src/errors.dart' show DownloadError, Reaction, problems, localFailures;
export 'src/facts.dart' show FileFacts;
export 'src/grants.dart' show Grant, GrantProvider, endpointProvider;
export 'src/media.dart' show CourseMedia, LessonMedia, MediaRequest, ModuleMedia;
export 'src/messages.dart' show messageFor, messages;
export 'src/transfer.dart' show Transfer, newClient;
