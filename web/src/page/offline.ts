// The page's side of its own worker: registers it, tells it which files the page consists of, and answers
// its questions for tokens.

import type { GrantProvider, MediaRequest } from '../lib/index.js'
import { isShell, previewPath, type GrantQuestion, type ShellMessage } from './offline_protocol.js'

const grantTimeout = 30_000

/** Without service workers (not a secure context, or forbidden) the page works, but only with a network. */
export async function registerShell(provider: GrantProvider): Promise<void> {
  if (!('serviceWorker' in navigator)) return
  navigator.serviceWorker.addEventListener('message', (event) => void answer(event, provider))
  try {
    await navigator.serviceWorker.register('/shell.js', { scope: '/' })
    const { active } = await navigator.serviceWorker.ready
    active?.postMessage({ kind: 'shell', paths: paths() } satisfies ShellMessage)
  } catch (cause) {
    console.info('The page cannot be opened without a network.', cause)
  }
}

/** Whether a video can be played before it has been downloaded. */
export function canPreview(): boolean {
  return navigator.serviceWorker?.controller != null
}

export function previewUrl(media: MediaRequest): string {
  return `${previewPath}?${new URLSearchParams({ media: JSON.stringify(media) })}`
}

function paths(): string[] {
  const loaded = performance.getEntriesByType('resource').map(({ name }) => new URL(name))
  const own = loaded.filter(({ origin }) => origin === location.origin).map(({ pathname }) => pathname)
  return [...new Set(['/', '/sw.js', '/favicon.svg', '/site.webmanifest', ...own])].filter(isShell)
}

async function answer({ data, ports }: MessageEvent, provider: GrantProvider): Promise<void> {
  const question = data as GrantQuestion
  if (question?.kind !== 'grant') return
  const media = JSON.parse(question.media) as MediaRequest
  const grant = await provider(media, AbortSignal.timeout(grantTimeout)).catch(() => null)
  ports[0]?.postMessage(grant)
}
