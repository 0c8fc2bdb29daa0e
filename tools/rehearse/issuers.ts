// Part 1 of the rehearsal, for certification authorities: only the one that a CAA record allows issues for the name of
// a certificate.
import { type Assembly, listOf, type Resource } from '../../lib/tom/template/assembly';
import { nameOf } from '../../lib/tom/template/names';
import type { Row } from './row';

const certificates = [
  { type: 'Custom::Certificate', property: 'Domain' },
  { type: 'AWS::CertificateManager::Certificate', property: 'DomainName' },
] as const;

/**
 * A row for each certificate that is issued for a name of the deployment's hosted zone, and for each CAA record: an
 * authority looks for the record at the name, then at each parent (RFC 8659, section 3). A record elsewhere refuses
 * nobody.
 */
export function issuerRows(assembly: Assembly): readonly Row[] {
  const { facts } = assembly;
  const records = assembly.ofType('AWS::Route53::RecordSet');
  const limits = records.filter((record) => record.at('Type') === 'CAA');
  const issued = certificates.flatMap(({ type, property }) =>
    assembly
      .ofType(type)
      .filter((certificate) => certificate.at('Mode') === undefined || certificate.at('Mode') === 'issued')
      .map((certificate) => ({ certificate, domain: withoutDot(certificate.at(property)) })),
  );
  const isOwn = (domain: string): boolean => records.some((record) => withoutDot(record.at('Name')) === domain);
  return [
    ...issued
      .filter(({ domain }) => isOwn(domain))
      .map(({ certificate, domain }): Row => {
        const limit = limits.find(
          (record) => isAbove(withoutDot(record.at('Name')), domain) && listOf(record.at('ResourceRecords')).length > 0,
        );
        const row = { part: 'services', subject: nameOf(certificate, facts) } as const;
        if (limit) return { ...row, outcome: 'ok', detail: `${nameOf(limit, facts)} limits who issues for ${domain}` };
        const detail = `expected a CAA record at ${domain} or above, got none: any authority may issue for it`;
        return { ...row, outcome: 'undeclared', detail, fix: 'put the CAA record at the certified name' };
      }),
    ...limits.map(
      (limit): Row =>
        recordRow(
          limit,
          issued.map(({ domain }) => domain),
          assembly,
        ),
    ),
  ];
}

function recordRow(limit: Resource, domains: readonly string[], { facts }: Assembly): Row {
  const name = withoutDot(limit.at('Name'));
  const row = { part: 'services', subject: nameOf(limit, facts) } as const;
  if (domains.some((domain) => isAbove(name, domain))) return { ...row, outcome: 'ok', detail: `stands at a certified name, ${name}` };
  const detail = `expected a CAA record at a certified name, got ${name}; certified are ${domains.join(', ') || 'none'}`;
  return { ...row, outcome: 'undeclared', detail, fix: 'put the CAA record at the certified name' };
}

const isAbove = (parent: string, domain: string): boolean => domain === parent || domain.endsWith(`.${parent}`);

const withoutDot = (name: unknown): string => String(name).replace(/\.$/, '');
