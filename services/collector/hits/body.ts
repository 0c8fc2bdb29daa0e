// Request bodies: the hits in them, and the reason why a body has none.
import type { HttpRequest } from '../http/message';
import { type BodyFormat, bodyFormat } from './body-format';
import { type Charset, type DecodedText, decodeText, octetForm } from './charset';
import { readFormHit, readQueryHit } from './form';
import { HitRejection } from './hit-rejection';
import { isObject, jsonInText, parseJson, readJsonHit, readJsonHits, readOctetsHit, withoutNaN } from './json-hit';
import { readMultipart } from './multipart';
import type { RawHit } from './raw-hit';
import type { Repair } from './repairs';
import { siteOf } from './wire-hit';

/**
 * Maximum bytes of a body with one hit and of a batch, after decompression, and maximum hits of a batch. The server
 * limits the bytes that it receives to those of a batch. Each of several forms repeats the names of the query, so they
 * are fewer.
 */
export const bodyLimits = { hitBytes: 65_536, batchBytes: 2 ** 20, batchHits: 1000, forms: 100 } as const;

const tooLong = new HitRejection('too-long', `body: expected at most ${bodyLimits.hitBytes} bytes, got more`, 413);

const tooMany = new HitRejection('too-long', `body: expected at most ${bodyLimits.forms} forms, got more`, 413);

const notJson = (where: string, expected: string, got: string, todo = '') =>
  new HitRejection('not-json', `${where}: expected ${expected}, got ${got}${todo}`);
const noObject = notJson('hit', 'a JSON object', 'something else');
const array = notJson('hit', 'one JSON object', 'an array', '; send arrays to /hits');
const lines = notJson('hit', 'one JSON object', 'several lines', '; send lines to /hits');
const formAsJson = notJson('body', 'JSON, as its Content-Type declares', 'a form', '; send it as application/x-www-form-urlencoded');
const neither = notJson('body', 'a JSON object or a form', 'something else');
const formAsBatch = notJson('batch', 'JSON, as its Content-Type declares', 'a form', '; send it as application/x-www-form-urlencoded');
const prettyPrinted = notJson(
  'batch',
  'a JSON array or one JSON object in each line',
  'one object in several lines',
  '; write it in one line, or send it to /hit',
);
/**
 * Reads the body and the query of `/hit`. Without a body, as a beacon sends none, the query is the hit; also with a
 * body that cannot be read, except a list or lines of hits in JSON. Several forms, each on its line, are several hits:
 * trackers group events so, and send them where they send one.
 *
 * @param repairs that were necessary to decompress the body
 */
export function readOne(request: HttpRequest, repairs: readonly Repair[]): RawHit | readonly RawHit[] | HitRejection {
  const { body, query } = request;
  if (body.length === 0 && query !== '') return readQueryHit(query);
  const hit = readBody(request);
  if (isSeveral(hit)) return hit.map((one) => withRepairs(withQuery(one, query), repairs));
  if (!(hit instanceof HitRejection)) return withRepairs(withQuery(hit, query), repairs);
  // The hits of such a body are not lost: the client can send them to /hits.
  const isElsewhere = hit === array || hit === lines;
  return isElsewhere ? hit : (readWithoutBody(query) ?? hit);
}

/** The hit in the query, which states that its body was left out; undefined if the query names no site. */
export function readWithoutBody(query: string): RawHit | undefined {
  if (query === '') return undefined;
  const hit = readQueryHit(query);
  return siteOf(hit) instanceof HitRejection ? undefined : { ...hit, repairs: [...hit.repairs, 'hit:body'] };
}

/**
 * Adds the names of the query after those of the body: where a tracker writes the body, a site can name itself only in
 * the address.
 */
function withQuery(hit: RawHit, query: string): RawHit {
  if (query === '') return hit;
  const { values, fields, escaped, repairs } = readQueryHit(query);
  return {
    values: [...hit.values, ...values],
    fields: [...hit.fields, ...fields],
    escaped: hit.escaped || escaped,
    repairs: [...hit.repairs, ...repairs],
  };
}

/**
 * Adds the site of the query to the hits of a batch, and no other name: each would be repeated in every hit.
 */
