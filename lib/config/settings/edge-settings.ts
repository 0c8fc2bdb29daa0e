// The `edge` part of the configuration: a deployment's host name, Cloudflare in front of it, and the rate limits.
import { z } from 'zod';
import { certificateSettings } from './certificate-settings';

const textLike = (form: RegExp, expected: string) => z.string({ error: expected }).regex(form, { error: expected });

/**
 * A host name of at least two labels in lower case. A certificate's common name has 64 characters at most (RFC 5280,
 * ub-common-name).
 */
const hostName = textLike(
  /^(?=.{4,64}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$/,
  'a host name in lower case of at most 64 characters, such as collect.example.com, and not an address',
);

/** WAF accepts limits of at least 10 ("RateBasedStatement", Limit). No single address reaches a million. */
const limit = z.int().min(10).max(1_000_000);

const cloudflare = z.strictObject({
  clientCa: textLike(
    /^(?!.*\.\.)[A-Za-z0-9_-][A-Za-z0-9/_.-]{0,200}\.pem$/,
    'a path of a PEM file within the project, such as config/cloudflare-ca.pem',
  ).describe(
    'File with the certificates of the authority that signs the client certificate of Cloudflare ("Authenticated Origin Pulls"). ' +
      'Use an authority of your own: with the one that Cloudflare shares among its customers, each of them reaches the deployment. (TOM-4.11)',
  ),
  origin: hostName
    .optional()
    .describe(
      'Host name in `hostedZone` by which Cloudflare reaches the load balancer; not `domain`, which resolves to Cloudflare. ' +
        'Without it, configure Cloudflare with the DNS name of the load balancer. Changing it creates another record.',
    ),
  hitFirewall: z
    .enum(['both', 'cloudflare'])
    .default('both')
    .describe(
      'Firewalls that inspect requests with hits. `both`: that of Cloudflare and AWS WAF. `cloudflare`: AWS WAF inspects no request and ' +
        'bills none, and the managed rules, rate limits and logs of Cloudflare are the only ones; turn them on there before. The load ' +
        'balancer then forwards nothing but hits. Changing it is an update: the web ACL stays, ready for the way back. (TOM-4.11)',
    ),
});

export const edgeSettings = z.strictObject({
  domain: hostName
    .optional()
    .describe(
      'Host name of the deployment. Without it, clients use the DNS name of the load balancer. Changing it creates another record and ' +
        'another certificate. (DSS-5.3.1)',
    ),
  hostedZone: z
    .strictObject({
      id: textLike(/^Z[A-Z0-9]{1,31}$/, 'the id of a hosted zone of Route 53, such as Z0123456789ABCDEFGHIJ').describe(
        'Id of the zone. Changing it creates the records in the other zone and deletes those of the former.',
      ),
      name: hostName.describe('Name of the zone, such as example.com.'),
    })
    .optional()
    .describe(
      'Public hosted zone of Route 53, in the account, for the records of the deployment. Without it no record is created. The recovery ' +
        'site creates none: a recovery moves them.',
    ),
  certificate: certificateSettings.prefault({}).describe('Source of the load balancer certificate. (DSS-5.3.2)'),
  cloudflare: cloudflare
    .optional()
    .describe(
      "Declares that Cloudflare is in front of the load balancer. The load balancer then accepts only Cloudflare's addresses and client " +
        "certificate, and the visitor's address is read from Cloudflare's header. Setting or removing it replaces the " +
        'servers one by one. (TOM-4.11)',
    ),
  rateLimits: z
    .strictObject({
      windowSeconds: z.literal([60, 120, 300, 600]).default(300).describe('Window over which requests are counted: 60, 120, 300 or 600 s.'),
      hits: limit
        .default(30_000)
        .describe('Requests to /hit.gif and /hit. Many visitors can share one address, as in an office or a mobile network.'),
      hitBatches: limit.default(6000).describe('Requests to /hits, each with many hits.'),
      others: limit.default(1000).describe('All other requests.'),
    })
    .prefault({})
    .describe(
      'Requests that one address may send within the window, by kind; the firewall returns 429 to further requests. Each 10 to 1,000,000. (TOM-4.11)',
    ),
  logDays: z
    .int()
    .min(90)
    .max(3650)
    .default(90)
    .describe(
      'Days that the redacted logs of the load balancer are kept. Lines with whole addresses, of refused requests and of people, are kept for 90 days. (TOM-3.6, TOM-4.13)',
    ),
});
