// The access stack at each site: findings of the packs, and rules of the house.
import { evaluate } from '../../../lib/tom/evaluate';
import { rules } from '../../../lib/tom/rules/all';
import { Assembly } from '../../../lib/tom/template/assembly';
import { readAssets } from '../../../lib/tom/template/assets';
import { factsOf } from '../../../lib/tom/template/read-assembly';
import { accessStack } from './access-stack';
import { type Choice, siteFor } from './account-stack';
import { findingsOf } from './findings';

const vpn = { access: { vpnCertificate: { home: '11111111-2222-4333-8444-555555555555' } } };
const choices: Choice[] = [{}, { settings: vpn }, { site: 'recovery' }, { environment: 'staging' }];

function assemblyOf(choice: Choice): Assembly {
  const site = siteFor(choice);
  const { stacks } = accessStack(choice).app.synth();
  return new Assembly(
    factsOf(site),
    stacks.map(({ stackName, template, templateFullPath }) => ({
      ...{ name: stackName, region: site.region, template },
      ...(site.settings.account === undefined ? {} : { account: site.settings.account }),
      assets: readAssets(templateFullPath),
    })),
  );
}

describe.each(choices.map((choice) => [JSON.stringify(choice), choice] as const))('the access stack of %s', (_, choice) => {
  test('answers for every finding of the rule packs, and for nothing that none of them finds', () => {
    const { stack } = accessStack(choice);
    const { found, acknowledged } = findingsOf(stack);
    expect(found).toEqual(acknowledged);
  });

  test('breaks no rule of the house', () => {
    // Functions have a stand-in for their code here; the rules judge the real code in the synthesized deployments.
    const judged = evaluate(assemblyOf(choice), rules).flatMap(({ rule, resource, verdict }) =>
      resource?.stack.name === 'example-access' && resource.type !== 'AWS::Lambda::Function' && verdict !== 'not-applicable'
        ? [{ rule, resource, verdict }]
        : [],
    );
    expect(judged.length).toBeGreaterThan(40);
    expect(judged.flatMap(({ rule, resource, verdict }) => verdict.map(({ id }) => `${rule.name} ${resource.logicalId} ${id}`))).toEqual(
      [],
    );
  });
});

test('recovered, it does not name the home region', () => {
  expect(JSON.stringify(accessStack({ site: 'recovery' }).template.toJSON())).not.toContain('eu-west-3');
});
