// Load by wrk: hits of 1 kB, posted over persistent connections.
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface Load {
  readonly requests: number;
  /** Answers outside 2xx and 3xx, and errors of sockets. */
  readonly errors: number;
  /** Quantiles of the latency, in milliseconds. */
  readonly latency: { readonly [quantile in 'p50' | 'p90' | 'p99' | 'p999']: number };
}

/** A hit of 1,000 bytes, in the format of a page. */
export const hit = (() => {
  const fields = {
    title: 'Winter coats and boots, page 3',
    section: 'catalogue',
    viewport: '1440x900',
    basket: [{ sku: 'A-1029', price: 59.9 }],
  };
  const base = {
    site: 'acme',
    kind: 'page',
    url: 'https://www.example.com/shop/winter?page=3&sort=price',
    referrer: 'https://www.example.com/',
  };
  const empty = JSON.stringify({ ...base, visitor: 'v-7d1f0c2a91', fields: { ...fields, note: '' } });
  return JSON.stringify({
    ...base,
    visitor: 'v-7d1f0c2a91',
    fields: { ...fields, note: 'lorem ipsum '.repeat(90).slice(0, 1000 - empty.length) },
  });
})();

/** Some of the header fields that a load balancer forwards from a browser. */
const script = `
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["X-Forwarded-For"] = "203.0.113.9"
wrk.headers["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
wrk.headers["Accept"] = "*/*"
wrk.body = ${JSON.stringify(hit)}
function done(summary, latency)
  local errors = summary.errors
  local all = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format("JSON {\\"requests\\":%d,\\"errors\\":%d,\\"p50\\":%f,\\"p90\\":%f,\\"p99\\":%f,\\"p999\\":%f}\\n", summary.requests, all,
    latency:percentile(50) / 1000, latency:percentile(90) / 1000, latency:percentile(99) / 1000, latency:percentile(99.9) / 1000))
end
`;

export interface LoadPlan {
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
  readonly cores: string;
  readonly folder: string;
}

export async function load({ port, connections, seconds, cores, folder }: LoadPlan): Promise<Load> {
  const file = join(folder, 'hits.lua');
  writeFileSync(file, script);
  const wrk = [
    'wrk',
    '-t',
    '1',
    '-c',
    String(connections),
    '-d',
    `${seconds}s`,
    '--timeout',
    '10s',
    '-s',
    file,
    `http://127.0.0.1:${port}/hit`,
  ];
  const { stdout } = await promisify(execFile)('taskset', ['-c', cores, ...wrk]);
  const { requests, errors, ...latency } = JSON.parse(/^JSON (.*)$/m.exec(stdout)?.[1] ?? '{}');
  return { requests, errors, latency };
}
