// npm run access -- open, read: what support staff and auditors do.
import { mostRows, type ReadRequest } from '../../runtime/staff/requests';
import { UsageError } from '../command-line';
import { print } from '../command-output';
import { accessCommand, commonOptions, commonUsage, needed, numberOf } from './access-command';

/** The largest number of a site. */
const mostSites = 2 ** 31 - 1;

const openUsage = `npm run access -- open --site SITE --reason TEXT [options]

Opens a site for an hour, for a person with support access. The access log has the reason.

  --site SITE          number of the site
  --reason TEXT        at least 10 characters: the ticket, and why its answer needs the data; no personal data
${commonUsage}`;

const openOptions = { ...commonOptions, site: { type: 'string' }, reason: { type: 'string' } } as const;

export const openCommand = accessCommand({ usage: openUsage, options: openOptions }, async ({ site, reason, json }, call) => {
  const number = numberOf('site', site, mostSites);
  await call('staff-reads', { action: 'open', site: number, reason: needed('reason', reason) });
  print(json, { opened: number }, `site ${number} is open for an hour`);
  return 0;
});

const readUsage = `npm run access -- read --read NAME [--site SITE] [--with NAME=VALUE] [options]

Prints one page of rows, newest first, as JSON lines; the access log has an entry for each page. The last line on the error output has the
option for the next page.

  --read NAME          support: site, settings, people, rights, hits or rejects; auditor: accesses or modifications
  --site SITE          number of the site; an auditor may leave it out
  --with NAME=VALUE    several times: visitor, email, person, since or until, as the read has them
  --limit ROWS         1 to ${mostRows} (50)
  --after PLACE        the end of the page before
${commonUsage}`;

const readOptions = {
  ...commonOptions,
  site: { type: 'string' },
  read: { type: 'string' },
  with: { type: 'string', multiple: true },
  limit: { type: 'string' },
  after: { type: 'string' },
} as const;

interface Page {
  readonly rows: readonly unknown[];
  readonly after?: readonly string[];
}

export const readCommand = accessCommand({ usage: readUsage, options: readOptions }, async (values, call) => {
  const request: ReadRequest = {
    action: 'read',
    read: needed('read', values.read),
    ...(values.site === undefined ? {} : { site: numberOf('site', values.site, mostSites) }),
    parameters: Object.fromEntries((values.with ?? []).map(parameterOf)),
    limit: numberOf('limit', values.limit ?? '50', mostRows),
    ...(values.after === undefined ? {} : { after: placeOf(values.after) }),
  };
  const page = (await call('staff-reads', request)) as Page;
  print(values.json, page, page.rows.map((row) => JSON.stringify(row)).join('\n'));
  if (page.after !== undefined) console.error(`--after '${JSON.stringify(page.after)}'`);
  return 0;
});

function parameterOf(text: string): [name: string, value: string] {
  const [, name, value] = /^([a-z]+)=(.+)$/su.exec(text) ?? [];
  if (name !== undefined && value !== undefined) return [name, value];
  throw new UsageError(`--with: expected NAME=VALUE, got ${JSON.stringify(text)}; correct it`);
}

function placeOf(text: string): readonly string[] {
  try {
    const place: unknown = JSON.parse(text);
    if (Array.isArray(place) && place.every((part) => typeof part === 'string')) return place;
  } catch {
    // The error below has the text.
  }
  throw new UsageError(`--after: expected the place that the page before printed, got ${JSON.stringify(text)}; copy it`);
}
