// Fuzzes the request reader and the hit handler without sockets: more inputs in less time, whole and in pieces.
import { parseHit } from '../../../runtime/hit';
import { createHitHandler } from '../../../services/collector/hits/handler';
import { BodyBudget } from '../../../services/collector/http/body';
import { defaultLimits } from '../../../services/collector/http/limits';
import type { RequestHandler } from '../../../services/collector/http/message';
import { RequestReader } from '../../../services/collector/http/request-reader';
import { benchSites } from '../collector-stand/program';
import { Findings, isAllowedStatus } from './findings';
import { Inputs } from './inputs';
import { changedValue } from './lax';

const siteKey = { version: 1, key: Buffer.alloc(32, 1) };
const sites = new Map(benchSites.map((site) => [site.key, { ...site, siteKey }]));

/** Runs a number of inputs; stops early at the time `until` (milliseconds since 1970). */
export async function fuzzInProcess(requests: number, random: () => number, until: number): Promise<Findings> {
  const findings = new Findings();
  const inputs = new Inputs(random);
  let lines: string[] = [];
  const sink = { append: async (text: Buffer | string) => void lines.push(String(text)) };
  const counts = { kept: () => undefined, repaired: () => undefined, rejected: () => undefined, refuse: () => undefined, text: () => '' };
  const health = () => ({ ok: true, reasons: [] });
  const find = (key: string) => sites.get(key) ?? 'unknown';
  const handler = createHitHandler({ sink, sites: { find }, clientAddress: 'x-forwarded-for', health, metrics: counts });
  while (findings.requests < requests && Date.now() < until) {
    const { kind, bytes, sent } = inputs.next();
    findings.kind(kind);
    lines = [];
    try {
      const whole = await readParts([bytes], handler);
      const kept = lines;
      lines = [];
      const split = await readParts(splitAtRandom(bytes, random), handler);
      if (whole.join() !== split.join()) findings.found(`answers differ when split: ${whole.join()} and ${split.join()}`, bytes);
      if ((kind === 'valid' || kind === 'lax') && (whole.length !== 1 || (whole[0] ?? 0) >= 300))
        findings.found(`a valid request was answered ${whole.join()}`, bytes);
      for (const status of whole) {
        findings.status(status);
        if (!isAllowedStatus(status) || status === 503) findings.found(`answered ${status}`, bytes);
      }
      const changed = sent === undefined ? undefined : changedValue(sent, kept.join(''));
      if (changed !== undefined) findings.found(`neither kept nor marked: ${changed} in ${kept.join('')}`, bytes);
      if (!kept.every(isHit)) findings.found('a line that the database refuses', bytes);
    } catch (error) {
      findings.found(`threw ${String(error)}`, bytes);
    }
  }
  return findings;
}

/**
 * The statuses of the answers to the requests in these octets; 400 at the end for a request that is refused before the
 * handler.
 */
async function readParts(parts: readonly Buffer[], handler: RequestHandler): Promise<number[]> {
  const budget = new BodyBudget(defaultLimits.allBodyBytes);
  const reader = new RequestReader(defaultLimits, budget, '192.0.2.1');
  const statuses: number[] = [];
  for (const part of parts) {
    reader.feed(part);
    for (let result = reader.next(); result !== 'more'; result = reader.next()) {
      if (result === 'refused') return [...statuses, 400];
      if (result === 'request') statuses.push((await handler(reader)).status);
    }
  }
  reader.release();
  if (budget.used !== 0) throw new Error(`body budget: expected nothing held, got ${budget.used}`);
  return statuses;
}

function splitAtRandom(bytes: Buffer, random: () => number): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + Math.floor(random() ** 4 * bytes.length);
    parts.push(bytes.subarray(at, at + size));
    at += size;
  }
  return parts;
}

const isHit = (text: string): boolean =>
  text
    .trimEnd()
    .split('\n')
    .every((line) => 'hit' in parseHit(Buffer.from(line), new Date()));
