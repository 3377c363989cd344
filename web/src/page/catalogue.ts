// The items of the page: those of catalogue.json, and the one in the URL's fragment.

import type { MediaRequest } from '../lib/index.js'
import { ownPath } from './own_path.js'
import { parseTokens, type TokenSettings } from './session.js'

export interface Item {
  readonly media: MediaRequest
  readonly title: string
  readonly subtitle?: string
  readonly size?: number
  /** The heading below which it stands. */
  readonly group?: string
  /** Seconds. */
  readonly duration?: number
  /** The path of a picture. */
  readonly thumbnail?: string
}

export interface Catalogue {
  readonly title?: string
  readonly items: readonly Item[]
  readonly tokens?: TokenSettings
}

const cacheKey = 'sluice.catalogue' // without the colon of the records

/** The list of the last visit, to be shown until loadCatalogue() has the new one. */
export function lastCatalogue(): Catalogue | undefined {
  try {
    const text = localStorage.getItem(cacheKey)
    return text === null ? undefined : parseCatalogue(JSON.parse(text))
  } catch {
    return undefined
  }
}

/** Reads catalogue.json. Returns an empty catalogue if there is no such file; throws if it cannot be read. */
export async function loadCatalogue(): Promise<Catalogue> {
  const response = await fetch('/catalogue.json', { cache: 'no-cache' })
  if (!response.ok && response.status !== 404) throw new Error(`catalogue: ${response.status}`)
  const text = response.ok ? await response.text() : '{}'
  const read = parseCatalogue(JSON.parse(text))
  try {
    localStorage.setItem(cacheKey, text)
  } catch {
    // The next visit starts with an empty list.
  }
  return read
}

export function parseCatalogue(value: unknown): Catalogue {
  const { title, user_id, items, tokens } = (value ?? {}) as Record<string, unknown>
  // Without a user, the list is for whoever is signed in.
  const common = { user_id: user_id ?? (tokens === undefined ? undefined : '') }
  const read = (Array.isArray(items) ? items : [])
    .map((item: unknown) => parseItem({ ...common, ...(item as object) }))
    .filter((item): item is Item => item !== undefined)
  return { ...(typeof title === 'string' && { title }), items: read, tokens: parseTokens(tokens) }
}

/**
 * "#type=course&user_id=…&course_id=…&filename=…" as an item; undefined for anything else. It has no title of
 * its own: anybody can write a link, and this text would look like one of the page. Nor has it a picture.
 */
export function itemOfHash(hash: string): Item | undefined {
  const { title: _, subtitle: __, group: ___, thumbnail: ____, ...raw } = Object.fromEntries(
    new URLSearchParams(hash.replace(/^#/, '')),
  )
  return parseItem(raw)
}

function parseItem(raw: Record<string, unknown>): Item | undefined {
  const media = parseMedia(raw)
  if (media === undefined) return undefined
  const { title, subtitle, group, size, duration } = raw
  const thumbnail = ownPath(raw['thumbnail'])
  return {
    media,
    title: text(title) ?? media.filename.replace(/\.[^.]+$/, ''),
    ...(text(subtitle) && { subtitle: text(subtitle)! }),
    ...(text(group) && { group: text(group)! }),
    ...(typeof size === 'number' && { size }),
    ...(typeof duration === 'number' && { duration }),
    ...(thumbnail && { thumbnail }),
  }
}

function parseMedia(raw: Record<string, unknown>): MediaRequest | undefined {
  const user_id = raw['user_id'] === '' ? '' : text(raw['user_id'])
  const filename = text(raw['filename'])
  const [rel, course_id, module_id] = [raw['rel'], raw['course_id'], raw['module_id']].map(text)
  if (user_id === undefined || !filename) return undefined
  const common = { user_id, filename }
  if (raw['type'] === 'lesson' && rel) return { ...common, type: 'lesson', rel }
  if (raw['type'] === 'course' && course_id) return { ...common, type: 'course', course_id }
  if (raw['type'] === 'module' && course_id && module_id) {
    return { ...common, type: 'module', course_id, module_id }
  }
  return undefined
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
