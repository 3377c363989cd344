// Plays a video in the page: from private storage if it is held, else from the service.

import type { Download } from '../lib/index.js'
import type { Item } from './catalogue.js'
import { button, element } from './dom.js'
import { previewUrl } from './offline.js'

/** `onFail`: the video cannot be played. */
export async function play(
  item: Item,
  download: Download | undefined,
  closeLabel: string,
  onFail: () => void,
): Promise<void> {
  const file = await download?.file()
  const url = file === undefined ? previewUrl(item.media) : URL.createObjectURL(file)
  const video = element('video', { controls: '', playsinline: '', src: url, 'aria-label': item.title })
  const close = button({ class: 'quiet icon-only' }, 'close', closeLabel, () => dialog.close())
  const head = element('div', { class: 'player-head' }, element('h2', { dir: 'auto', id: 'playing' }, item.title), close)
  const dialog = element('dialog', { class: 'player', 'aria-labelledby': 'playing' }, head, video)
  document.body.append(dialog)
  video.addEventListener('error', () => {
    if (dialog.open) onFail()
    dialog.close()
  })
  dialog.addEventListener('close', () => {
    video.removeAttribute('src')
    video.load() // ends the request
    if (file !== undefined) URL.revokeObjectURL(url)
    dialog.remove()
  })
  dialog.showModal()
  await video.play().catch(() => {}) // the browser may want a click
}
