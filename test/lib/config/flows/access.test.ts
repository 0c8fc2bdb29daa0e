// The services that people reach through the VPNs are those of their sessions.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { managementServices, vpnServices } from '../../../../lib/config/flows/access';
import { peopleCalls } from '../../../../lib/config/people-calls';
import { runbookPath } from '../../../../lib/config/runbook';

const repository = join(__dirname, '../../../..');

/** The prefixes of the calls that a role is allowed. */
const prefixesOf = (role: keyof typeof peopleCalls) => [
  ...new Set(
    peopleCalls[role]
      .filter(({ effect }) => effect !== 'Deny')
      .flatMap(({ actions }) => actions.map((action) => action.split(':')[0] ?? '')),
  ),
];

/** The names of the endpoints in the VPC, by the prefix of the actions of their service. */
const withEndpoint: Readonly<Record<string, string>> = {
  ...{ autoscaling: 'autoscaling', cloudwatch: 'monitoring', kinesis: 'kinesis-streams', kms: 'kms', logs: 'logs' },
  ...{ secretsmanager: 'secretsmanager', ssm: 'ssm', ssmmessages: 'ssmmessages', sts: 'sts' },
};

test.each([
  ['it-team', vpnServices],
  ['infrastructure-manager', managementServices],
] as const)('%s reaches each service of its calls that has an endpoint', (role, services) => {
  const needed = ['sts', ...prefixesOf(role).flatMap((prefix) => withEndpoint[prefix] ?? [])];
  expect(needed.length).toBeGreaterThan(4);
  expect(Object.keys(services)).toEqual(expect.arrayContaining(needed));
});

test('the resolver of the management networks gets the names of the same services', () => {
  const [, names] = /^for service in ([a-z0-9 -]+); do$/m.exec(readFileSync(join(repository, runbookPath), 'utf8')) ?? [];
  expect(names?.split(' ').toSorted()).toEqual(Object.keys(managementServices).toSorted());
});