function withSite(hits: readonly (RawHit | HitRejection)[], query: string): readonly (RawHit | HitRejection)[] {
  const sites = query === '' ? [] : readQueryHit(query).values.filter(({ name }) => name === 'site');
  if (sites.length === 0) return hits;
  return hits.map((hit) => (hit instanceof HitRejection ? hit : { ...hit, values: [...hit.values, ...sites] }));
}

type Read = RawHit | readonly RawHit[] | HitRejection;

/** Whether a body has several hits. */
export const isSeveral = (read: Read): read is readonly RawHit[] => Array.isArray(read);

function readBody(request: HttpRequest): Read {
  const { body } = request;
  const format = bodyFormat(request.field('content-type'));
  if (format instanceof HitRejection) return format;
  if (body.length > bodyLimits.hitBytes) return tooLong;
  if (format.boundary === undefined) return readText(body, format);
  const read = readMultipart(body, format.boundary, format.charset);
  if (read instanceof HitRejection) return read;
  return withRepairs(readFormHit(read.form), read.repairs);
}

function readText(body: Buffer, format: BodyFormat): Read {
  const decoded = decodeText(body, format.charset);
  if (decoded instanceof HitRejection) return decoded;
  const inner = jsonInText(decoded.text);
  const hit = inner === undefined ? readDecoded(body, decoded, format) : withRepairs(readObject({ ...decoded, text: inner }), jsonTwice);
  const all = [...decoded.repairs, ...format.repairs];
  return isSeveral(hit) ? hit.map((one) => withRepairs(one, all)) : withRepairs(hit, all);
}

const jsonTwice: readonly Repair[] = ['hit:parsed'];

function readDecoded(body: Buffer, decoded: DecodedText, { kind, charset }: BodyFormat): Read {
  const first = firstCharacter(decoded.text);
  // Scripts also send JSON under the type of a form, which needs no preflight; no form begins like that.
  if (first === '{' || first === '[') return readObject(decoded);
  if (kind === 'form' || (kind === 'plain' && isForm(decoded.text))) {
    const forms = readForms(body, decoded, charset);
    if (forms.length > bodyLimits.forms) return tooMany;
    return forms.length === 1 ? (forms[0] as RawHit) : forms;
  }
  if (kind === 'plain') return neither;
  return isForm(decoded.text) ? formAsJson : noObject;
}

/** The hits of a form, or of several, each on its line. */
function readForms(body: Buffer, decoded: DecodedText, charset: Charset): readonly RawHit[] {
  if (charset.form === 'octet') return formsIn(octetForm(body.toString('latin1'), charset.characters)).map(readOctetForm);
  return formsIn(decoded.text).map(decoded.isText ? readFormHit : readQueryHit);
}

function readOctetForm(form: string): RawHit {
  return withRepairs(readFormHit(form), form.includes(encodeURIComponent('\ufffd')) ? ['hit:encoding'] : []);
}

