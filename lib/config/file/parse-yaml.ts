// Parses the YAML of a configuration file, and refuses the YAML features that a configuration does not need.
import { Composer, type CST, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, Parser } from 'yaml';
import { ConfigurationFile, Positions, unreadable } from './configuration-file';
import { type Objection, type Path, type PlacedProblem, place, quote, show, toPrintable } from './problem';

/**
 * Deepest nesting; the schema needs a third of it. The composer of `yaml` recurses, and near the end of the stack V8
 * cannot compile a regular expression and aborts the process, which no `catch` intercepts: depth is measured before
 * composing.
 */
const maximumDepth = 16;
/** One typing error can make the parser report every character after it. */
const maximumSyntaxProblems = 10;
/** Names whose assignment reaches a prototype. */
const prototypeKeys: readonly string[] = ['__proto__', 'constructor', 'prototype'];

export interface ParsedFile {
  readonly file: ConfigurationFile;
  /** Whether the content is complete. If not, a missing key is no evidence that the file lacks it. */
  readonly wellFormed: boolean;
  readonly problems: readonly PlacedProblem[];
}

/** Parses `text`, which errors name `name`. Never throws: each defect is one of the problems. */
export function parseYaml(name: string, text: string): ParsedFile {
  const lines = new LineCounter();
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  const reader = new NodeReader(name, lines);
  const unsafe = unsafeTokens(tokens);
  if (unsafe.length > 0) return reader.malformed(unsafe);

  // NodeReader checks the uniqueness of keys: there the check is linear, and the path is at hand.
  const composer = new Composer({ version: '1.2', schema: 'core', merge: false, uniqueKeys: false, prettyErrors: false });
  const [document, second] = [...composer.compose(tokens)];
  const defects: Defect[] = (document?.errors.slice(0, maximumSyntaxProblems) ?? []).map((error) => {
    const got = toPrintable(error.message, 200);
    return { offset: error.pos[0], expected: 'well-formed YAML', got, todo: 'correct the YAML at this line and column' };
  });
  if (second) {
    const todo = 'give each deployment a file of its own';
    defects.push({ offset: second.range[0], expected: 'one YAML document', got: 'a second one', todo });
  }
  return defects.length > 0 ? reader.malformed(defects) : reader.read(document?.contents);
}

/** A defect of the YAML itself, at an offset in the text. */
interface Defect extends Omit<Objection, 'path'> {
  readonly offset: number;
}

/**
 * Tokens that must not reach the composer: too deep a nesting, and directives, which switch to other versions of YAML.
 */
function unsafeTokens(tokens: readonly CST.Token[]): readonly Defect[] {
  const deep = firstTooDeep(tokens);
  const directive = tokens.find((token) => token.type === 'directive');
  const depth = { expected: `at most ${maximumDepth} levels`, got: 'more', todo: 'nest keys as config/schema.json does' };
  const version = { expected: 'YAML 1.2 without directives', got: 'a line that begins with %', todo: 'remove the line' };
  return [...(deep ? [{ offset: deep.offset, ...depth }] : []), ...(directive ? [{ offset: directive.offset, ...version }] : [])];
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

/** Turns the nodes of one document into plain data, and collects positions and problems on the way. */
class NodeReader {
  private readonly positions = new Positions();
  private readonly problems: PlacedProblem[] = [];

  constructor(
    private readonly name: string,
    private readonly lines: LineCounter,
  ) {}

  read(contents: Node | null | undefined): ParsedFile {
    const content = (contents && this.readNode(contents, [])) ?? {};
    return { file: new ConfigurationFile(this.name, content, this.positions), wellFormed: true, problems: this.problems };
  }

  /** The result for a text that is no YAML of the accepted kind: its defects, and no content. */
  malformed(defects: readonly Defect[]): ParsedFile {
    const problems = defects.map(({ offset, ...texts }) => {
      const { line, col } = this.lines.linePos(offset);
      return { line, problem: { where: `${this.name}:${line}:${col}`, ...texts } };
    });
    return { file: new ConfigurationFile(this.name, {}, this.positions), wellFormed: false, problems };
  }

  private object(objection: Objection, line = this.positions.line(objection.path)): void {
    this.problems.push(place(this.name, line, objection));
  }

  /** A node as plain data. Recursion is bounded by `maximumDepth`. */
  private readNode(node: unknown, path: Path): unknown {
    if (isAlias(node)) {
      this.object({ path, expected: 'a value', got: `the alias ${quote(`*${node.source}`)}`, todo: 'write the value out' });
      return unreadable;
    }
    if (isMap(node)) {
      this.refuseProperties(node, path);
      return this.readMap(node.items, path);
    }
    if (isSeq(node)) {
      this.refuseProperties(node, path);
      return node.items.map((item, index) => {
        const itemPath = [...path, index];
        this.positions.mark(itemPath, this.lineOf(item));
        return this.readNode(item, itemPath);
      });
    }
    if (!isScalar(node)) return null;
    this.refuseProperties(node, path);
    if (typeof node.value === 'number' && node.source) this.positions.markText(path, node.source);
    return node.value;
  }

  /** Anchors and tags. Aliases make small files explode; tags change the type of a value. */
  private refuseProperties(node: Node, path: Path): void {
    if ('anchor' in node && node.anchor) {
      this.object({ path, expected: 'no anchor', got: quote(`&${node.anchor}`), todo: 'remove the anchor and write each value out' });
    }
    if (node.tag) {
      this.object({ path, expected: 'no tag', got: quote(node.tag), todo: 'remove the tag; quotes make text of what looks like a number' });
    }
  }

  private readMap(pairs: readonly Pair[], path: Path): Record<string, unknown> {
    const map: Record<string, unknown> = {};
    for (const { key, value } of pairs) {
      const name = isScalar(key) ? key.value : undefined;
      if (typeof name !== 'string') {
        const got = isScalar(key) ? show(name) : 'another kind of key';
        this.object({ path, expected: 'keys that are names', got, todo: 'write a plain word as the key' });
      } else if (this.acceptsKey(name, [...path, name], this.lineOf(key))) {
        this.refuseProperties(key as Node, [...path, name]);
        map[name] = this.readNode(value, [...path, name]);
      }
    }
    return map;
  }

  private acceptsKey(name: string, path: Path, line: number): boolean {
    if (this.positions.has(path)) {
      const got = `the key again, after line ${this.positions.line(path)}`;
      this.object({ path, expected: 'each key once', got, todo: 'keep one of the two' }, line);
      return false;
    }
    this.positions.mark(path, line);
    if (prototypeKeys.includes(name)) {
      this.object({ path, expected: 'a key of the schema', got: quote(name), todo: 'remove it; JavaScript reserves the name' });
    } else if (name === '<<') {
      this.object({ path, expected: 'keys written out', got: 'a merge key', todo: 'write the keys and their values here' });
    } else {
      return true;
    }
    return false;
  }

  private lineOf(node: unknown): number {
    return this.lines.linePos((node as Node | null)?.range?.[0] ?? 0).line;
  }
}
