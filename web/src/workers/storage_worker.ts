// Writes to the origin's private file system in place, so that the bytes survive a reload or a crash of
// the page. Browsers offer the necessary handles in workers only. The protocol is that of
// lib/private_sink.ts: one reply per request, in order. The builds put this file into the library as a
// text (see inline_worker.ts) and into the service worker's script, so it must not import anything.

interface Handle {
  read(into: Uint8Array, options: { at: number }): number
  write(from: Uint8Array, options: { at: number }): number
  truncate(size: number): void
  getSize(): number
  flush(): void
  close(): void
}

export type StorageQuestion =
  | { op: 'open'; name: string }
  | { op: 'write'; at: number; data: Uint8Array }
  | { op: 'read'; at: number; length: number }
  | { op: 'truncate'; size: number }
  | { op: 'close' }

export type StorageAnswer =
  | { value: number | Uint8Array }
  | { error: { name: string; message: string } }

let handle: Handle | undefined

async function open(name: string): Promise<number> {
  const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('sluice', {
    create: true,
  })
  const file = (await folder.getFileHandle(name, { create: true })) as FileSystemFileHandle & {
    createSyncAccessHandle(): Promise<Handle>
  }
  handle = await file.createSyncAccessHandle()
  return handle.getSize()
}

function write(at: number, data: Uint8Array): number {
  const written = handle!.write(data, { at })
  if (written !== data.length) throw new DOMException('the disk is full', 'QuotaExceededError')
  return written
}

function read(at: number, length: number): Uint8Array {
  const into = new Uint8Array(length)
  return into.subarray(0, handle!.read(into, { at }))
}

function close(): number {
  handle?.flush()
  handle?.close()
  handle = undefined
  return 0
}

async function answer(question: StorageQuestion): Promise<number | Uint8Array> {
  switch (question.op) {
    case 'open':
      return await open(question.name)
    case 'write':
      return write(question.at, question.data)
    case 'read':
      return read(question.at, question.length)
    case 'truncate':
      handle!.truncate(question.size)
      return question.size
    case 'close':
      return close()
  }
}

/** Answers the questions of the page that started this worker. */
export function serveStorage(): void {
  addEventListener('message', async ({ data }: MessageEvent<StorageQuestion>) => {
    try {
      postMessage({ value: await answer(data) } satisfies StorageAnswer)
    } catch (cause) {
      const { name, message } = cause as Error
      postMessage({ error: { name, message } } satisfies StorageAnswer)
    }
  })
}
