// The `edge` part of the configuration: the name under which a deployment is reached, what stands before it, how much one address may ask.
import { z } from 'zod';
import { certificateSettings } from './certificate-settings';

const textLike = (form: RegExp, expected: string) => z.string({ error: expected }).regex(form, { error: expected });

/** A host name of at least two labels in lower case. A certificate's common name has 64 characters at most (RFC 5280, ub-common-name). */
const hostName = textLike(
  /^(?=.{4,64}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$/,
  'a host name in lower case of at most 64 characters, such as collect.example.com, and not an address',
);

/** WAF takes limits from 10 on ("RateBasedStatement", Limit). One above a million limits nothing that a single address can do. */
const limit = z.int().min(10).max(1_000_000);

const cloudflare = z.strictObject({
  clientCa: textLike(
    /^(?!.*\.\.)[A-Za-z0-9_-][A-Za-z0-9/_.-]{0,200}\.pem$/,
    'a path of a PEM file within the project, such as config/cloudflare-ca.pem',
  ).describe(
    'File with the certificates of the authority that signs the client certificate which Cloudflare shows ("Authenticated Origin Pulls"). ' +
      'An authority of your own: with the one that Cloudflare shares among its customers, any of them reaches the deployment. (TOM-4.11)',
  ),
  origin: hostName
    .optional()
    .describe(
      'Host name in `hostedZone` by which Cloudflare finds the load balancer; not `domain`, which leads to Cloudflare. ' +
        'Without it, point Cloudflare at the name that the load balancer bears.',
    ),
});

export const edgeSettings = z.strictObject({
  domain: hostName
    .optional()
    .describe(
      'Host name under which the deployment is reached. Without it, it is reached by the name of its load balancer. Changing it makes ' +
        'another record and another certificate. (DSS-5.3.1)',
    ),
  hostedZone: z
    .strictObject({
      id: textLike(/^Z[A-Z0-9]{1,31}$/, 'the id of a hosted zone of Route 53, such as Z0123456789ABCDEFGHIJ').describe('Id of the zone.'),
      name: hostName.describe('Name of the zone, such as example.com.'),
    })
    .optional()
    .describe(
      'Public hosted zone of Route 53, in the account, that takes the records of the deployment. Without it no record is made, and none ' +
        'at the recovery site: a recovery moves them.',
    ),
  certificate: certificateSettings.prefault({}).describe('Where the certificate of the load balancer comes from. (DSS-5.3.2)'),
  cloudflare: cloudflare
    .optional()
    .describe(
      "Declares that Cloudflare stands before the load balancer: it then admits Cloudflare's addresses and its client certificate alone, " +
        "and takes the visitor's address from it. (TOM-4.11)",
    ),
  rateLimits: z
    .strictObject({
      windowSeconds: z.literal([60, 120, 300, 600]).default(300).describe('Time over which requests are counted: 60, 120, 300 or 600 s.'),
      hits: limit
        .default(30_000)
        .describe('Requests to /hit.gif and /hit. Many visitors can share one address, as in an office or a mobile network.'),
      hitBatches: limit.default(6000).describe('Requests to /hits, which bring many hits each.'),
      others: limit.default(1000).describe('All other requests.'),
    })
    .prefault({})
    .describe('Requests that one address may make within the window, by kind; more are answered 429. Each 10 to 1,000,000. (TOM-4.11)'),
  logDays: z
    .int()
    .min(90)
    .max(3650)
    .default(90)
    .describe(
      'Days that the logs of the load balancer are kept. They hold addresses and query strings as they came, so no longer than needed. (TOM-3.6)',
    ),
});
