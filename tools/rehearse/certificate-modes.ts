// Deployments with each source of the certificate, so that the calls of every mode are rehearsed: a reviewed site has
// one of them.
import { settingsSchema } from '../../lib/config/settings/settings';
import { siteOf } from '../../lib/config/site';
import type { Deployed } from './deployed';
import { build } from './deployments';

/** Name of the role whose calls depend on the mode. */
export const certificateRole = 'edge/CertificateFunctionRole';

const account = '111111111111';
const domain = { domain: 'collect.example.com', hostedZone: { id: 'Z0123456789ABCDEFGHIJ', name: 'example.com' } };
const given = `arn:aws:acm:eu-west-3:${account}:certificate/00000000-0000-0000-0000-000000000001`;

/** Settings of the edge by the mode that they lead to. */
const edges = {
  given: { ...domain, certificate: { arn: { home: given } } },
  issued: { ...domain, certificate: { issue: { contact: 'certificates@example.com' } } },
  'self-signed': {},
} as const;

export type CertificateMode = keyof typeof edges;
export const certificateModes = Object.keys(edges) as readonly CertificateMode[];

/** A deployment in a mode, as the app of this checkout builds it. */
export function deploymentIn(mode: CertificateMode): Deployed {
  const settings = settingsSchema.parse({ environment: 'staging', owner: 'platform', account, edge: edges[mode] });
  return build(siteOf('example', 'home', settings, []));
}
