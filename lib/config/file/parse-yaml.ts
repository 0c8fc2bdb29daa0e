// Parses the YAML of a configuration file, and refuses the features of YAML that a configuration does not need.
import { Composer, type CST, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, Parser } from 'yaml';
import { ConfigurationFile, unreadable } from './configuration-file';
import { type Path, quote, show, toPrintable } from './problem';

/**
 * Deepest nesting; the schema needs a third of it. The composer of `yaml` recurses, and near the end of the stack V8 cannot
 * compile a regular expression and aborts the process, which no `catch` sees: depth is measured before composing.
 */
const maximumDepth = 16;
/** One slip can make the parser object to every character after it. */
const maximumSyntaxProblems = 10;
/** Names that reach a prototype when they are assigned to. */
const prototypeKeys: readonly string[] = ['__proto__', 'constructor', 'prototype'];

/** Parses `text`, of which errors speak as `name`. Never throws: what is wrong is among the file's problems. */
export function parseYaml(name: string, text: string): ConfigurationFile {
  const lines = new LineCounter();
  const file = new ConfigurationFile(name, lines);
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  refuseUnsafe(file, tokens);
  if (!file.wellFormed) return file;

  // Uniqueness of keys is checked in readMap, where the check is linear and knows the path.
  const composer = new Composer({ version: '1.2', schema: 'core', merge: false, uniqueKeys: false, prettyErrors: false });
  const documents = [...composer.compose(tokens)];
  const [document, second] = [documents[0], documents[1]];
  for (const error of document?.errors.slice(0, maximumSyntaxProblems) ?? []) {
    file.malformed(error.pos[0], 'well-formed YAML', toPrintable(error.message, 200), 'correct the YAML at this line and column');
  }
  if (second) file.malformed(second.range[0], 'one YAML document', 'a second one', 'give each deployment a file of its own');
  if (file.wellFormed && document?.contents) file.content = readNode(file, document.contents, []) ?? {};
  return file;
}

/** What must not reach the composer: too deep a nesting, and directives, which switch to other versions of YAML. */
function refuseUnsafe(file: ConfigurationFile, tokens: readonly CST.Token[]): void {
  const deep = firstTooDeep(tokens);
  if (deep) file.malformed(deep.offset, `at most ${maximumDepth} levels`, 'more', 'nest keys as config/schema.json does');
  const directive = tokens.find((token) => token.type === 'directive');
  if (directive) file.malformed(directive.offset, 'YAML 1.2 without directives', 'a line that begins with %', 'remove the line');
}

/** The first collection below the deepest level, found without recursion. */
function firstTooDeep(tokens: readonly CST.Token[]): CST.Token | undefined {
  let level = tokens;
  // One step leads from the documents to the collections at level 1.
  for (let depth = 0; depth <= maximumDepth; depth++) level = level.flatMap(childrenOf);
  return level.find((token) => 'items' in token);
}

function childrenOf(token: CST.Token): readonly CST.Token[] {
  if (token.type === 'document') return token.value ? [token.value] : [];
  if (!('items' in token)) return [];
  return token.items.flatMap((item) => [item.key, item.value].filter((child) => child !== undefined && child !== null));
}

/** A node as plain data. Recursion is bounded by `maximumDepth`. */
function readNode(file: ConfigurationFile, node: unknown, path: Path): unknown {
  if (isAlias(node)) {
    file.object({ path, expected: 'a value', got: `the alias ${quote(`*${node.source}`)}`, todo: 'write the value out' });
    return unreadable;
  }
  if (isMap(node)) {
    refuseProperties(file, node, path);
    return readMap(file, node.items, path);
  }
  if (isSeq(node)) {
    refuseProperties(file, node, path);
    return node.items.map((item, index) => {
      const itemPath = [...path, index];
      file.mark(itemPath, lineOf(file, item));
      return readNode(file, item, itemPath);
    });
  }
  if (!isScalar(node)) return null;
  refuseProperties(file, node, path);
  if (typeof node.value === 'number' && node.source) file.markText(path, node.source);
  return node.value;
}

/** Anchors and tags. Aliases make small files explode; tags change what a value is. */
function refuseProperties(file: ConfigurationFile, node: Node, path: Path): void {
  if ('anchor' in node && node.anchor) {
    file.object({ path, expected: 'no anchor', got: quote(`&${node.anchor}`), todo: 'remove the anchor and write each value out' });
  }
  if (node.tag) {
    file.object({ path, expected: 'no tag', got: quote(node.tag), todo: 'remove the tag; quotes make text of what looks like a number' });
  }
}

function readMap(file: ConfigurationFile, pairs: readonly Pair[], path: Path): Record<string, unknown> {
  const map: Record<string, unknown> = {};
  for (const { key, value } of pairs) {
    const name = isScalar(key) ? key.value : undefined;
    if (typeof name !== 'string') {
      const got = isScalar(key) ? show(name) : 'another kind of key';
      file.object({ path, expected: 'keys that are names', got, todo: 'write a plain word as the key' });
    } else if (acceptKey(file, name, [...path, name], lineOf(file, key))) {
      refuseProperties(file, key as Node, [...path, name]);
      map[name] = readNode(file, value, [...path, name]);
    }
  }
  return map;
}

function acceptKey(file: ConfigurationFile, name: string, path: Path, line: number): boolean {
  if (file.has(path)) {
    file.object(
      { path, expected: 'each key once', got: `the key again, after line ${file.line(path)}`, todo: 'keep one of the two' },
      line,
    );
    return false;
  }
  file.mark(path, line);
  if (prototypeKeys.includes(name)) {
    file.object({ path, expected: 'a key of the schema', got: quote(name), todo: 'remove it; JavaScript reserves the name' });
  } else if (name === '<<') {
    file.object({ path, expected: 'keys written out', got: 'a merge key', todo: 'write the keys and their values here' });
  } else {
    return true;
  }
  return false;
}

function lineOf(file: ConfigurationFile, node: unknown): number {
  return file.lineAt((node as Node | null)?.range?.[0] ?? 0);
}
