// Parses Dart with tree-sitter: errors of syntax, and names that are used but declared nowhere.

import { createRequire } from 'node:module'
import { Language, Parser } from 'web-tree-sitter'

await Parser.init()
const grammar = createRequire(import.meta.url).resolve('@repomix/tree-sitter-wasms/out/tree-sitter-dart.wasm')
const parser = new Parser()
parser.setLanguage(await Language.load(grammar))

/** @typedef {import('web-tree-sitter').Node} Node */

export const parse = (source) => parser.parse(source).rootNode

export function* nodes(node) {
  yield node
  for (const child of node.children) yield* nodes(child)
}

/** `line:column: text` of each place that is not Dart. */
export function syntaxErrors(root) {
  if (!root.hasError) return []
  return [...nodes(root)]
    .filter((node) => node.isError || node.isMissing)
    .map(({ startPosition: at, text }) => `${at.row + 1}:${at.column + 1}: ${text.slice(0, 60)}`)
}

const isName = (node) => node.type === 'identifier' || node.type === 'type_identifier'

// The names that follow a dot, a colon's label, and others that belong to a value.
const memberParents = new Set([
  'unconditional_assignable_selector', 'conditional_assignable_selector', 'cascade_selector', 'label',
  'field_initializer', 'annotation', 'combinator', 'dotted_identifier_list',
])

const declaringParents = new Set([
  'class_definition', 'enum_declaration', 'enum_constant', 'function_signature', 'getter_signature',
  'constructor_signature', 'constant_constructor_signature', 'factory_constructor_signature',
  'formal_parameter', 'constructor_param', 'super_formal_parameter',
  'catch_parameters', 'typed_identifier', 'type_parameter', 'import_specification',
])

// The first name of these is declared; the others are values.
const declaringFirst = new Set(['static_final_declaration', 'initialized_identifier', 'initialized_variable_definition', 'type_alias', 'for_loop_parts'])

function declares(node) {
  const { parent } = node
  if (parent.type === 'formal_parameter' || parent.type === 'typed_identifier') return node.type === 'identifier'
  if (parent.type === 'function_signature' || parent.type === 'getter_signature') return node.type === 'identifier'
  if (declaringParents.has(parent.type)) return true
  if (parent.type === 'constant_pattern') return parent.parent.type === 'record_pattern'
  if (parent.type === 'constructor_tearoff') return false
  if (!declaringFirst.has(parent.type)) return false
  const wanted = parent.type === 'type_alias' ? 'type_identifier' : 'identifier'
  return parent.children.find((each) => each.type === wanted)?.equals(node) ?? false
}

const isMember = ({ type, parent, previousSibling }) =>
  memberParents.has(parent.type) ||
  previousSibling?.text === '.' ||
  (parent.type === 'cascade_section' && type === 'identifier') ||
  (previousSibling !== null && previousSibling.text === '..')

/** The names that a source declares anywhere. */
export const declaredNames = (root) => new Set([...nodes(root)].filter((node) => isName(node) && declares(node)).map(({ text }) => text))

/** The names that other sources see: `declaredNames` of the top level. */
export function topLevelNames(root) {
  const found = new Set()
  for (const node of root.children) {
    const names = [...nodes(node)].filter((each) => isName(each) && declares(each))
    if (names.length > 0) found.add(names[0].text)
    if (node.type === 'static_final_declaration_list' || node.type === 'initialized_identifier_list') {
      for (const each of names) found.add(each.text)
    }
  }
  return found
}

/** The names that a source uses without a dot before them. */
export function usedNames(root) {
  const found = new Map()
  for (const node of nodes(root)) {
    if (!isName(node) || declares(node) || isMember(node)) continue
    if (!found.has(node.text)) found.set(node.text, node.startPosition.row + 1)
  }
  return found
}

/** The addresses of `import` and `export` directives. */
export function directives(root, kind) {
  return [...nodes(root)]
    .filter(({ type }) => type === `library_${kind}`)
    .map((node) => node.text.match(/'([^']+)'/)[1])
}

/** The names that a source uses after a dot. */
export function usedMembers(root) {
  const found = new Map()
  for (const node of nodes(root)) {
    const parents = ['unconditional_assignable_selector', 'conditional_assignable_selector', 'cascade_selector']
    if (node.type !== 'identifier' || !parents.includes(node.parent.type)) continue
    if (!found.has(node.text)) found.set(node.text, node.startPosition.row + 1)
  }
  return found
}
