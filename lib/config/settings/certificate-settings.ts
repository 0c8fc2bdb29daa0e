// The `edge.certificate` part of a configuration: the source of the load balancer's certificate. (DSS-5.3.2)
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

/**
 * The alarm on an expiring certificate has a threshold below the least number of days, so that it reports a failed
 * renewal.
 */
const renewDays = z.int().min(20).max(60);

export const certificateSettings = z.strictObject({
  arn: z
    .strictObject({
      home: given.optional().describe('Certificate in the home region.'),
      recovery: given.optional().describe('Certificate in the recovery region.'),
    })
    .prefault({})
    .describe(
      'Certificate of RSA 4096 that you imported into ACM, and renew there under the same ARN. The deployment fails for a certificate ' +
        'with another key. (DSS-5.3.2)',
    ),
  issue: z
    .strictObject({
      contact: contact.describe('E-mail address for notices of the certificate authority; a mailbox of a team.'),
      directory: directory
        .default('https://acme-v02.api.letsencrypt.org/directory')
        .describe('Directory of the ACME certificate authority (RFC 8555). Changing it issues a new certificate.'),
      renewDaysBefore: renewDays
        .default(30)
        .describe('Days before expiry at which the certificate is renewed, 20 to 60; never before half of its lifetime.'),
    })
    .optional()
    .describe(
      'Issues and renews a certificate of RSA 4096 for `edge.domain`, proving control of the domain in `edge.hostedZone`; setting it ' +
        "accepts the authority's terms of service. Without it and without `arn`, the load balancer has a self-signed certificate, " +
        'which browsers refuse. (DSS-5.3.2)',
    ),
});
