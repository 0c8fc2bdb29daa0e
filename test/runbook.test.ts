// Every alarm that people are told of has a heading in the runbook; what is protected or kept has its way back.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { synthesized } from './synthesized/synthesized';

const runbook = readFileSync(join(__dirname, '../docs/runbook.md'), 'utf8');
const headings = runbook.split('\n').filter((line) => line.startsWith('### '));

interface AlarmResource {
  readonly Type: string;
  readonly Metadata?: { readonly 'aws:cdk:path'?: string };
}

const alarms = synthesized('production')
  .stacks.flatMap(({ template }) => Object.values(template.Resources as Record<string, AlarmResource>))
  .filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm')
  .map(({ Metadata }) => Metadata?.['aws:cdk:path'] ?? '')
  // It scales the fleet and tells nobody.
  .filter((path) => !path.includes('/Scaling/'));

test('there are alarms', () => {
  expect(alarms.length).toBeGreaterThan(10);
});

test.each(alarms)('%s has its heading', (path) => {
  const name = path.split('/').at(-2) ?? '';
  expect(headings.filter((heading) => new RegExp(`\\b${name}\\b`).test(heading))).toHaveLength(1);
});

interface Kept {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** What stands in the way of a deletion, or of a second deployment: protected, kept, or with a name that is given up late. */
function isInTheWay({ Type, DeletionPolicy = 'Delete', Properties = {} }: Kept): boolean {
  const attributes = JSON.stringify(Properties.LoadBalancerAttributes ?? []);
  const guarded = Properties.DeletionProtection === true || Properties.DeleteProtection === true;
  const balancer = attributes.includes('{"Key":"deletion_protection.enabled","Value":"true"}');
  return guarded || balancer || DeletionPolicy !== 'Delete' || Type === 'AWS::IAM::ServiceLinkedRole' || 'ManagedPolicyName' in Properties;
}

const inTheWay = synthesized('production').stacks.flatMap(({ template }) =>
  Object.values(template.Resources as Record<string, Kept>).filter(isInTheWay),
);

test.each([...new Set(inTheWay.map(({ Type }) => Type))].toSorted())('the runbook says what to do about %s', (type) => {
  const [, section = ''] = /^## A deployment that failed, or is made again$([\s\S]*?)^## /m.exec(runbook) ?? [];
  expect(section).toContain(`\`${type}\``);
});

test('a bucket that is kept is named, if it has a name', () => {
  const names = inTheWay.filter(({ Type }) => Type === 'AWS::S3::Bucket').map(({ Properties }) => JSON.stringify(Properties?.BucketName));
  const uses = names.flatMap((name = '') => /production-([a-z-]+)-/.exec(name)?.[1] ?? []);
  expect(uses).toHaveLength(5);
  for (const use of uses) expect(runbook).toContain(`-${use}-`);
});
