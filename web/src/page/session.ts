// The source of the page's tokens, as catalogue.json states it.

import {
  DownloadError,
  endpointProvider,
  type GrantProvider,
  type MediaRequest,
} from '../lib/index.js'
import { ownPath } from './own_path.js'

/** The member `tokens` of catalogue.json. */
export interface TokenSettings {
  /** Your back end, which answers like the token endpoint; the browser sends its cookies. */
  readonly endpoint?: string
  /** Gives the session token (JWT) of the signed-in user: `{"token": "…"}`, or the token as text. */
  readonly session?: string
  /** A module: `headers()` returns the fields of a token request; `provider(media, signal)` replaces it. */
  readonly script?: string
  /** The page where the user signs in. */
  readonly signIn?: string
  /** Seconds of the resume window that is requested with each token; a day by default. */
  readonly resume?: number
}

const defaultResume = 86_400

interface SessionModule {
  readonly headers?: () => HeadersInit | Promise<HeadersInit>
  readonly provider?: GrantProvider
}

/** Reads `tokens`; throws if an address is not a path of this origin, or `resume` not a number of seconds. */
export function parseTokens(value: unknown): TokenSettings {
  const raw = (value ?? {}) as Record<string, unknown>
  const read = (name: string): string | undefined => {
    const path = ownPath(raw[name])
    if (path !== undefined || raw[name] === undefined) return path
    throw new Error(`catalogue.json: tokens.${name} must be a path of this origin, such as "/token"`)
  }
  const resume = raw['resume']
  if (resume !== undefined && !(Number.isInteger(resume) && Number(resume) >= 0)) {
    throw new Error('catalogue.json: tokens.resume must be a number of seconds, such as 86400; 0 requests no resume window')
  }
  const found = { resume, endpoint: read('endpoint'), session: read('session'), script: read('script'), signIn: read('sign_in') }
  return Object.fromEntries(Object.entries(found).filter(([, each]) => each !== undefined))
}

/** The provider of the page. It waits for the settings, because downloads are restored before the list is there. */
export function sessionProvider(settings: () => Promise<TokenSettings>): GrantProvider {
  let session: Promise<string> | undefined
  return async (media, signal) => {
    const all = await settings()
    const { endpoint, session: address, script } = all
    const module = script === undefined ? {} : ((await import(/* @vite-ignore */ script)) as SessionModule)
    if (module.provider) return await module.provider(media, signal)
    if (address !== undefined) session ??= fetchSession(address)
    const mint = endpointProvider({
      resume: all.resume ?? defaultResume,
      ...(endpoint !== undefined && { endpoint }),
      headers: async () =>
        session === undefined ? ((await module.headers?.()) ?? {}) : { Authorization: `Bearer ${await session}` },
    })
    try {
      return await mint(withUser(media, await session), signal)
    } catch (cause) {
      session = undefined
      throw hasSession(all) ? signedOut(cause) : cause
    }
  }
}

async function fetchSession(address: string): Promise<string> {
  const response = await fetch(address, { cache: 'no-store', referrerPolicy: 'no-referrer' })
  if (!response.ok) throw signedOut(new DownloadError({ code: `http-${response.status}`, status: response.status }))
  const text = (await response.text()).trim()
  return text.startsWith('{') ? String((JSON.parse(text) as { token: unknown }).token) : text
}

function hasSession({ endpoint, session, script }: TokenSettings): boolean {
  return endpoint !== undefined || session !== undefined || script !== undefined
}

function signedOut(cause: unknown): unknown {
  const isOut = cause instanceof DownloadError && (cause.status === 401 || cause.code === 'session-expired')
  return isOut ? new DownloadError('signed-out', cause) : cause
}

/** A list without `user_id` is for whoever is signed in: the subject of the session token. */
function withUser(media: MediaRequest, token: string | undefined): MediaRequest {
  if (media.user_id !== '' || token === undefined) return media
  const payload = token.split('.')[1] ?? ''
  const text = atob(payload.replace(/-/g, '+').replace(/_/g, '/'))
  const bytes = Uint8Array.from(text, (char) => char.charCodeAt(0))
  const { sub } = JSON.parse(new TextDecoder().decode(bytes)) as { sub?: unknown }
  return { ...media, user_id: String(sub) }
}
