// The names and messages that the page and its worker (workers/shell.ts) share.

/** The player's address of a file; the query has its parameters, as JSON in `media`. No token. */
export const previewPath = '/preview'

export const shellCache = 'sluice-shell'

export type ShellMessage = { kind: 'shell'; paths: string[] }

/** The message of the worker, with a port for the answer: a Grant, or null. */
export interface GrantQuestion {
  readonly kind: 'grant'
  readonly media: string
}

/** Whether a path is a part of the page that opens without a network. The list of videos is not: the page keeps it. */
export function isShell(path: string): boolean {
  return /^\/(?:index\.html|favicon\.svg|site\.webmanifest|sw\.js|assets\/[\w.-]+)?$/.test(path)
}
