// The findings of axe in the present state of a page.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { settle } from './chromium.js'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface Finding {
  id: string
  impact: string
  nodes: { target: string[] }[]
}

export async function findings(page: Page): Promise<Finding[]> {
  await page.evaluate(axe) // by the debugger: the policy of the page allows no foreign script
  await settle(page) // colours change before
  const result = await page.evaluate(
    () =>
      (globalThis as unknown as { axe: { run(options: object): Promise<{ violations: Finding[]; passes: object[] }> } }).axe.run({
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      }),
  )
  console.log(`axe: ${result.violations.length} violations, ${result.passes.length} rules passed`)
  return result.violations
}
