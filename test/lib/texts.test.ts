// Every text of the templates that AWS takes in a form of its own: tags, names and descriptions, at the longest that a
// configuration allows.
import { settingsSchema } from '../../lib/config/settings/settings';
import { siteOf } from '../../lib/config/site';
import { buildDeployment } from '../../lib/deployment';
import { descriptions, type Form, fits, names, otherNames, tagForm } from '../../tools/rehearse/forms';
import { account, appWithFlags, concrete } from './stacks/account-stack';

interface Made {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** The longest name of a deployment and the longest owner, with every sign that each may have. */
const deployment = 'a-deployment-of-24-marks';
const owner = `${'Az09 ._-'.repeat(7)}Team-7.`;

const app = appWithFlags();
const scheduled = [{ name: `a${'-0'.repeat(15)}`, cron: '30 18 * * 5', minimum: 5 }];
const access = {
  managementNetworks: [{ name: 'manager', cidr: '172.20.8.0/24' }],
  officeAddresses: ['192.0.2.0/24'],
  auditor: { account: '444455556666', externalId: 'audit-2026-0123456789' },
  deployer: { repository: 'example/rempart' },
};
const settings = { environment: 'production', owner, account, access, collection: { scheduled } };
buildDeployment(app, siteOf(deployment, 'recovery', settingsSchema.parse(settings), []));
const stacks = app.synth().stacks.map(({ template }) => template as { Description: string; Resources: Record<string, Made> });
const resources = stacks.flatMap(({ Resources }) => Object.entries(Resources));

test('the owner is one that a configuration may have', () => {
  expect(owner).toHaveLength(63);
});

test('tags', () => {
  const tags = resources.flatMap(([id, { Properties }]) =>
    [Properties?.Tags ?? []].flat().map((tag) => ({ id, ...(concrete(tag) as { Key: string; Value: string }) })),
  );
  expect(tags.length).toBeGreaterThan(300);
  expect(tags.some(({ Value }) => Value === owner)).toBe(true);
  expect(tags.filter(({ Key, Value }) => !fits(Key, { ...tagForm, longest: 128 }) || !fits(Value, tagForm))).toEqual([]);
});

test('descriptions', () => {
  const found = resources.flatMap(([id, { Type, Properties }]) =>
    Object.entries(Properties ?? {})
      .filter(([name]) => /Description$/.test(name))
      .map(([, text]) => ({ id, Type, text: String(concrete(text)) })),
  );
  expect(new Set(found.map(({ Type }) => Type))).toEqual(new Set(Object.keys(descriptions)));
  expect(found.filter(({ Type, text }) => !fits(text, descriptions[Type] as Form))).toEqual([]);
  for (const { Description } of stacks) expect(fits(Description, { longest: 1024, signs: /^[ -~]*$/ })).toBe(true);
});

test('names', () => {
  const found = resources.flatMap(([id, { Type, Properties }]) =>
    Object.entries(Properties ?? {})
      .filter(([name, value]) => /(?:Name|Identifier)$/.test(name) && !otherNames.includes(name) && !isReference(value))
      .map(([name, text]) => ({ id, property: `${Type} ${name}`, text: String(concrete(text)) })),
  );
  expect([...new Set(found.map(({ property }) => property))].toSorted()).toEqual(Object.keys(names).toSorted());
  // The longest role of people in the region with the longest name.
  expect(found.some(({ text }) => text === `${deployment}-infrastructure-manager-eu-central-1`)).toBe(true);
  expect(found.filter(({ property, text }) => !fits(text, names[property] as Form))).toEqual([]);
});

const isReference = (value: unknown): boolean => /^\{"(?:Ref|Fn::GetAtt|Fn::ImportValue)"/.test(JSON.stringify(value));
