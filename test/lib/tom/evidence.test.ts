// The evidence of a deployment: a clause whose part is left to Cloudflare states it, where the setting leaves it.
import { App } from 'aws-cdk-lib/core';
import { settingsSchema } from '../../../lib/config/settings/settings';
import type { Site } from '../../../lib/config/site';
import { evidenceOf } from '../../../lib/tom/evidence';
import type { JudgedOutcome } from '../../../lib/tom/judgement';
import { register } from '../../../lib/tom/register';
import { rules } from '../../../lib/tom/rules/all';

const app = new App();
/** All rules comply, or those of the firewall have a finding. */
function clausesWith(hitFirewall: 'both' | 'cloudflare' | undefined, open: readonly string[] = []) {
  const cloudflare = hitFirewall && { clientCa: 'config/ca.pem', hitFirewall };
  const settings = settingsSchema.parse({
    environment: 'production',
    owner: 'platform-team',
    edge: { domain: 'hits.example.com', hostedZone: { id: 'Z0123456789ABCDEFGHIJ', name: 'example.com' }, cloudflare },
  });
  const site = { deployment: 'production', name: 'home', region: 'eu-west-3', settings } as Site;
  const judgement = rules.map((rule): JudgedOutcome => {
    const findings = open.includes(rule.name)
      ? [{ id: 'f', path: '', required: 'x', fix: 'y', state: 'open' as const, found: undefined }]
      : [];
    const verdict = findings.length === 0 ? 'compliant' : 'non-compliant';
    return { rule, clauses: [], resource: undefined, stack: undefined, construct: app, verdict, findings: findings as never, fatal: false };
  });
  const { clauses } = evidenceOf(site, app, judgement, rules, register);
  return (id: string) => clauses.find((clause) => clause.id === id);
}

const keeper = 'for hits it rests on the managed rules, rate limits and logs of Cloudflare, which no template shows';

test.each([
  ['TOM-4.11', 'kept'],
  ['DSS-6.4.1', 'planned'],
])('%s states that it rests on Cloudflare, where the configuration leaves hits to it', (id, state) => {
  expect(clausesWith('cloudflare')(id)).toMatchObject({ state, reason: keeper });
});

test.each(['both', undefined] as const)('it states nothing of it with hitFirewall %p', (hitFirewall) => {
  for (const id of ['TOM-4.11', 'DSS-6.4.1']) expect(clausesWith(hitFirewall)(id)?.reason).toBeUndefined();
});

test('a clause that is broken has the reason of that alone, and others have none', () => {
  const clause = clausesWith('cloudflare', ['web-firewall']);
  expect(clause('TOM-4.11')).toMatchObject({ state: 'not met', reason: 'broken: web-firewall' });
  expect(clause('TOM-4.10')?.reason).toBeUndefined();
});
