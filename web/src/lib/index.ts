// The public interface of the package. README.md shows how to use it.

export { DownloadManager, type ManagerEvents, type ManagerOptions } from './manager.js'
export { Download } from './download.js'
export type { DownloadEvents, DownloadOptions, Snapshot, State } from './state.js'
export { type Method, freeSpace } from './method.js'
export {
  endpointProvider,
  mediaKey,
  readGrant,
  type EndpointOptions,
  type Grant,
  type GrantProvider,
  type MediaRequest,
} from './media.js'
export {
  DownloadError,
  toDownloadError,
  type ErrorFacts,
  type LocalFailure,
  type MessageKey,
  type Reaction,
} from './errors.js'
export { messageFor, messages, type Language } from './messages.js'
export { hasPicker, pickFile } from './sinks.js'
export { defaultRetryPolicy, type RetryPolicy } from './backoff.js'
export { Transfer, type FileFacts, type Sink, type TransferOptions } from './transfer.js'
