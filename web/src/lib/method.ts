// Chooses how a download is saved, and checks that there is room for it.

import { DownloadError } from './errors.js'
import { hasPrivateStorage } from './private_sink.js'
import { memoryLimit } from './sinks.js'
import { hasServiceWorker } from './worker_client.js'

/**
 * - `private`: into the origin's private storage, then saved by the browser: survives a reload.
 * - `worker`: by the browser's own download manager, through the service worker: for any size.
 * - `picker`: into a file that the user picked beforehand (Chromium on a desktop).
 * - `memory`: in memory; the last resort.
 */
export type Method = 'private' | 'worker' | 'picker' | 'memory'

/** Bytes left free beside the file: a completely full disk slows the whole device down. */
const margin = 16 << 20

/** Bytes that this origin may still store; undefined if the browser does not report it. */
export async function freeSpace(): Promise<number | undefined> {
  const { quota, usage } = (await navigator.storage?.estimate?.()) ?? {}
  return quota === undefined ? undefined : quota - (usage ?? 0)
}

async function fits(bytes: number): Promise<boolean> {
  const free = await freeSpace()
  return free === undefined || free >= bytes + margin
}

/** The best way for a file that still needs `missing` of its `size` bytes. */
export async function chooseMethod(size: number, missing: number): Promise<Method> {
  if (hasPrivateStorage() && (await fits(missing))) return 'private'
  if (hasServiceWorker()) return 'worker'
  if (size <= memoryLimit) return 'memory'
  throw new DownloadError(hasPrivateStorage() ? 'storage-full' : 'too-large')
}

/** Throws if the requested method cannot save the file. */
export async function checkMethod(method: Method, size: number, missing: number): Promise<void> {
  if (method === 'private') {
    if (!hasPrivateStorage()) throw new DownloadError('unsupported')
    if (!(await fits(missing))) throw new DownloadError('storage-full')
  }
  if (method === 'worker' && !hasServiceWorker()) throw new DownloadError('unsupported')
  if (method === 'memory' && size > memoryLimit) throw new DownloadError('too-large')
}
