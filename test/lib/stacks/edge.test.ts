import { evaluate } from '../../../lib/tom/evaluate';
import { rules } from '../../../lib/tom/rules/all';
import { cloudflareOnly } from '../../../lib/tom/rules/edge/cloudflare-only';
import { edgeLogging } from '../../../lib/tom/rules/edge/edge-logging';
import { httpsOnly } from '../../../lib/tom/rules/edge/https-only';
import { proxiesApart } from '../../../lib/tom/rules/edge/proxies-apart';
import { responseHeaders } from '../../../lib/tom/rules/edge/response-headers';
import { strictRequests } from '../../../lib/tom/rules/edge/strict-requests';
import { tlsPolicy } from '../../../lib/tom/rules/edge/tls-policy';
import { webFirewall } from '../../../lib/tom/rules/edge/web-firewall';
import { Assembly } from '../../../lib/tom/template/assembly';
import { readAssets } from '../../../lib/tom/template/assets';
import { factsOf } from '../../../lib/tom/template/read-assembly';
import { mutate } from '../../../tools/develop/mutate/run';
import { type Choice, siteFor } from './account-stack';
import { behindCloudflare, edgeStack, named, resourcesOf } from './edge-stack';
import { findingsOf } from './findings';

const choices: Choice[] = [
  {},
  { site: 'recovery' },
  { environment: 'staging' },
  { environment: 'development', settings: { data: { readers: 0 } } },
  named,
  behindCloudflare,
];
/** The templates as rules read them. */
function assemblyOf(choice: Choice): Assembly {
  const site = siteFor(choice);
  const { stacks } = edgeStack(choice).app.synth();
  return new Assembly(
    factsOf(site),
    stacks.map(({ stackName, template, templateFullPath }) => ({
      ...{ name: stackName, region: site.region, template },
      assets: readAssets(templateFullPath),
    })),
  );
}

const label = (choice: Choice) => JSON.stringify(choice);

describe.each(choices.map((choice) => [label(choice), choice] as const))('the edge stack of %s', (_, choice) => {
  test('keeps the logical ids of resources that hold data or have a public name', () => {
    const pinned = ['AWS::ElasticLoadBalancingV2::LoadBalancer', 'AWS::WAFv2::WebACL'];
    expect(pinned.map((type) => Object.keys(resourcesOf(choice, type)))).toEqual([['LoadBalancerBE9EEC3A'], ['FirewallWebAcl5A849C4E']]);
    expect(Object.keys(resourcesOf(choice, 'AWS::Logs::LogGroup'))).toContain('FirewallLog4D407857');
  });

  test('answers for every finding of the rule packs, and for nothing that none of them finds', () => {
    const { stack } = edgeStack(choice);
    const { found, acknowledged } = findingsOf(stack);
    expect(found).toEqual(acknowledged);
  });

  test('breaks no rule of the house', () => {
    // Functions have a stand-in for their code here; the rules judge the real code in the synthesized deployments.
    const asked = evaluate(assemblyOf(choice), rules).filter(
      ({ resource }) => resource?.stack.name === 'example-edge' && !(resource.type === 'AWS::Lambda::Function'),
    );
    const judged = asked.flatMap(({ rule, resource, verdict }) => (verdict === 'not-applicable' ? [] : [{ rule, resource, verdict }]));
    expect(judged.length).toBeGreaterThan(80);
    expect(judged.flatMap(({ rule, resource, verdict }) => verdict.map(({ id }) => `${rule.name} ${resource?.logicalId} ${id}`))).toEqual(
      [],
    );
  });
});

/** The mutation run of `npm run mutate` sees the reviewed sites alone, none of which has a name or Cloudflare. */
test('behind Cloudflare, every rule about the edge objects to each property that is broken', () => {
  const edgeRules = [cloudflareOnly, edgeLogging, httpsOnly, proxiesApart, responseHeaders, strictRequests, tlsPolicy, webFirewall];
  const { rules: results, mutants, killed } = mutate(edgeRules, [{ label: 'cloudflare', assembly: assemblyOf(behindCloudflare) }]);
  expect(
    results.flatMap(({ survivors, unopposed, unmatched, unguarded }) => [...survivors, ...unopposed, ...unmatched, ...unguarded]),
  ).toEqual([]);
  expect(mutants).toBeGreaterThan(200);
  expect(killed).toBe(mutants);
});

test('names the header with the address of the visitor', () => {
  expect(edgeStack().stack.clientAddress).toBe('x-forwarded-for');
  expect(edgeStack(behindCloudflare).stack.clientAddress).toBe('cf-connecting-ip');
});

test('recovered, it does not name the home region', () => {
  expect(JSON.stringify(edgeStack({ site: 'recovery' }).template.toJSON())).not.toContain('eu-west-3');
});