/** How each of several lines begins: with a name, and not within a value. */
const formLine = /^[^\s&={["<]+=/;

/** Without the line ends at its end; an expression would take quadratic time where more text follows them. */
function withoutLineEnd(text: string): string {
  let end = text.length;
  while (end > 0 && (text[end - 1] === '\n' || text[end - 1] === '\r')) end--;
  return text.slice(0, end);
}

/**
 * The forms in a text. Line ends are encoded within a form, so others end it, as where Google Analytics groups events.
 * Lines of one pair each, with different names, are one form (HTML standard, "text/plain encoding algorithm").
 */
function formsIn(text: string): readonly string[] {
  const all = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  if (all.length < 2 || !all.every((line) => formLine.test(line))) return [withoutLineEnd(text)];
  const names = new Set(all.map((line) => line.slice(0, line.indexOf('='))));
  return names.size === all.length && all.every((line) => !line.includes('&')) ? [all.join('&')] : all;
}

const firstCharacter = (text: string): string | undefined => /[^\t\n\r ]/.exec(text)?.[0];

/** Begins with a name and an equals sign, and not as JSON or markup do. */
const isForm = (text: string): boolean => /^[\t\n\r ]*[^\s{["<]\S*?=/.test(text);

function withRepairs<H extends RawHit | HitRejection>(hit: H, repairs: readonly Repair[]): H {
  return hit instanceof HitRejection || repairs.length === 0 ? hit : { ...hit, repairs: [...hit.repairs, ...repairs] };
}

/** Reads a text that begins as JSON does. */
function readObject({ text, isText }: Pick<DecodedText, 'text' | 'isText'>): RawHit | HitRejection {
  const hit = isText ? readJsonHit(text) : readOctetsHit(text);
  if (!(hit instanceof HitRejection)) return hit;
  if (Array.isArray(parseJson(withoutNaN(text)))) return array;
  return isObject(parseJson(withoutNaN(firstLine(text)))) ? lines : hit;
}

const firstLine = (text: string): string => text.trimStart().split('\n', 1)[0] ?? '';

/**
 * Reads the body of `/hits`: a JSON array, JSON Lines, or forms on a line each. Returns each hit or its rejection, or
 * the rejection of the whole body.
 *
 * @param repairs that were necessary to decompress the body
 */
export function readBatch(request: HttpRequest, repairs: readonly Repair[]): readonly (RawHit | HitRejection)[] | HitRejection {
  const { body, query } = request;
  if (body.length === 0 && query !== '') return [readQueryHit(query)];
  const format = bodyFormat(request.field('content-type'));
  if (format instanceof HitRejection) return format;
  if (format.kind === 'multipart') return readFormBatch(request, repairs);
  const decoded = decodeText(body, format.charset);
  if (decoded instanceof HitRejection) return decoded;
  if (isFormText(decoded.text, format)) return readFormBatch(request, repairs);
  const inner = jsonInText(decoded.text);
  const hits = readHits(inner ?? decoded.text, decoded.isText, format);
  if (hits instanceof HitRejection) return hits;
  const all = [...repairs, ...decoded.repairs, ...format.repairs, ...(inner === undefined ? [] : jsonTwice)];
  return withSite(all.length === 0 ? hits : hits.map((hit) => withRepairs(hit, all)), request.query);
}

/** Whether a text is a form, or several; by the text and not by its octets, which may begin with a byte order mark. */
function isFormText(text: string, { kind }: BodyFormat): boolean {
  const first = firstCharacter(text);
  return (kind === 'form' && first !== '{' && first !== '[') || (kind === 'plain' && isForm(text));
}

/** Reads forms as `/hit` reads them. */
function readFormBatch(request: HttpRequest, repairs: readonly Repair[]): readonly RawHit[] | HitRejection {
  const read = readOne(request, repairs);
  return read instanceof HitRejection || isSeveral(read) ? read : [read];
}

function readHits(text: string, isText: boolean, { kind }: BodyFormat): readonly (RawHit | HitRejection)[] | HitRejection {
  const first = firstCharacter(text);
  const list = first === '[' ? readJsonHits(text, bodyLimits.batchHits + 1, isText) : undefined;
  const isLines = list === undefined || (list instanceof HitRejection && kind === 'lines');
  const hits = isLines ? splitLines(text).map(isText ? readJsonHit : readOctetsHit) : list;
  if (hits instanceof HitRejection) return hits;
  if (hits.length === 0 || hits.length > bodyLimits.batchHits) {
    const got = hits.length === 0 ? 'none' : 'more';
    return new HitRejection('too-long', `batch: expected 1 to ${bodyLimits.batchHits} hits, got ${got}`, hits.length === 0 ? 400 : 413);
  }
  return hits.every((hit) => hit instanceof HitRejection) ? (faultOf(text) ?? hits) : hits;
}

/** The fault of a batch whose lines are no hits, if it is one of a known kind. */
function faultOf(text: string): HitRejection | undefined {
  if (isForm(text)) return formAsBatch;
  return !isObject(parseJson(firstLine(text))) && isObject(parseJson(text)) ? prettyPrinted : undefined;
}

const splitLines = (text: string): string[] =>
  text
    .split('\n')
    // Joined files have a byte order mark each.
    .map((line) => line.replace(/^(?:\ufeff|\xef\xbb\xbf)/, ''))
    .filter((line) => line.trim() !== '')
    .slice(0, bodyLimits.batchHits + 1);
