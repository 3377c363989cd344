// The page: a list of videos from the catalogue, each with its download.

import {
  DownloadManager,
  hasPicker,
  mediaKey,
  messageFor,
  pickFile,
  toDownloadError,
  type Download,
  type Method,
} from '../lib/index.js'
import { Card } from './card.js'
import { itemOfHash, loadCatalogue, type Catalogue, type Item } from './catalogue.js'
import { byId, element, icon, setText } from './dom.js'
import { Preferences, type Theme } from './preferences.js'
import { showSnack } from './snackbar.js'
import { words, type Words } from './text.js'

const preferences = new Preferences()
const manager = new DownloadManager({ storageWorker: '/sw.js' })
const cards = new Map<string, Card>()
let catalogue: Catalogue = { items: [] }

const say = (): Words => words[preferences.language]

function snack(text: string, more: { isError?: boolean; action?: { label: string; act: () => void } } = {}): void {
  showSnack({ text, dismissLabel: say().dismiss, ...more })
}

async function start(item: Item): Promise<void> {
  const method = preferences.method
  try {
    const handle = method === 'picker' ? await pickFile(item.media.filename) : undefined
    const known = manager.find(item.media)
    if (known?.snapshot.state === 'cancelled') await manager.remove(known) // it may be saved another way now
    manager.add(item.media, handle ? { handle } : method === 'auto' ? {} : { method })
  } catch (cause) {
    const why = toDownloadError(cause)
    if (why.code !== 'cancelled') snack(messageFor(why, preferences.language), { isError: true })
  }
}

function addCard(item: Item): void {
  const key = mediaKey(item.media)
  if (cards.has(key)) return
  const card = new Card(item, preferences, {
    start: (wanted) => void start(wanted),
    remove: (download) => void manager.remove(download),
  })
  cards.set(key, card)
  card.follow(manager.find(item.media))
  byId('list').append(card.root)
}

function watch(download: Download): void {
  let before = download.snapshot.state
  download.addEventListener('change', () => {
    const { state, error } = download.snapshot
    if (state === before) return
    before = state
    const card = cards.get(mediaKey(download.media))
    const name = card?.item.title ?? download.name
    if (state === 'done') snack(say().done(name))
    if (state === 'failed' && error !== undefined) {
      snack(say().failed(name, messageFor(error, preferences.language)), {
        isError: true,
        // A permanent refusal is not retried.
        ...((error.status ?? 500) >= 500 && {
          action: { label: say().retry, act: () => download.resume() },
        }),
      })
    }
    if (state === 'waiting' && error !== undefined && error.code !== 'offline') {
      snack(say().failed(name, messageFor(error, preferences.language)))
    }
  })
}

manager.addEventListener('add', (event) => {
  const download = event.detail
  watch(download)
  const { media } = download
  if (!cards.has(mediaKey(media))) addCard({ media, title: download.name.replace(/\.[^.]+$/, '') })
  cards.get(mediaKey(media))?.follow(download)
})
manager.addEventListener('remove', (event) => {
  const download = event.detail
  cards.get(mediaKey(download.media))?.follow(undefined)
})

function translate(): void {
  preferences.apply()
  const text = say()
  document.title = text.brand
  for (const node of document.querySelectorAll<HTMLElement>('[data-text]')) {
    setText(node, text[node.dataset['text'] as 'brand' | 'skip' | 'all' | 'method'])
  }
  const other = preferences.language === 'fr' ? 'en' : 'fr'
  const language = byId('language')
  language.lang = other
  setText(language, other === 'en' ? 'English' : 'Français')
  const theme = byId('theme')
  theme.replaceChildren(icon(preferences.theme))
  theme.setAttribute('aria-label', text.theme[preferences.theme])
  theme.title = text.theme[preferences.theme]
  setText(byId('offline'), navigator.onLine ? '' : text.offline)
  setText(byId('hint'), text.hints[preferences.method])
  drawMethods()
  if (byId('list').getAttribute('aria-busy') === 'false') drawIntro()
}

function drawMethods(): void {
  const text = say()
  const methods: (Method | 'auto')[] = ['auto', 'private', 'worker', 'picker', 'memory']
  const select = byId<HTMLSelectElement>('method')
  select.replaceChildren(
    ...methods
      .filter((method) => method !== 'picker' || hasPicker())
      .map((method) => element('option', { value: method }, text.methods[method])),
  )
  select.value = preferences.method
}

function drawIntro(): void {
  setText(byId('title'), catalogue.title ?? say().title)
  setText(byId('summary'), say().summary(cards.size))
  byId<HTMLButtonElement>('all').disabled = cards.size === 0
}

function listen(): void {
  byId('language').addEventListener('click', () =>
    preferences.set('language', preferences.language === 'fr' ? 'en' : 'fr'),
  )
  byId('theme').addEventListener('click', () => {
    const next: Record<Theme, Theme> = { auto: 'light', light: 'dark', dark: 'auto' }
    preferences.set('theme', next[preferences.theme])
  })
  byId<HTMLSelectElement>('method').addEventListener('change', (event) =>
    preferences.set('method', (event.target as HTMLSelectElement).value as Method | 'auto'),
  )
  byId('all').addEventListener('click', () => {
    for (const { item } of cards.values()) {
      const state = manager.find(item.media)?.snapshot.state ?? 'cancelled'
      if (['cancelled', 'paused', 'failed'].includes(state)) void start(item)
    }
  })
  addEventListener('offline', () => {
    document.documentElement.dataset['offline'] = ''
    setText(byId('offline'), say().offline)
  })
  addEventListener('online', () => {
    delete document.documentElement.dataset['offline']
    setText(byId('offline'), '')
    snack(say().online)
  })
  addEventListener('hashchange', addHash)
  addEventListener('beforeunload', (event) => {
    // Downloads in private storage can resume after a reload; the others would be lost.
    const isLost = (each: Download): boolean =>
      each.isActive && each.snapshot.method !== undefined && each.snapshot.method !== 'private'
    if (manager.downloads.some(isLost)) event.preventDefault()
  })
  preferences.addEventListener('change', translate)
}

function addHash(): void {
  const item = itemOfHash(location.hash)
  if (item !== undefined) {
    addCard(item)
    drawIntro()
  }
}

async function open(): Promise<void> {
  listen()
  translate()
  try {
    catalogue = await loadCatalogue()
  } catch {
    snack(say().catalogueFailed, {
      isError: true,
      action: { label: say().retry, act: () => location.reload() },
    })
  }
  const list = byId('list')
  list.replaceChildren()
  for (const item of catalogue.items) addCard(item)
  addHash()
  list.setAttribute('aria-busy', 'false')
  await manager.restore()
  drawIntro()
  const paused = manager.downloads.filter((each) => each.snapshot.state === 'paused')
  if (paused.length > 0) {
    snack(say().restored(paused.length), {
      action: { label: say().resumeAll, act: () => paused.forEach((each) => each.resume()) },
    })
  }
}

void open()
