// Turns a synthesized template into the YAML that reviewers read: same meaning, stable order, nothing that changes from run to run.
import { Document, isMap, isSeq, type Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { isObject, type Json, type JsonObject } from '../../../lib/tom/template/assembly';
import { shortForm } from './intrinsics';
import type { Masks } from './masks';

/** Keys that are read first, in this order; all others follow by name. */
const firstKeys = [
  ...['Description', 'Parameters', 'Rules', 'Mappings', 'Conditions', 'Resources', 'Outputs'],
  ...['Sid', 'Id', 'Name', 'Effect', 'Principal', 'NotPrincipal', 'Action', 'NotAction', 'Resource', 'NotResource'],
  ...['Type', 'Metadata', 'Condition', 'DependsOn', 'CreationPolicy', 'UpdatePolicy', 'DeletionPolicy', 'UpdateReplacePolicy'],
  ...['Key', 'Value'],
];

/** Keys that are read last, in this order. */
const lastKeys = ['Properties', 'Tags'];

/** Metadata that the CDK writes for its own use. The construct path becomes a comment instead. */
const ownMetadata = /^aws:(cdk|asset):/;
const pathMetadata = 'aws:cdk:path';

/** What the CDK adds to every template, to see whether the account is bootstrapped. */
const bootstrap = { Parameters: 'BootstrapVersion', Rules: 'CheckBootstrapVersion' };

/** A string of JSON is written over several lines from this length on, and a function over one line up to it. */
const longText = 100;

/** The template as YAML under a comment that says what it is. */
export function readableTemplate(template: JsonObject, heading: string, masks: Masks): string {
  // Version 1.1 is the YAML that CloudFormation reads: it quotes what would be a date or a boolean there.
  const document = new Document(null, { version: '1.1' });
  const sections = new Printer(masks).map(withoutBootstrap(template));
  for (const { key } of sections.items.slice(1)) key.spaceBefore = true;
  document.contents = sections as unknown as typeof document.contents;
  return `# ${heading}\n\n${document.toString({ lineWidth: 0, directives: false })}`;
}

function withoutBootstrap(template: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(template).flatMap(([section, content]) => {
      const own = bootstrap[section as keyof typeof bootstrap];
      if (!own || !isObject(content)) return [[section, content]];
      const { [own]: _, ...kept } = content;
      return Object.keys(kept).length > 0 ? [[section, kept]] : [];
    }),
  );
}

class Printer {
  constructor(private readonly masks: Masks) {}

  map(value: JsonObject): YAMLMap<Scalar, Node> {
    const map = new YAMLMap<Scalar, Node>();
    for (const name of Object.keys(value).sort(byReading)) {
      const content = value[name] as Json;
      const shown = name === 'Metadata' && isObject(content) ? withoutOwnMetadata(content) : content;
      if (shown === undefined) continue;
      const key = new Scalar(this.masks.mask(name));
      const path = constructPath(content);
      if (path) {
        key.commentBefore = ` ${path}`;
        key.spaceBefore = map.items.length > 0;
      }
      map.items.push(new Pair<Scalar, Node>(key, this.node(shown, name)));
    }
    return map;
  }

  private node(value: Json, key: string): Node {
    if (Array.isArray(value)) return this.list(value as readonly Json[], key);
    if (!isObject(value)) return typeof value === 'string' ? this.text(value) : new Scalar(value);
    const short = shortForm(value);
    return short ? this.tagged(short.tag, short.value) : this.map(value);
  }

  private list(values: readonly Json[], key: string): YAMLSeq<Node> {
    const list = new YAMLSeq<Node>();
    list.items = values.map((value) => this.node(value, ''));
    if (key === 'Tags') for (const tag of list.items) if (isMap(tag)) tag.flow = true;
    if (key.startsWith('rempart:')) list.flow = true;
    return list;
  }

  private tagged(tag: string, value: Json): Node {
    const node = this.node(value, '');
    node.tag = tag;
    if (isSeq(node)) node.flow = JSON.stringify(value).length <= longText;
    return node;
  }

  private text(value: string): Scalar<string> {
    const text = new Scalar(this.masks.mask(value.length > longText ? unfoldLines(value) : value));
    if (text.value.includes('\n')) text.type = Scalar.BLOCK_LITERAL;
    return text;
  }
}

function withoutOwnMetadata(metadata: JsonObject): JsonObject | undefined {
  const kept = Object.entries(metadata).filter(([name]) => !ownMetadata.test(name));
  return kept.length > 0 ? Object.fromEntries(kept) : undefined;
}

/** The path of the construct below its stack, as in `Vpc/PublicSubnet1/RouteTable`. */
function constructPath(resource: Json | undefined): string | undefined {
  const path = isObject(resource) && isObject(resource.Metadata) ? resource.Metadata[pathMetadata] : undefined;
  return typeof path === 'string'
    ? path
        .split('/')
        .slice(1)
        .join('/')
        .replace(/\/Resource$/, '')
    : undefined;
}

function byReading(a: string, b: string): number {
  return place(a) - place(b) || (a < b ? -1 : 1);
}

function place(key: string): number {
  const first = firstKeys.indexOf(key);
  return first >= 0 ? first : firstKeys.length + 1 + lastKeys.indexOf(key);
}

/** A JSON document in a string, over lines; any other string as it is. */
function unfoldLines(text: string): string {
  if (!/^[[{]/.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
