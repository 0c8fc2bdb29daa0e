// The runbook names every resource that is protected, retained, or has a name that AWS gives up late.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runbookPath } from '../../lib/config/runbook';
import { synthesized } from '../synthesized/synthesized';

const runbook = readFileSync(join(__dirname, '../..', runbookPath), 'utf8');
const [, section = ''] = runbook.split(/^## A deployment that failed, or is made again$/m);

interface Resource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** Whether a resource blocks the deletion of its stack, or the next creation of it. */
function isInTheWay({ Type, DeletionPolicy = 'Delete', Properties = {} }: Resource): boolean {
  const attributes = JSON.stringify(Properties.LoadBalancerAttributes ?? []);
  const isProtected = Properties.DeletionProtection === true || Properties.DeleteProtection === true;
  const isProtectedBalancer = attributes.includes('{"Key":"deletion_protection.enabled","Value":"true"}');
  const isNamedLate = Type === 'AWS::IAM::ServiceLinkedRole' || 'ManagedPolicyName' in Properties;
  return isProtected || isProtectedBalancer || DeletionPolicy !== 'Delete' || isNamedLate;
}

const inTheWay = synthesized('production').stacks.flatMap(({ template }) =>
  Object.values(template.Resources as Record<string, Resource>).filter(isInTheWay),
);

test.each([...new Set(inTheWay.map(({ Type }) => Type))].toSorted())('%s has its row', (type) => {
  expect(section).toContain(`\`${type}\``);
});

test('retained buckets with a fixed name are named', () => {
  const names = inTheWay.filter(({ Type }) => Type === 'AWS::S3::Bucket').map(({ Properties }) => JSON.stringify(Properties?.BucketName));
  const uses = names.flatMap((name = '') => /production-([a-z-]+)-/.exec(name)?.[1] ?? []);
  expect(uses).toHaveLength(8);
  for (const use of uses) expect(section).toContain(`-${use}-`);
});
