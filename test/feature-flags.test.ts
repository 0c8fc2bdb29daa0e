// cdk.json sets every feature flag that `cdk init` of the installed CDK sets, and the ADR explains each different
// value.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

type Flags = Readonly<Record<string, unknown>>;

const root = resolve(__dirname, '..');
const json = (path: string): Flags => JSON.parse(readFileSync(join(root, path), 'utf8'));

const recommended: Flags = {
  ...json('node_modules/aws-cdk-lib/recommended-feature-flags.json'),
  ...json('node_modules/aws-cdk/lib/init-templates/.recommended-feature-flags.json'),
};
const ours = json('cdk.json').context as Flags;

/** Flags with another value than the recommended one; docs/adr/0002-feature-flags.md gives the reasons. */
const decided: Flags = {
  '@aws-cdk/core:defaultCrossStackReferences': 'strong',
  '@aws-cdk/core:target-partitions': ['aws'],
};

test('the recommended flags are found', () => {
  expect(Object.keys(recommended).length).toBeGreaterThan(80);
});

test('every recommended flag is set, to the recommended or the decided value', () => {
  expect(ours).toEqual({ ...recommended, ...decided });
});

test.each(Object.keys(decided))('the ADR names %s', (flag) => {
  expect(readFileSync(join(root, 'docs/adr/0002-feature-flags.md'), 'utf8')).toContain(flag.replace('@aws-cdk/', ''));
});
