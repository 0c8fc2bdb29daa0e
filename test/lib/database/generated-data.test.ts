import { Stack } from 'aws-cdk-lib/core';
import { GeneratedData } from '../../../lib/database/generated-data';
import { appWithFlags, siteFor } from '../stacks/account-stack';
import { only, proxyReady, resourcesOf } from '../stacks/data-stack';

test('is refused in production', () => {
  const stack = new Stack(appWithFlags(), 'scratch');
  const props = { site: siteFor(), databaseAccess: {} as never, key: {} as never, schema: stack };
  expect(() => new GeneratedData(stack, 'Data', props)).toThrow(/expected staging or development, got production/);
});

test('loads the configured amount, after the schema and the proxy', () => {
  const choice = { environment: 'staging', settings: { data: { generated: { sites: 3, hitsPerSite: 7, seed: 5 } } } } as const;
  expect(only(choice, 'Custom::GeneratedData')).toMatchObject({ Sites: 3, HitsPerSite: 7, Seed: 5 });
  const [data] = Object.values(resourcesOf(choice, 'Custom::GeneratedData'));
  expect(data?.DependsOn).toEqual(expect.arrayContaining(proxyReady(choice)));
});
