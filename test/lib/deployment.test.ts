// Each reviewed site as a whole: what its evidence says, where it stands, what holds data, how large it is.
import { boundaryName } from '../../lib/config/names';
import type { Evidence } from '../../lib/tom/evidence';
import { rules } from '../../lib/tom/rules/all';
import { reviewedSites, siteLabel } from '../../tools/synthesis/synthesize';
import { synthesized } from '../synthesized/synthesized';

interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly Metadata?: Readonly<Record<string, unknown>>;
}

const resourcesOf = (template: unknown) => Object.entries((template as { Resources: Record<string, Resource> }).Resources);
const evidenceOf = (deployment: string, site: 'home' | 'recovery' = 'home') =>
  synthesized(deployment, site).file('tom-evidence.json') as Evidence;
const notMetIn = (evidence: Evidence) => evidence.clauses.filter(({ state }) => state === 'not met').map(({ id }) => id);

describe.each(reviewedSites.map((site) => ({ ...site, label: siteLabel(site) })))('$label', ({ deployment, site }) => {
  const app = synthesized(deployment, site);

  test('breaks no promise', () => {
    expect(app.result).toMatchObject({ status: 0 });
    expect(evidenceOf(deployment, site).totals.violations).toBe(0);
  });

  test('its evidence lists every rule, and each evaluated a resource', () => {
    const asked = evidenceOf(deployment, site).rules;
    expect(asked.map(({ rule }) => rule)).toEqual(rules.map(({ name }) => name));
    // Staging holds VPC Block Public Access for the account and region that development goes to as well.
    const elsewhere = deployment === 'development' ? ['vpc-block-public-access'] : [];
    // The configuration names a certificate of the VPN server for production alone.
    const vpn =
      deployment === 'production'
        ? []
        : ['revocation-list', 'tunnel-keys', 'tunnel-log', 'tunnel-watch', 'vpn-connection-log', 'vpn-session-hours'];
    const unasked = asked.filter((rule) => rule.asked.length === 0).map(({ rule }) => rule);
    expect(unasked.sort()).toEqual([...elsewhere, ...vpn].sort());
  });

  test('its stacks are named after it and described, and stay small', () => {
    for (const { name, template } of app.stacks) {
      expect(name).toMatch(new RegExp(`^${deployment}-[a-z]+$`));
      expect(template.Description).toMatch(/^[A-Z].{20,}/);
      expect(resourcesOf(template).length).toBeLessThan(400);
      expect(JSON.stringify(template).length).toBeLessThan(800_000);
    }
  });

  test('every resource has the clauses that it serves', () => {
    const silent = app.stacks.flatMap(({ name, template }) =>
      resourcesOf(template)
        .filter(([, { Metadata }]) => !Metadata?.['rempart:tom'])
        .map(([id]) => `${name}/${id}`),
    );
    expect(silent).toEqual([]);
  });

  test('every role bears the boundary of the site, and two of them one of their own', () => {
    const roles = app.stacks.flatMap(({ template }) => resourcesOf(template).filter(([, { Type }]) => Type === 'AWS::IAM::Role'));
    expect(roles.length).toBeGreaterThan(0);
    const region = app.stacks[0]?.region as string;
    const name = boundaryName({ deployment, region } as Parameters<typeof boundaryName>[0]);
    const others = roles.filter(([, { Properties }]) => !JSON.stringify(Properties?.PermissionsBoundary).includes(`:policy/${name}"`));
    expect(
      others.map(([, { Properties }]) => JSON.stringify(Properties?.PermissionsBoundary).replace(/.*:policy\/|"\]\]\}$/g, '')),
    ).toEqual([`${deployment}-backup-boundary-${region}`, `${deployment}-restore-boundary-${region}`]);
  });

  test('every taggable resource names deployment, environment and owner', () => {
    for (const { template } of app.stacks) {
      for (const [, { Type, Properties }] of resourcesOf(template)) {
        if (!['AWS::S3::Bucket', 'AWS::KMS::Key', 'AWS::EC2::VPC', 'AWS::IAM::Role', 'AWS::Logs::LogGroup'].includes(Type)) continue;
        const keys = ((Properties?.Tags ?? []) as { Key: string }[]).map(({ Key }) => Key);
        expect(keys).toEqual(expect.arrayContaining(['rempart:deployment', 'rempart:environment', 'rempart:owner']));
      }
    }
  });
});

describe('what sets the sites apart', () => {
  const regions = (deployment: string, site: 'home' | 'recovery' = 'home') =>
    synthesized(deployment, site).stacks.map(({ region }) => region);

  test('home is in Paris, and its copies in the recovery region, as the recovered site', () => {
    const copies = synthesized('production').stacks.filter(({ region }) => region === 'eu-central-1');
    expect(copies.map(({ name }) => name)).toEqual(['production-recovery']);
    expect(new Set(regions('production'))).toEqual(new Set(['eu-west-3', 'eu-central-1']));
    expect(new Set(regions('production', 'recovery'))).toEqual(new Set(['eu-central-1']));
  });

  test('the templates of the recovery site name the home region in the boundary alone, which admits both', () => {
    for (const { template } of synthesized('production', 'recovery').stacks) {
      const naming = resourcesOf(template).filter(([, resource]) => JSON.stringify(resource).includes('eu-west-3'));
      expect(naming.map(([, { Type }]) => Type).filter((type) => type !== 'AWS::IAM::ManagedPolicy')).toEqual([]);
    }
  });

  test('production leaves nothing out', () => {
    expect(notMetIn(evidenceOf('production'))).toEqual([]);
    // Until the home region answers again.
    expect(notMetIn(evidenceOf('production', 'recovery'))).toEqual(['DSS-5.4.2', 'DSS-5.5.2']);
  });

  test('development shares one NAT gateway, has no firewall and no standby of its database, and reports that', () => {
    // Those of access lack facts from outside, such as the certificate of the VPN server and the management gateway.
    const access = ['TOM-3.1', 'TOM-3.2', 'TOM-3.3', 'TOM-3.6', 'TOM-3.9', 'TOM-5.6'];
    expect(notMetIn(evidenceOf('development'))).toEqual([...access, 'TOM-6.3', 'TOM-6.5', 'TOM-6.6', 'DSS-5.2', 'DSS-5.6.5']);
  });

  test('production is protected from termination, development is not', () => {
    const protection = (deployment: string) => {
      const { artifacts } = synthesized(deployment).file('manifest.json') as {
        artifacts: Record<string, { type: string; properties?: { terminationProtection?: boolean } }>;
      };
      return Object.values(artifacts)
        .filter(({ type }) => type === 'aws:cloudformation:stack')
        .map(({ properties }) => properties?.terminationProtection ?? false);
    };
    expect(new Set(protection('production'))).toEqual(new Set([true]));
    expect(new Set(protection('development'))).toEqual(new Set([false]));
  });
});
