// What the templates require of an account: quotas, fixed names and values of parameters.
import { compareParameter } from '../../../tools/preflight/live/parameters';
import { fixedNames, namedResources } from '../../../tools/preflight/names';
import { aclRules, groupRules, reservedExecutions } from '../../../tools/preflight/quotas';
import { resolveText, resourcesOf } from '../../../tools/preflight/templates';
import { synthesized } from '../../synthesized/synthesized';
import { site } from './production-site';

const resources = resourcesOf(synthesized('production').stacks);
const pseudo = { 'AWS::AccountId': '111111111111', 'AWS::Partition': 'aws', 'AWS::Region': site.region, 'AWS::URLSuffix': 'amazonaws.com' };

describe('the requirements of the templates on an account', () => {
  test('adds up what functions reserve', () => {
    expect(reservedExecutions(resources)).toBeGreaterThan(0);
  });

  test('stays within the default quotas of rules per list and per group', () => {
    expect(Math.max(...aclRules(resources).values())).toBeLessThanOrEqual(20);
    expect(Math.max(...groupRules(resources).values())).toBeLessThanOrEqual(60);
  });

  test('a prefix list weighs as much as its largest number of entries', () => {
    const list = { stack: 's', logicalId: 'List', type: 'AWS::EC2::PrefixList', properties: { MaxEntries: 40 } };
    const rule = { SourcePrefixListId: { 'Fn::GetAtt': ['List', 'PrefixListId'] } };
    const group = { stack: 's', logicalId: 'Group', type: 'AWS::EC2::SecurityGroup', properties: { SecurityGroupIngress: [rule, {}] } };
    expect([...groupRules([list, group])]).toEqual([['s/Group/in', 41]]);
  });

  test('finds every fixed name, with pseudo parameters resolved', () => {
    const names = namedResources(resources, pseudo).map(({ name }) => name);
    expect(names).toContain('production-boundary-eu-west-3');
    expect(names.filter((name) => /undefined|\$\{|\[object/.test(name))).toEqual([]);
    const types = new Set(namedResources(resources, pseudo).map(({ type }) => type));
    expect([...types].every((type) => type in fixedNames)).toBe(true);
  });

  test.each([
    ['a', 'a'],
    [{ Ref: 'AWS::Region' }, 'eu-west-3'],
    [{ 'Fn::Join': ['-', ['a', { Ref: 'AWS::AccountId' }]] }, 'a-111111111111'],
    [{ 'Fn::Sub': 'a-${AWS::Region}' }, 'a-eu-west-3'],
    [{ 'Fn::Sub': 'a-${Bucket}' }, undefined],
    [{ Ref: 'Bucket' }, undefined],
    [{ 'Fn::Join': ['', ['a', { Ref: 'Bucket' }]] }, undefined],
  ])('%j is %p', (value, expected) => {
    expect(resolveText(value, pseudo)).toBe(expected);
  });

  test.each([
    [undefined, 'ddl', 'change'],
    [{ IsModifiable: false }, 'ddl', 'change'],
    [{ AllowedValues: 'none,all,ddl,role' }, 'ddl,role', 'ready'],
    [{ AllowedValues: 'none,all,ddl,role' }, 'ddl,misc_set', 'change'],
    [{ AllowedValues: '1-100' }, '50', 'ready'],
    [{ AllowedValues: '1-100' }, '101', 'change'],
    [{}, 'anything', 'ready'],
  ] as const)('a parameter %j for %p needs: %s', (parameter, value, verdict) => {
    expect(compareParameter(parameter, value).verdict).toBe(verdict);
  });
});
