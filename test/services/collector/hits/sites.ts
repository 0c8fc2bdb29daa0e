// Sites of each kind, a sink in memory, and requests, for the tests of hits.
import { siteId } from '../../../../runtime/site';
import type { HttpRequest, KnownField } from '../../../../services/collector/http/message';
import type { CollectedSiteWithKey, SiteDirectory } from '../../../../services/collector/sites/directory';
import type { HitSink } from '../../../../services/collector/spool/hit-sink';

const siteKey = { version: 1, key: Buffer.alloc(32, 7) };
const plain = {
  addressMode: 'truncate',
  hashedFields: [],
  keyVersion: 1,
  privacySignals: false,
  cookies: false,
  origins: [],
  siteKey,
} as const;

export const sites: readonly CollectedSiteWithKey[] = [
  { ...plain, id: siteId(1), key: 'acme' },
  { ...plain, id: siteId(2), key: 'secret', addressMode: 'hash', hashedFields: ['email', '__proto__'], keyVersion: 3 },
  { ...plain, id: siteId(3), key: 'private', privacySignals: true, cookies: true },
  { ...plain, id: siteId(4), key: 'shop', cookies: true, origins: ['https://shop.example'] },
];

export const directory: SiteDirectory = {
  find: (key) => (key === 'later' ? 'not-ready' : (sites.find((site) => site.key === key) ?? 'unknown')),
};

/** A sink that keeps lines in memory, or refuses. */
export class MemorySink implements HitSink {
  readonly lines: string[] = [];
  refusal: Error | undefined;

  async append(lines: Buffer | string, hits: number): Promise<void> {
    if (this.refusal) throw this.refusal;
    const all = String(lines).split('\n');
    if (all.pop() !== '' || all.length !== hits) throw new Error(`sink: expected ${hits} whole lines, got others`);
    this.lines.push(...all);
  }

  /** The hits kept, without what each collector makes up. */
  get hits(): Record<string, unknown>[] {
    return this.lines.map((line) => {
      const { id, received, ...rest } = JSON.parse(line);
      if (typeof id !== 'string' || typeof received !== 'string') throw new Error('sink: expected id and received, got none');
      return rest;
    });
  }
}

export type Fields = { readonly [name in KnownField]?: string };

export function request(method: string, target: string, body: string | Buffer = '', fields: Fields = {}): HttpRequest {
  const mark = target.indexOf('?');
  const [path, query] = mark < 0 ? [target, ''] : [target.slice(0, mark), target.slice(mark + 1)];
  return { method, path, query, peer: '192.0.2.99', body: Buffer.from(body), field: (name) => fields[name] };
}
