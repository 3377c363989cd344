// The actions of a visitor on a card, and the state that the card shows.

import { readFileSync } from 'node:fs'
import type { Download, Locator, Page } from 'playwright-core'
import type { CatalogueItem, Sluice } from './sluice.js'

export class List {
  constructor(
    readonly page: Page,
    readonly sluice: Sluice,
  ) {}

  card(item: CatalogueItem): Locator {
    const heading = this.page.getByRole('heading', { name: item.title, exact: true })
    return this.page.locator('.card', { has: heading })
  }

  press(item: CatalogueItem, name: RegExp): Promise<void> {
    return this.card(item).getByRole('button', { name }).click()
  }

  /** Waits until the download of `item` is in a state; generous, for a busy machine. */
  state(item: CatalogueItem, name: string, timeout = 30_000): Promise<void> {
    return this.card(item).and(this.page.locator(`[data-state="${name}"]`)).waitFor({ timeout })
  }

  /** The same, with `words` on the card at that very moment: a state that goes on by itself may have
   *  passed before a second look. */
  async says(item: CatalogueItem, name: string, words: RegExp, timeout = 30_000): Promise<void> {
    const inState = this.card(item).and(this.page.locator(`[data-state="${name}"]`))
    await inState.filter({ hasText: words }).waitFor({ timeout })
  }

  text(item: CatalogueItem): Promise<string> {
    return this.card(item).locator('.status').innerText()
  }

  /** Percent that have arrived. */
  async share(item: CatalogueItem): Promise<number> {
    return Number(await this.card(item).getByRole('progressbar').getAttribute('aria-valuenow'))
  }

  /** Waits until so many percent are there. */
  async reaches(item: CatalogueItem, percent: number, timeout = 30_000): Promise<void> {
    const deadline = Date.now() + timeout
    while ((await this.share(item)) < percent) {
      if (Date.now() > deadline) throw new Error(`not at ${percent} %: ${await this.text(item)}`)
      await this.page.waitForTimeout(20)
    }
  }

  /** Presses and waits for the file that the browser saves. */
  async save(item: CatalogueItem, name = /^Télécharger/): Promise<Download> {
    const downloading = this.page.waitForEvent('download')
    await this.press(item, name)
    return await downloading
  }

  /** Whether the saved file is the one on the server, byte for byte. */
  async isWhole(download: Download, item: CatalogueItem): Promise<boolean> {
    return readFileSync(await download.path()).equals(readFileSync(this.sluice.path(item)))
  }

  /** Closes what stands at the foot of the page. */
  async dismissSnackbars(): Promise<void> {
    await this.page.waitForFunction(() => {
      // At once: a message may go by itself between a look and a click.
      for (const each of document.querySelectorAll<HTMLElement>('.snack:not(.leaving) [aria-label="Fermer"]')) each.click()
      return document.querySelector('.snack') === null
    })
  }

  async chooseMethod(method: string): Promise<void> {
    await this.page.locator('#method').selectOption(method)
  }
}
