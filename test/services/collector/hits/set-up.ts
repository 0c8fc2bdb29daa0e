// A handler with a sink in memory, a stopped clock, and recorded counts.
import { createHitHandler } from '../../../../services/collector/hits/handler';
import { directory, type Fields, MemorySink, request } from './sites';

export const now = Date.parse('2026-03-15T12:00:00.000Z');

export function setUp(clientAddress: 'x-forwarded-for' | 'cf-connecting-ip' | 'peer' = 'x-forwarded-for') {
  const sink = new MemorySink();
  const counts: string[] = [];
  const count = (what: string) => (reason: string | number, hits?: number) => void counts.push([what, reason, hits ?? ''].join(' ').trim());
  const metrics = {
    ...{ kept: count('kept'), repaired: count('repaired'), rejected: count('rejected'), refuse: count('refuse') },
    text: () => 'collector_hits_total 1\n',
  };
  const health = { ok: true, reasons: [] as string[] };
  const handler = createHitHandler({ sink, sites: directory, clientAddress, health: () => health, metrics, now: () => now });
  const send = async (...args: Parameters<typeof request>) => {
    const { status, bytes, bodyStart } = await handler(request(...args));
    return { status, head: bytes.subarray(0, bodyStart).toString('latin1'), body: bytes.subarray(bodyStart) };
  };
  const post = (value: unknown, fields: Fields = {}) => {
    const body = typeof value === 'string' || Buffer.isBuffer(value) ? value : JSON.stringify(value);
    return send('POST', '/hit', body, { 'content-type': 'application/json', ...fields });
  };
  return { sink, counts, health, handler, send, post };
}
