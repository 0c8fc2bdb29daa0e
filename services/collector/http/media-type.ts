// The media type of a body (RFC 9110 section 8.3.1), with its parameters.

export interface MediaType {
  /** In lower case, as in `text/plain`. */
  readonly type: string;
  /** By the name in lower case, without quotes. */
  readonly parameters: ReadonlyMap<string, string>;
}

const essence = /^[\t ]*([!#$%&'*+.^_`|~0-9a-z-]+\/[!#$%&'*+.^_`|~0-9a-z-]+)[\t ]*(?=;|$)/i;
/** Begins at the start of the text or at the end of the one before. */
const parameter = /[\t ]*;[\t ]*(?:([!#$%&'*+.^_`|~0-9a-z-]+)=(?:"((?:[^"\\]|\\.)*)"|([^;]*)))?[^;]*/giy;
/** Longer fields are not read: the patterns below take quadratic time in the worst case. */
const mostCharacters = 512;
/** Values between commas, which quotes may contain. */
const value = /(?:"(?:[^"\\]|\\.)*"|[^,"]|")+/g;

/**
 * Reads a field, of which the last readable value counts (Fetch standard, "extract a MIME type"). Returns undefined if
 * none is a media type.
 */
export function readMediaType(field: string): MediaType | undefined {
  if (field.length > mostCharacters) return undefined;
  return (field.match(value) ?? []).map(readOne).findLast((type) => type !== undefined);
}

function readOne(text: string): MediaType | undefined {
  const [start, type] = essence.exec(text) ?? [];
  if (start === undefined || type === undefined) return undefined;
  return { type: type.toLowerCase(), parameters: readParameters(text.slice(start.length)) };
}

/** Reads `; <name>=<value>` and so on. The first of a repeated name counts (MIME Sniffing standard, section 4.4). */
export function readParameters(text: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const [, name, quoted, plain = ''] of text.matchAll(parameter)) {
    if (name === undefined || parameters.has(name.toLowerCase())) continue;
    parameters.set(name.toLowerCase(), quoted === undefined ? plain.trim() : quoted.replaceAll(/\\(.)/g, '$1'));
  }
  return parameters;
}
