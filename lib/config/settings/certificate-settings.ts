// The `edge.certificate` part of a configuration: where the certificate of the load balancer comes from. (DSS-5.3.2)
import { z } from 'zod';

/** A certificate in ACM ("Actions, resources, and condition keys for AWS Certificate Manager", resource types). */
const certificateArn = (error: string) =>
  z.string({ error }).regex(/^arn:aws:acm:[a-z0-9-]+:\d{12}:certificate\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, { error });
const given = certificateArn('the ARN of a certificate in ACM');

const contact = z.email({ error: 'an e-mail address such as certificates@example.com' });

/** ACME runs over HTTPS only (RFC 8555, section 6.1). */
const directory = z
  .string({ error: 'the https URL of an ACME directory' })
  .regex(/^https:\/\/[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?::\d{1,5})?\/[\w./~-]*$/, { error: 'the https URL of an ACME directory' });

/** The alarm of an expiring certificate is set below the least number of days, so that it tells of a renewal that fails. */
const renewDays = z.int().min(20).max(60);

export const certificateSettings = z.strictObject({
  arn: z
    .strictObject({
      home: given.optional().describe('Certificate in the home region.'),
      recovery: given.optional().describe('Certificate in the recovery region.'),
    })
    .prefault({})
    .describe(
      'Certificate of RSA 4096 that people have imported into ACM, and renew there themselves under the same ARN. The deployment fails on ' +
        'one with another key. (DSS-5.3.2)',
    ),
  issue: z
    .strictObject({
      contact: contact.describe('Address that the certificate authority writes to; a mailbox of a team.'),
      directory: directory
        .default('https://acme-v02.api.letsencrypt.org/directory')
        .describe('Directory of the certificate authority that speaks ACME (RFC 8555). Another one issues a new certificate.'),
      renewDaysBefore: renewDays
        .default(30)
        .describe('Days before its end at which the certificate is renewed, 20 to 60; never before half of its life.'),
    })
    .optional()
    .describe(
      'Issues a certificate of RSA 4096 for `edge.domain` by itself and renews it, proving the domain in `edge.hostedZone`; setting it ' +
        "accepts the authority's terms of service. Without it and without `arn`, a self-signed certificate stands in, which browsers " +
        'refuse. (DSS-5.3.2)',
    ),
});
