// TOM-2.1: everything is in the home region; the only other region named is the declared recovery region, in the EU.
import { europeanRegions } from '../../../config/settings/settings';
import { type Finding, guard, type Rule, replace, set } from '../../rule';
import type { DeploymentFacts, Json, StackTemplate } from '../../template/assembly';
import { textsOfObject } from '../../template/texts';

/** The form of every region name of every partition, as in `eu-west-3`, `us-gov-east-1` or `ap-southeast-2`. */
const regionName =
  /(?<![a-z0-9])(?:[a-z]{2}|us-gov|us-iso[a-z]?|eu-iso[a-z]?|eusc-[a-z]{2})-(?:(?:north|south)(?:east|west)?|east|west|central)-\d{1,2}(?!\d)/gi;

export const regions: Rule = {
  name: 'regions',
  requires:
    'every stack is in the region of its site, production at home in eu-west-3, and no resource names a region but home and recovery, both in the EU',
  types: ['*'],
  check: (resource, assembly) => foreignRegions(resource.properties, 'Properties', assembly.facts),
  checkStack: (stack, { facts }) => [
    ...stackRegion(stack, facts),
    ...declaredRegions(facts),
    ...foreignRegions(outsideResources(stack), 'template', facts),
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

function foreignRegions(from: object, path: string, facts: DeploymentFacts): readonly Finding[] {
  const findings = new Map<string, Finding>();
  for (const text of textsOfObject(from)) {
    for (const [match] of text.text.matchAll(regionName)) {
      const region = match.toLowerCase();
      if (region === facts.homeRegion || region === facts.recoveryRegion || findings.has(region)) continue;
      findings.set(region, {
        id: `region::${region}`,
        path: `${path}.${text.path}`,
        found: text.text,
        required: `no region but ${facts.homeRegion} and ${facts.recoveryRegion}`,
        fix: 'Take the region from the stack (Stack.of(this).region) or from the configuration.',
      });
    }
  }
  return [...findings.values()];
}

/** What a template has outside its resources. Mappings may list every region there is, to choose by. */
const outsideResources = ({ template: { Parameters, Outputs } }: StackTemplate): object => ({ Parameters, Outputs });

function stackRegion(stack: StackTemplate, facts: DeploymentFacts): readonly Finding[] {
  const own = facts.site === 'home' ? facts.homeRegion : facts.recoveryRegion;
  if (stack.region === own && facts.region === own) return [];
  const fix = `Give the stack env.region from the site, which is ${own} at the ${facts.site} site.`;
  return [{ id: 'stack', path: 'region', found: stack.region, required: own, fix }];
}

/** Where the document says that servers with data are: Paris. Written here too, so that the rule objects to another figure in the schema. */
const productionRegion = 'eu-west-3';

function declaredRegions(facts: DeploymentFacts): readonly Finding[] {
  const objection = (id: string, found: Json, required: string): Finding[] => [
    { id, path: id, found, required, fix: `Choose another ${id} in config/${facts.deployment}.yaml.` },
  ];
  const inEurope = (region: string) => europeanRegions.some((european) => european === region);
  const homes = facts.environment === 'production' ? [productionRegion] : europeanRegions;
  return [
    ...(homes.some((home) => home === facts.homeRegion) ? [] : objection('region', facts.homeRegion, homes.join(', '))),
    ...(inEurope(facts.recoveryRegion) ? [] : objection('recoveryRegion', facts.recoveryRegion, europeanRegions.join(', '))),
    ...(facts.recoveryRegion === facts.homeRegion
      ? objection('recoveryRegion', facts.recoveryRegion, 'a region that is not the home region')
      : []),
  ];
}
