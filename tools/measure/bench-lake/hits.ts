// The hits of one site and day as the window has them, generated, and as the delivery stream writes them.
import { generateHits, generateSite } from '../../../lambda/database/generated-data/generate';
import type { LakeRow } from '../../../runtime/lake/columns';

const seed = 22;
const site = 7;

/** Generated hits in their order of arrival. A fifth of them has a cookie's visitor that came back, as browsers do. */
export function hitsOfDay(count: number): readonly LakeRow[] {
  const rows: LakeRow[] = [];
  for (const hit of generateHits(seed, site, generateSite(seed, site), count, new Date('2026-11-30T00:00:00Z'))) {
    const number = rows.length;
    rows.push({
      visitor: hit.visitor,
      // The generator has milliseconds; collectors have microseconds.
      received_at: micros(hit.received) + BigInt((number * 7919) % 1000),
      kind: hit.kind,
      site_id: site,
      id: hit.id,
      occurred_at: micros(hit.occurred),
      client_time: null,
      url: hit.url,
      referrer: hit.referrer ?? null,
      visitor_returned: number % 5 === 0 ? true : null,
      address: hit.address,
      user_agent: hit.userAgent,
      fields: JSON.stringify(hit.fields),
      repairs: null,
      key_version: 1,
    });
  }
  return rows.sort((a, b) => (a.received_at < b.received_at ? -1 : 1));
}

const micros = (iso: string): bigint => BigInt(Date.parse(iso)) * 1000n;

/** One line for each hit, as collectors put it on the stream (runtime/hit.ts). */
export function jsonLines(rows: readonly LakeRow[]): Buffer {
  const lines = rows.map((row) => {
    const {
      site_id,
      id,
      received_at,
      occurred_at,
      kind,
      url,
      referrer,
      visitor,
      visitor_returned,
      address,
      user_agent,
      fields,
      key_version,
    } = row;
    const line = JSON.stringify({
      site: site_id,
      id,
      received: isoOf(received_at),
      occurred: isoOf(occurred_at),
      kind,
      url: url ?? undefined,
      referrer: referrer ?? undefined,
      visitor: visitor ?? undefined,
      returning: visitor_returned ?? undefined,
      address: address ?? undefined,
      userAgent: user_agent ?? undefined,
      keyVersion: key_version,
    });
    return `${line.slice(0, -1)}${fields === null ? '' : `,"fields":${fields}`}}\n`;
  });
  return Buffer.from(lines.join(''));
}

/** ISO 8601 with microseconds, as collectors write it. */
const isoOf = (time: bigint): string =>
  `${new Date(Number(time / 1000n)).toISOString().slice(0, -1)}${String(time % 1000n).padStart(3, '0')}Z`;
