// Sample hits of three visitors: a pixel, a beacon, and a batch.

/** Fixed addresses, so that they can be compared with the stored ones. */
export const sampleAddresses = { pixel: '198.18.7.42', beacon: '2001:db8:7:42::9', batch: '198.18.99.200' } as const;

export interface SamplesSent {
  readonly answered: number;
  readonly refused: number;
}

/** Sends a pixel, a beacon and a batch of two for one site. @param address of the collector */
export async function sendSamples(address: string, site: string): Promise<SamplesSent> {
  const url = `https://${site}.example/sample`;
  const fields = { email: 'ada@example.com', patient: '12-345', language: 'en' };
  const pixel = new URLSearchParams({ site, kind: 'sample-pixel', url, 'f.email': fields.email, 'f.patient': fields.patient });
  const beacon = { site, kind: 'sample-beacon', url, visitor: 'sample-visitor', fields };
  const batch = ['sample-first', 'sample-second'].map((kind) => ({ site, kind, url, visitor: 'sample-other', fields }));
  const sent = [
    [1, isAccepted(`${address}/hit.gif?${pixel}`, sampleAddresses.pixel, {})],
    [1, isAccepted(`${address}/hit`, sampleAddresses.beacon, { dnt: '1', 'content-type': 'text/plain' }, JSON.stringify(beacon))],
    [2, isAccepted(`${address}/hits`, sampleAddresses.batch, { 'content-type': 'application/json' }, JSON.stringify(batch))],
  ] as const;
  let answered = 0;
  let refused = 0;
  for (const [hits, answer] of sent) {
    if (await answer) answered += hits;
    else refused += hits;
  }
  return { answered, refused };
}

/** Sends one request; returns whether the collector accepted it. */
async function isAccepted(url: string, from: string, headers: Readonly<Record<string, string>>, body?: string): Promise<boolean> {
  try {
    const response = await fetch(url, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { ...headers, 'x-forwarded-for': from, 'user-agent': 'Mozilla/5.0 (twin sample)' },
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.timeout(10_000),
    });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
