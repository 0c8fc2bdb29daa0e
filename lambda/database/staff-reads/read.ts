// One request of a person: opens a site, or reads a page, signed in as the role of the person. (TOM-4.7, TOM-4.8)
import type { DirectConnection } from '../../../runtime/database-connection';
import { checkRole, sourceOf, type Verified } from '../../../runtime/staff/caller';
import { type ReadRequest, readRequest, roleOf } from '../../../runtime/staff/requests';
import { inTransaction, type Open, openAs } from '../../../runtime/staff/sign-in';
import { refusal, shown } from '../../../runtime/vpn/refusal';
import { parameterForms, type Read, reads, statementOf } from './reads';

export interface ReadResult {
  /** Rows of the page; none for `open`. */
  readonly rows: readonly unknown[];
  /** Where the page ended, for the next one. @default - there is no further row */
  readonly after?: readonly string[];
}

/** Most bytes of a page, as JSON: a sixth of the most that Lambda returns ("Lambda quotas"). */
const defaultMostBytes = 2 ** 20;
/** Time limit of each statement. */
const statementTimeout = '15s';

type Page = ReadRequest & { readonly action: 'read' };

/**
 * The entry of the access log is part of the transaction of the read, and rows are returned after the commit only: no
 * row leaves without an entry. A read that fails has an entry with its error, in a transaction of its own.
 *
 * @param mostBytes size limit of a page. @default 1 MiB
 */
export async function readAsPerson(
  open: Open,
  { caller, request, signature }: Verified,
  callerRole: string,
  mostBytes: number = defaultMostBytes,
): Promise<ReadResult> {
  checkRole(caller, callerRole);
  const wanted = readRequest(request);
  const read = wanted.action === 'open' ? undefined : readOf(wanted);
  const client = await openAs(open, roleOf(read?.kind ?? 'support', caller.name));
  const source = sourceOf(caller);
  try {
    // Committed by itself: a request that fails has used its signature too.
    await inTransaction(client, async () => client.query('select rempart.use_signature($1)', [signature]));
    if (wanted.action === 'open' || read === undefined) return await openSite(client, wanted as ReadRequest & { action: 'open' }, source);
    return await logged(client, wanted, source, () => pageOf(client, read, wanted, mostBytes));
  } finally {
    await client.end();
  }
}

function readOf({ read: name, site, parameters }: Page): Read {
  const read = Object.hasOwn(reads, name) ? reads[name] : undefined;
  if (read === undefined) throw refusal('read', Object.keys(reads).join(', '), shown(name), 'choose one of them');
  if (read.site === 'required' && site === undefined) throw refusal('site', `a site for ${name}`, 'none', 'add it');
  for (const [parameter, value] of Object.entries(parameters)) {
    const known = read.parameters.find((one) => one === parameter);
    if (known === undefined) throw refusal(`parameters of ${name}`, read.parameters.join(', ') || 'none', shown(parameter), 'remove it');
    const [form, words] = parameterForms[known];
    if (!form.test(value)) throw refusal(parameter, words, shown(value), 'correct it');
  }
  return read;
}

async function openSite(client: DirectConnection, { site, reason }: ReadRequest & { action: 'open' }, source: string): Promise<ReadResult> {
  try {
    await inTransaction(client, () => client.query('select rempart.support_open($1, $2, $3)', [site, reason, source]));
    return { rows: [] };
  } catch (error) {
    await enter(client, site, 'support opens', source, 'failed', codeOf(error));
    throw error;
  }
}

async function logged(client: DirectConnection, page: Page, source: string, work: () => Promise<ReadResult>): Promise<ReadResult> {
  const { read, site = 0, parameters } = page;
  const action = `${reads[read]?.kind} reads ${read}`;
  try {
    return await inTransaction(client, async () => {
      await client.query(`set local statement_timeout = '${statementTimeout}'`);
      const result = await work();
      // Names of parameters: their values may be personal data, which no erasure reaches here.
      const by = Object.keys(parameters).join(', ') || 'no parameter';
      await enter(client, site, action, source, 'done', `${result.rows.length} rows by ${by}`);
      return result;
    });
  } catch (error) {
    await enter(client, site, action, source, 'failed', codeOf(error));
    throw error;
  }
}

const enter = async (client: DirectConnection, ...entry: [number, string, string, 'done' | 'failed', string]): Promise<void> =>
  void (await client.query('select rempart.staff_entry($1, $2, $3, $4, $5)', entry));

const codeOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'unknown';
  return ('code' in error ? String(error.code) : error.name).slice(0, 100);
};

async function pageOf(
  client: DirectConnection,
  read: Read,
  { site, parameters, limit, after }: Page,
  mostBytes: number,
): Promise<ReadResult> {
  if (after !== undefined && after.length !== read.order.length) {
    throw refusal('after', `${read.order.length} values`, String(after.length), 'copy it from the page before');
  }
  // One more row than the page, by which its end is known.
  const values = [site ?? null, limit + 1, after ?? null, ...read.parameters.map((name) => parameters[name] ?? null)];
  const { rows } = await client.query<{ row: string; place: string[] }>(statementOf(read), values);
  const page = rows.slice(0, limit);
  const bytes = page.reduce((sum, { row }) => sum + Buffer.byteLength(row), 0);
  if (bytes > mostBytes) throw refusal('page', `at most ${mostBytes} bytes`, String(bytes), 'ask for fewer rows with --limit');
  const end = rows.length > limit ? page.at(-1)?.place : undefined;
  return { rows: page.map(({ row }) => JSON.parse(row) as unknown), ...(end === undefined ? {} : { after: end }) };
}
