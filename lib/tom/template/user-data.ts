// The user data of a server as its parts: the known beginning, the settings that it writes, the files that it fetches,
// and the end. (services/collector/host/fetch.sh)
import type { Json, JsonObject } from './assembly';
import { withMember } from './setting-lines';

/** First line after the beginning. */
const regionLine = /^export AWS_REGION=/;
const keepLine = /^keep (\S+) <<'SETTINGS'$/;
const fetchLine = /^fetch (\S+) (\S+) (\S+) (\S+)$/;
const endOfSettings = 'SETTINGS';

/**
 * The parts, in the order in which a server runs them; `undefined` for a text of another form. `settings` has the text
 * of each file of settings by name, `fetched` bucket, key and checksum of each file by name; `rest` has every line
 * after them.
 */
export function userDataParts(text: string): Json | undefined {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => regionLine.test(line));
  if (start === -1) return undefined;
  const beginning = lines.slice(0, start).join('\n');
  const region = lines[start] as string;
  const settings = settingsFrom(lines, start + 1);
  const fetched = fetchedFrom(lines, settings.next);
  return { beginning, region, settings: settings.files, fetched: fetched.files, rest: lines.slice(fetched.next).join('\n') };
}

interface Part {
  readonly files: JsonObject;
  /** Index of the line after the part. */
  readonly next: number;
}

function settingsFrom(lines: readonly string[], from: number): Part {
  const [, file] = keepLine.exec(lines[from] ?? '') ?? [];
  const end = file === undefined ? -1 : lines.indexOf(endOfSettings, from + 1);
  if (file === undefined || end === -1) return { files: {}, next: from };
  const { files, next } = settingsFrom(lines, end + 1);
  return { files: withMember(files, file, lines.slice(from + 1, end).join('\n')), next };
}

function fetchedFrom(lines: readonly string[], from: number): Part {
  const [, bucket, key, checksum, file] = fetchLine.exec(lines[from] ?? '') ?? [];
  if (file === undefined) return { files: {}, next: from };
  const { files, next } = fetchedFrom(lines, from + 1);
  return { files: withMember(files, file, { bucket, key, checksum } as JsonObject), next };
}
