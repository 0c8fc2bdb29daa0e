// One HTTPS request to the load balancer of a site before its name leads there: by its own address, with the name in
// SNI and in the request.
import { lookup } from 'node:dns/promises';
import { request } from 'node:https';

export interface EdgeRequest {
  /** Name in DNS of the load balancer. */
  readonly balancer: string;
  /** Name of the deployment, for which the certificate is to be valid. */
  readonly name: string;
  readonly path: string;
  /** Others are for tests. @default 443 */
  readonly port?: number;
  /** Authorities of certificates; others are for tests. @default - those of Node.js */
  readonly ca?: string;
}

export interface EdgeAnswer {
  readonly address: string;
  readonly status: number;
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

const milliseconds = 15_000;

/** @throws Error where the name does not resolve, nothing answers, or the certificate is not valid for the name */
export async function probeEdge({ balancer, name, path, port = 443, ca }: EdgeRequest): Promise<EdgeAnswer> {
  const { address } = await lookup(balancer);
  return new Promise((done, fail) => {
    const options = {
      ...{ host: address, port, path, servername: name, headers: { Host: name }, timeout: milliseconds, agent: false as const },
      ...(ca === undefined ? {} : { ca }),
    };
    const sent = request(options, (response) => {
      response.resume();
      const headers = Object.entries(response.headers).map(([key, value]) => [key, String(value)]);
      response.on('end', () => done({ address, status: response.statusCode ?? 0, headers: Object.fromEntries(headers) }));
      response.on('error', fail);
    });
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${milliseconds / 1000} s`)));
    sent.on('error', fail);
    sent.end();
  });
}
