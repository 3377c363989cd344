// A question in the middle of the page. Escape and the last button answer nothing.

import { element } from './dom.js'

export interface Question<Answer extends string> {
  readonly title: string
  readonly lines: readonly string[]
  readonly answers: readonly { readonly value: Answer; readonly label: string }[]
  readonly closeLabel: string
}

export function ask<Answer extends string>(question: Question<Answer>): Promise<Answer | undefined> {
  const { title, lines, answers, closeLabel } = question
  const dialog = element('dialog', { 'aria-labelledby': 'question' })
  const buttons = answers.map(({ value, label }, i) =>
    element('button', { type: 'submit', value, class: i === 0 ? 'primary' : 'tinted' }, label),
  )
  const form = element(
    'form',
    { method: 'dialog' },
    element('h2', { id: 'question' }, title),
    ...lines.map((line) => element('p', {}, line)),
    ...buttons,
    element('button', { type: 'submit', value: '', class: 'quiet' }, closeLabel),
  )
  dialog.append(form)
  document.body.append(dialog)
  dialog.showModal()
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove()
      resolve(answers.find(({ value }) => value === dialog.returnValue)?.value)
    })
  })
}
