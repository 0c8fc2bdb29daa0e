// Rules between the settings of the certificate and others. (DSS-5.3.2)
import { type Objection, show } from '../file/problem';
import type { ValidParts } from '../file/schema-walk';
import type { Settings } from '../settings/settings';
import { isInZone } from './edge-checks';

type CertificateCheck = (settings: ValidParts<Settings>) => readonly Objection[];

const sites = ['home', 'recovery'] as const;

/**
 * A load balancer serves only certificates of its own region, and the deployment can check only those of its own
 * account.
 */
const ownCertificates: CertificateCheck = ({ account, region, recoveryRegion, edge }) =>
  sites.flatMap((site) => {
    const arn = edge?.certificate?.arn?.[site];
    if (arn === undefined) return [];
    const [, , , certificateRegion, certificateAccount] = arn.split(':');
    const of = site === 'home' ? region : recoveryRegion;
    const path = ['edge', 'certificate', 'arn', site];
    if (of !== undefined && certificateRegion !== of)
      return [{ path, expected: `a certificate in ${of}`, got: show(arn), todo: 'import it there too; ACM keeps certificates by region' }];
    if (account !== certificateAccount) {
      const expected = 'a certificate of the account that `account` names';
      return [{ path, expected, got: show(arn), todo: 'name the account, or import the certificate there' }];
    }
    return [];
  });

/** A recovery must not begin with a search for the certificate. (DSS-5.5.1) */
const bothSitesInProduction: CertificateCheck = ({ environment, edge }) => {
  const arn = edge?.certificate?.arn;
  const missing = sites.filter((site) => arn?.[site] === undefined);
  if (environment !== 'production' || missing.length !== 1) return [];
  const [site] = missing;
  const expected = 'a certificate for both sites in production';
  return [
    { path: ['edge', 'certificate', 'arn', site ?? ''], expected, got: 'nothing', todo: `import one in the region of the ${site} site` },
  ];
};

const oneSource: CertificateCheck = ({ edge }) => {
  const { arn, issue } = edge?.certificate ?? {};
  if (issue === undefined || (arn?.home === undefined && arn?.recovery === undefined)) return [];
  const path = ['edge', 'certificate', 'issue'];
  return [{ path, expected: 'no issue together with edge.certificate.arn', got: 'a group', todo: 'remove one of the two' }];
};

/**
 * The name that a certificate is issued for: one whose records the zone holds. Behind Cloudflare it is the origin,
 * which strict mode accepts ("Full (strict)": the requested or target hostname), and without an origin the domain.
 * Cloudflare has certificates of its own for the domain, from authorities that a CAA record would exclude; and the
 * domain may be a CNAME to Cloudflare, beside which a zone holds no other record (RFC 1034, section 3.6.2).
 */
export function provableName({ domain, hostedZone, cloudflare }: NonNullable<ValidParts<Settings>['edge']>): string | undefined {
  const zone = hostedZone?.name;
  return [cloudflare?.origin, domain].find((name) => name !== undefined && zone !== undefined && isInZone(name, zone));
}

/** The authority requires a record in the zone of the name as proof. (RFC 8555, section 8.4) */
const domainToIssueFor: CertificateCheck = ({ edge }) => {
  if (edge?.certificate?.issue === undefined) return [];
  const path = ['edge', 'certificate', 'issue'];
  const missing = (['domain', 'hostedZone'] as const).filter((key) => edge[key] === undefined);
  if (missing.length > 0 || provableName(edge) !== undefined)
    return missing.map((key) => ({ path, expected: `edge.${key} as well`, got: 'none', todo: `add edge.${key}, or remove the group` }));
  const expected = `edge.domain or edge.cloudflare.origin in edge.hostedZone.name, ${edge.hostedZone?.name}`;
  return [{ path, expected, got: show(edge.domain), todo: 'name the zone of the domain, or give a certificate in edge.certificate.arn' }];
};

/** All certificate rules, in the order of their problems. */
export const certificateChecks: readonly CertificateCheck[] = [ownCertificates, bothSitesInProduction, oneSource, domainToIssueFor];
