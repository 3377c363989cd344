// What can be said about the Dart sources without a Dart SDK. README.md says what cannot.

import assert from 'node:assert/strict'
import { posix } from 'node:path'
import { test } from 'node:test'
import { declaredNames, directives, nodes, parse, syntaxErrors, topLevelNames, usedMembers, usedNames } from './dart.mjs'
import { blocks, files, read } from './sources.mjs'

const known = JSON.parse(read('clients/dart/tool/known.json'))
const own = new Map([['package:sluice_download/', 'clients/dart/lib/'], ['package:sluice_example/', 'clients/dart/example/lib/']])

/** The file that a directive of `from` names; undefined for a library that is not here. */
function resolved(address, from) {
  for (const [prefix, folder] of own) if (address.startsWith(prefix)) return folder + address.slice(prefix.length)
  return address.includes(':') ? undefined : posix.join(posix.dirname(from), address)
}

/** The names that a file offers to those that import it: its own, and what it exports. */
function offered(path) {
  const root = files.get(path)
  assert.ok(root, `${path} does not exist`)
  const exported = [...nodes(root)].filter(({ type }) => type === 'library_export').flatMap((node) => node.text.match(/ show ([^;]+);/)[1].split(/,\s*/))
  return new Set([...topLevelNames(root), ...exported])
}

function unknownNames(root, path) {
  const imports = ['dart:core', ...directives(root, 'import')]
  const visible = declaredNames(root)
  for (const address of imports) {
    const file = resolved(address, path)
    const names = file === undefined ? known.libraries[address] : offered(file)
    assert.ok(names, `${path} imports ${address}, which known.json does not list`)
    for (const name of names) visible.add(name)
  }
  return [...usedNames(root)].filter(([name]) => name !== '_' && !visible.has(name)).map(([name, line]) => `${path}:${line}: ${name}`)
}

function unusedImports(root, path) {
  const used = usedNames(root)
  return directives(root, 'import').filter((address) => {
    if (root.text.includes(`'${address}' as `)) return !/\bhttp\./.test(root.text)
    const file = resolved(address, path)
    const names = file === undefined ? known.libraries[address] : offered(file)
    return ![...names].some((name) => used.has(name) || new RegExp(`\\.${name}\\b`).test(root.text))
  })
}

test('every file and every block of the documentation is Dart', () => {
  assert.ok(files.size > 15 && blocks.length > 1)
  for (const [path, root] of files) assert.deepEqual(syntaxErrors(root), [], path)
  for (const { page, text } of blocks) assert.deepEqual(syntaxErrors(parse(text)), [], page)
})

test('what is not Dart would be noticed', () => {
  const good = read('clients/dart/lib/src/transfer.dart')
  for (const [old, bad] of [['required this.media,', 'required this.media'], ['switch (response', 'switch response'], ['=> _stop.wake();', '=> ;'], ['on Exception catch (cause) {', 'on catch (cause) {']]) {
    assert.ok(good.includes(old), old)
    assert.notDeepEqual(syntaxErrors(parse(good.replace(old, bad))), [], bad)
  }
})

test('every name is declared or imported', () => {
  for (const [path, root] of files) assert.deepEqual(unknownNames(root, path), [])
})

test('every import is used', () => {
  for (const [path, root] of files) assert.deepEqual(unusedImports(root, path), [], path)
})

test('an unknown name, a missing import and an unused one would be noticed', () => {
  const path = 'clients/dart/lib/src/transfer.dart'
  const good = read(path)
  const broken = (old, bad) => parse(good.replace(old, bad))
  assert.deepEqual(unknownNames(broken('_facts!.size', '_fact!.size'), path).length, 1)
  assert.deepEqual(unknownNames(broken("import 'dart:io';\n", ''), path).map((each) => each.split(' ')[1]), ['HttpClient', 'File'])
  assert.deepEqual(unusedImports(broken("import 'dart:io';", "import 'dart:io';\nimport 'dart:math';"), path), ['dart:math'])
})

test('every member is declared here or listed', () => {
  const members = new Set([...known.members, ...known.prefixes.http])
  for (const root of files.values()) for (const name of declaredNames(root)) members.add(name)
  for (const [path, root] of files) {
    const unknown = [...usedMembers(root)].filter(([name]) => !members.has(name))
    assert.deepEqual(unknown, [], path)
    for (const [, name] of root.text.matchAll(/\bhttp\.(\w+)/g)) {
      assert.ok(name === 'dart' || known.prefixes.http.includes(name), `${path}: http.${name}`)
    }
  }
})

test('the documentation shows the files themselves', () => {
  for (const { page, text } of blocks) {
    const found = [...files.keys()].filter((path) => read(path).includes(text.trim()))
    assert.ok(found.length > 0, `${page}: no file contains this block:\n${text}`)
  }
})

