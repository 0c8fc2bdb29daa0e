// TOM-2.1: stacks are in the region of their site, that of the copies in the other; no template names a third.
import { europeanRegions } from '../../../config/settings/settings';
import { type Finding, guard, type Rule, replace, set } from '../../rule';
import type { DeploymentFacts, Json, StackTemplate } from '../../template/assembly';
import { regionOf } from '../../template/copies';
import { textsOfObject } from '../../template/texts';

/** The form of every region name of every partition, as in `eu-west-3`, `us-gov-east-1` or `ap-southeast-2`. */
const regionName =
  /(?<![a-z0-9])(?:[a-z]{2}|us-gov|us-iso[a-z]?|eu-iso[a-z]?|eusc-[a-z]{2})-(?:(?:north|south)(?:east|west)?|east|west|central)-\d{1,2}(?!\d)/gi;

export const regions: Rule = {
  name: 'regions',
  requires: 'every stack is in its region, and no resource names a region other than home and recovery',
  types: ['*'],
  check: (resource, assembly) => foreignRegionFindings(resource.properties, 'Properties', assembly.facts),
  checkStack: (stack, { facts }) => [
    ...stackRegionFindings(stack, facts),
    ...declaredRegionFindings(facts),
    ...foreignRegionFindings(outsideResources(stack), 'template', facts),
  ],
  guards: [
    guard('Stack', 'region', replace('us-east-1'), replace('eu-west-1')),
    guard('Stack', 'template.Outputs.Mutant', set({ Value: 'us-east-1' })),
    guard(
      '*',
      'Properties.Mutant',
      set({ Deep: ['arn:aws:s3:us-east-1:111111111111:x'] }),
      set({ 'Fn::Join': ['', ['arn:aws:kms:eu-', 'west-1:', { Ref: 'AWS::AccountId' }]] }),
      set({ 'ap-southeast-2': 1 }),
    ),
  ],
  reads: [{ type: '*', path: 'Properties' }],
};

function foreignRegionFindings(from: object, path: string, facts: DeploymentFacts): readonly Finding[] {
  const findings = new Map<string, Finding>();
  for (const text of textsOfObject(from)) {
    for (const [match] of text.text.matchAll(regionName)) {
      const region = match.toLowerCase();
      if (region === facts.homeRegion || region === facts.recoveryRegion || findings.has(region)) continue;
      findings.set(region, {
        id: `region::${region}`,
        path: `${path}.${text.path}`,
        found: text.text,
        required: `no region except ${facts.homeRegion} and ${facts.recoveryRegion}`,
        fix: 'Use Stack.of(this).region, or the region of the configuration.',
      });
    }
  }
  return [...findings.values()];
}

/** The sections of a template beside its resources. Mappings may list every region. */
const outsideResources = ({ template: { Parameters, Outputs } }: StackTemplate): object => ({ Parameters, Outputs });

function stackRegionFindings(stack: StackTemplate, facts: DeploymentFacts): readonly Finding[] {
  const own = regionOf(stack, facts);
  const ofSite = facts.site === 'home' ? facts.homeRegion : facts.recoveryRegion;
  if (stack.region === own && facts.region === ofSite) return [];
  const fix = `Set env.region of the stack from the site: ${own} at the ${facts.site} site.`;
  return [{ id: 'stack', path: 'region', found: stack.region, required: own, fix }];
}

/**
 * Region of servers with data in the document: Paris. Repeated here, so that another value in the schema is a finding.
 */
const productionRegion = 'eu-west-3';

function declaredRegionFindings(facts: DeploymentFacts): readonly Finding[] {
  const findingFor = (id: string, found: Json, required: string): Finding[] => [
    { id, path: id, found, required, fix: `Choose another ${id} in config/${facts.deployment}.yaml.` },
  ];
  const inEurope = (region: string) => europeanRegions.some((european) => european === region);
  const homes = facts.environment === 'production' ? [productionRegion] : europeanRegions;
  return [
    ...(homes.some((home) => home === facts.homeRegion) ? [] : findingFor('region', facts.homeRegion, homes.join(', '))),
    ...(inEurope(facts.recoveryRegion) ? [] : findingFor('recoveryRegion', facts.recoveryRegion, europeanRegions.join(', '))),
    ...(facts.recoveryRegion === facts.homeRegion
      ? findingFor('recoveryRegion', facts.recoveryRegion, 'a region other than the home region')
      : []),
  ];
}
