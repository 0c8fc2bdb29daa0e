// Every alarm that people are told of has a heading in the runbook.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { synthesized } from './synthesized/synthesized';

const headings = readFileSync(join(__dirname, '../docs/runbook.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('### '));

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
