// The hit as clients send it, with the limits of runtime/hit.ts: kept rather than refused, and each repair stated.
// (ADR 15)
import { textLimits } from '../../../runtime/hit';
import type { SiteId } from '../../../runtime/site';
import { storedVisitor } from '../../../runtime/visitor';
import type { SentFields } from './fields';
import { hitId } from './hit-id';
import { HitRejection } from './hit-rejection';
import { readClientTime } from './occurred';
import { JsonText, type RawHit, type Sent, type SentValue } from './raw-hit';
import { Repairs } from './repairs';
import { cutText, isMacro, storableText } from './text-values';

/** The values of a hit, each as the database takes it. */
export interface WireHit {
  readonly kind: string;
  readonly url: string | undefined;
  readonly referrer: string | undefined;
  readonly visitor: string | undefined;
  readonly occurred: string | undefined;
  /** The client's time as it was sent, if `occurred` is not all of it. */
  readonly clientTime: string | undefined;
  /** The id that the client chose. */
  readonly id: string | undefined;
  readonly fields: SentFields;
  readonly repairs: Repairs;
}

/** Names whose values are texts. */
const textNames = ['kind', 'url', 'referrer', 'visitor', 'occurred', 'id'] as const;
type TextName = (typeof textNames)[number];
type Texts = { [name in TextName]: string | undefined };
/** Of these, names whose values SDKs send as numbers. */
const numericNames = new Set<string>(['occurred', 'id']);

const textNameSet = new Set<string>(textNames);

export const isTextName = (name: string): name is TextName => textNameSet.has(name);

/** Kind of a hit without one: that it arrived is of use. Not `page`: a view of a page was not reported. */
const defaultKind = 'hit';

const noSite = new HitRejection('missing-field', "site: expected a site's key, got none");
const twoSites = new HitRejection('invalid-value', "site: expected one site's key, got several");

/** The key of the hit's site. A hit that names two could be counted for the wrong one. */
export function siteOf({ values }: RawHit): string | HitRejection {
  let site: string | undefined;
  for (const { name, value } of values) {
    // `null` and an empty text are no value.
    if (name !== 'site' || value === null || value === '') continue;
    if (typeof value !== 'string') return noSite;
    // No key has white space around it, as a template can leave.
    const key = value.trim();
    if (key === '') continue;
    if (site !== undefined && site !== key) return twoSites;
    site = key;
  }
  return site ?? noSite;
}

/**
 * Reads a hit, except its site. `null`, an empty text and white space are no value.
 *
 * @param received time of arrival, in milliseconds since 1970
 */
export function readHit(raw: RawHit, site: SiteId, received: number): WireHit {
  const repairs = new Repairs(raw.repairs);
  const { texts, fields } = sortValues(raw, repairs);
  const { escaped } = raw;
  const kind = readText('kind', texts.kind, escaped, repairs);
  if (kind === undefined) repairs.add('kind:missing');
  const url = readText('url', texts.url, escaped, repairs);
  const referrer = readText('referrer', texts.referrer, escaped, repairs);
  const visitor = readVisitor(texts.visitor, escaped, repairs);
  const { occurred, clientTime } = readOccurred(texts.occurred, received, repairs);
  return {
    kind: kind ?? defaultKind,
    url,
    referrer,
    visitor,
    occurred,
    clientTime,
    id: readId(texts, fields, site, repairs),
    fields,
    repairs,
  };
}

function sortValues({ values, fields }: RawHit, repairs: Repairs): { readonly texts: Texts; readonly fields: SentFields } {
  const texts: Texts = { kind: undefined, url: undefined, referrer: undefined, visitor: undefined, occurred: undefined, id: undefined };
  const sent: Sent['value'][] = [];
  const more: Sent[] = [];
  for (const one of values) {
    const { name, value } = one;
    if (name === 'site') continue;
    if (name === 'fields') {
      if (value !== null && value !== '') sent.push(value);
    } else if (!isTextName(name)) {
      repairs.add('fields:unknown');
      more.push(one);
    } else if (value instanceof JsonText && value.isCompound) {
      repairs.add(`${name}:moved`);
      more.push(one);
    } else if (value !== null && !isBlank(value)) addText(texts, name, value, repairs);
  }
  return { texts, fields: { sent, more: more.length === 0 ? fields : [...fields, ...more] } };
}

/** An empty text, or white space alone. */
const isBlank = (value: string | JsonText): boolean => typeof value === 'string' && value.trim() === '';

function addText(texts: Texts, name: TextName, value: string | JsonText, repairs: Repairs): void {
  const text = typeof value === 'string' ? value : value.json;
  if (typeof value !== 'string' && !numericNames.has(name)) repairs.add(`${name as 'kind'}:text`);
  const first = texts[name];
  if (first === undefined) texts[name] = text;
  else if (first !== text) repairs.add(`${name}:repeated`);
}

function readText(name: 'kind' | 'url' | 'referrer', sent: string | undefined, escaped: boolean, repairs: Repairs): string | undefined {
  if (sent === undefined) return undefined;
  // A kind is not optional: a macro in it shows the site's developer where it was not replaced.
  if (name !== 'kind' && isMacro(sent)) {
    repairs.add(`${name}:macro`);
    return undefined;
  }
  const text = escaped ? storableText(sent) : sent;
  if (text !== sent) repairs.add(`${name}:characters`);
  const cut = cutText(text, textLimits[name]);
  if (cut !== text) repairs.add(`${name}:cut`);
  return cut;
}

/** A switch, a number or an advertising id that was never set, and numbers that are none. */
const noVisitor = /^(?:true|false|\{?[0-]+\}?|-?(?:NaN|Infinity))$/;

function readVisitor(sent: string | undefined, escaped: boolean, repairs: Repairs): string | undefined {
  if (sent === undefined) return undefined;
  // As a visitor, a macro, a switch or no number would be one person with the visits of all.
  if (isMacro(sent) || noVisitor.test(sent)) {
    repairs.add('visitor:macro');
    return undefined;
  }
  if (!escaped && sent.length <= textLimits.visitor) return sent;
  const visitor = storedVisitor(sent);
  if (visitor !== sent) repairs.add('visitor:hashed');
  return visitor;
}

const noTime = { occurred: undefined, clientTime: undefined };

function readOccurred(sent: string | undefined, received: number, repairs: Repairs): Pick<WireHit, 'occurred' | 'clientTime'> {
  if (sent === undefined) return noTime;
  if (isMacro(sent)) {
    repairs.add('occurred:macro');
    return noTime;
  }
  const { occurred, repair } = readClientTime(sent, received);
  if (repair === undefined) return { occurred, clientTime: undefined };
  repairs.add(repair);
  return { occurred, clientTime: cutText(storableText(sent), textLimits.clientTime) };
}

function readId(texts: Texts, fields: SentFields, site: SiteId, repairs: Repairs): string | undefined {
  const { id: sent } = texts;
  if (sent === undefined) return undefined;
  const id = hitId(sent, site, () => [texts.kind, texts.url, texts.visitor, texts.occurred, ...textsOf(fields)]);
  if (id === undefined) repairs.add(isMacro(sent) ? 'id:macro' : 'id:unusable');
  return id;
}

/** The fields as they were sent: trackers send what tells two hits apart under names of their own. */
const textsOf = ({ sent, more }: SentFields): readonly (string | undefined)[] => [
  ...sent.map(textOfValue),
  ...more.flatMap(({ name, value }) => [name, textOfValue(value)]),
];

const textOfValue = (value: SentValue): string | undefined => (value instanceof JsonText ? value.json : (value ?? undefined));