/** The map literal that a top-level function returns, as [name, value, condition]. */
function fieldsOf(name) {
  const text = read('clients/dart/lib/src/requests.dart')
  const body = text.split(new RegExp(`\\b${name}\\(`))[1].match(/=>\s*\{([^]*?)\n {4}(?: {2})?\};/)[1]
  return [...body.matchAll(/^\s*(?:if \(([^)]*)\) )?'([\w-]+)': '([^']*)',$/gm)].map(([, condition, key, value]) => [key, value, condition])
}

test('the requests of the source are the declared ones', () => {
  const { requests } = JSON.parse(read('clients/dart/test/requests.json'))
  const declared = (name) => Object.entries(requests[name].fields)
  const templates = { $token: '{token}', $etag: '{etag}', etag: '{etag}' }
  const download = (have) =>
    fieldsOf('downloadFields')
      .filter(([, , condition]) => condition === undefined || (condition === 'have > 0' && have > 0))
      .map(([key, value]) => [key, value.replace('$have', have).replace(/\$\w+/, (each) => templates[each] ?? each)])
  assert.deepEqual(download(0), declared('file'))
  const rest = [...download(requests['rest of a file'].have), ['If-Range', '{etag}']]
  assert.ok(read('clients/dart/lib/src/requests.dart').includes("if (have > 0) 'If-Range': etag,"))
  assert.deepEqual(rest, declared('rest of a file'))
  assert.deepEqual(fieldsOf('mintFields').map(([key, value]) => [key, value]), declared('token'))
  // Nothing else in the library names a field.
  for (const [path, root] of files) {
    if (!path.startsWith('clients/dart/lib/') || path.endsWith('/requests.dart')) continue
    const named = [...root.text.matchAll(/headers\[['"](\w[\w-]*)['"]\]\s*=[^=]/g)]
    assert.deepEqual(named.map(([text]) => text), [], path)
  }
})

/** `code: [reaction, message]` of a table, from either language. */
const rows = (text, pattern) => Object.fromEntries([...text.matchAll(pattern)].map(([, code, reaction, message]) => [code, [reaction, message]]))
const dartRow = /^ {2}'([\w-]+)': \(Reaction\.(\w+), '([\w-]+)'\),$/gm
const browserRow = /^ {2}'?([\w-]+)'?: \{ reaction: '(\w+)', message: '([\w-]+)' \},$/gm

test('errors of the service are those of the browser library, with the same reactions', () => {
  const [dart, dartLocal] = read('clients/dart/lib/src/errors.dart').split('const localFailures')
  const [browser, browserLocal] = read('web/src/lib/errors.ts').split('const localFailures')
  assert.ok(Object.keys(rows(dart, dartRow)).length > 40)
  assert.deepEqual(rows(dart, dartRow), rows(browser, browserRow))
  // A browser has failures of its own; those of both have one name and one reaction.
  const local = rows(browserLocal, browserRow)
  for (const [code, row] of Object.entries(rows(dartLocal, dartRow))) assert.deepEqual(row, local[code], code)
})

test('texts are those of the browser library, but for those about a browser', () => {
  const texts = (source, quote) =>
    ['fr', 'en'].map((language) => {
      const start = source.indexOf(`${quote}${language}${quote}: {`)
      const part = source.slice(start, source.indexOf('\n  },', start))
      return Object.fromEntries([...part.matchAll(/^ {4}'?([\w-]+)'?:\s+'(.*)',$/gm)].map(([, key, text]) => [key, text]))
    })
  const [dart, browser] = [texts(read('clients/dart/lib/src/messages.dart'), "'"), texts(read('web/src/lib/messages.ts'), '')]
  for (const [index, language] of dart.entries()) {
    const expected = browser[index]
    assert.ok(Object.keys(language).length > 15)
    for (const [key, text] of Object.entries(language)) {
      assert.ok(key in expected, key)
      assert.doesNotMatch(text, /navigateur|onglet|la page|browser|\btab\b|the page/)
      if (!/navigateur|onglet|la page|browser|\btab\b|the page|déjà/.test(expected[key])) assert.equal(text, expected[key])
    }
  }
})

test('every error has a text', () => {
  const keys = new Set([...read('clients/dart/lib/src/errors.dart').matchAll(/\(Reaction\.\w+, '([\w-]+)'\)/g)].map(([, key]) => key))
  const messages = read('clients/dart/lib/src/messages.dart')
  for (const key of keys) assert.equal(messages.split(`'${key}':`).length, 3, key)
})

test('the versions of the example are those of the documentation', () => {
  const example = read('clients/dart/example/pubspec.yaml')
  const version = example.match(/background_downloader: \^([\d.]+)/)[1]
  assert.ok(read('docs/flutter.md').includes(`background_downloader ${version}`))
})
