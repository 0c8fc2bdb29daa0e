// The format of a body by its Content-Type: which text it is, and in which charset.
import { type MediaType, readMediaType } from '../http/media-type';
import { type Charset, readCharset, utf8 } from './charset';
import { HitRejection } from './hit-rejection';
import type { Repair } from './repairs';

/** `plain`: JSON, lines or a form, by its first character. */
export type BodyKind = 'json' | 'lines' | 'form' | 'multipart' | 'plain';

export interface BodyFormat {
  readonly kind: BodyKind;
  readonly charset: Charset;
  /** Of each hit in the body. */
  readonly repairs: readonly Repair[];
  /** Of a multipart body. */
  readonly boundary?: string;
}

const kinds: { readonly [type: string]: BodyKind } = {
  'application/json': 'json',
  'text/json': 'json',
  'application/x-json': 'json',
  'text/x-json': 'json',
  // JSON is JavaScript; older libraries declare it so.
  'application/javascript': 'json',
  'application/x-javascript': 'json',
  'text/javascript': 'json',
  // sendBeacon and fetch send this type for a text; it needs no preflight, so scripts send all formats with it.
  'text/plain': 'plain',
  // Content without a type, as a library declares it.
  'application/octet-stream': 'plain',
  'binary/octet-stream': 'plain',
  'application/binary': 'plain',
  '*/*': 'plain',
  'application/x-www-form-urlencoded': 'form',
  'multipart/form-data': 'multipart',
  'application/x-ndjson': 'lines',
  'application/ndjson': 'lines',
  'application/jsonl': 'lines',
  'application/x-jsonl': 'lines',
  'application/x-jsonlines': 'lines',
  'application/json-lines': 'lines',
  'application/x-json-stream': 'lines',
  'application/x-ldjson': 'lines',
  'text/x-ndjson': 'lines',
};

const plain: BodyFormat = { kind: 'plain', charset: utf8, repairs: [] };
/** A field that is no media type declares nothing (Fetch standard, "extract a MIME type"). */
const noType: BodyFormat = { ...plain, repairs: ['hit:type'] };
const otherType = new HitRejection(
  'media-type',
  'Content-Type: expected application/json, application/x-ndjson, text/plain or a form, got another',
  415,
);
const noBoundary = new HitRejection(
  'media-type',
  'Content-Type: expected multipart/form-data with a boundary of 1 to 70 characters, got none',
  415,
);

/** Most fields of browsers are one of a few texts. */
const read = new Map<string, BodyFormat | HitRejection>();
const mostRead = 100;

/** The format that a `Content-Type` field declares; `plain` without one, and for a field that is no media type. */
export function bodyFormat(field: string | undefined): BodyFormat | HitRejection {
  if (field === undefined || field === '') return plain;
  const known = read.get(field);
  if (known !== undefined) return known;
  const format = formatOf(readMediaType(field));
  // A boundary is different with each request.
  if (read.size < mostRead && (format instanceof HitRejection || format.kind !== 'multipart')) read.set(field, format);
  return format;
}

function formatOf(media: MediaType | undefined): BodyFormat | HitRejection {
  if (media === undefined) return noType;
  const { type, parameters } = media;
  // As application/vnd.api+json. The reports of browsers have types of their own and name no site.
  const kind = Object.hasOwn(kinds, type) ? kinds[type] : /^application\/[^+]+\+json$/.test(type) ? 'json' : undefined;
  if (kind === undefined) return otherType;
  const charset = readCharset(parameters.get('charset') ?? '');
  if (kind !== 'multipart') return { kind, charset, repairs: [] };
  const boundary = parameters.get('boundary') ?? '';
  return /^[\x20-\x7e]{0,69}[\x21-\x7e]$/.test(boundary) ? { kind, charset, boundary, repairs: [] } : noBoundary;
}
