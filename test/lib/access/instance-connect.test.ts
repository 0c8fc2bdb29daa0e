// EC2 Instance Connect: a deployment with `access.instanceConnect` has one endpoint and SSH servers, and one without
// has neither. Every rule holds either way, and objects where templates and configuration differ.
import { evaluate } from '../../../lib/tom/evaluate';
import { register } from '../../../lib/tom/register';
import { instanceConnect } from '../../../lib/tom/rules/access/instance-connect';
import { serverShells } from '../../../lib/tom/rules/access/server-shells';
import { sessionService } from '../../../lib/tom/rules/access/session-service';
import { rules } from '../../../lib/tom/rules/all';
import { collectorsBehindProxies } from '../../../lib/tom/rules/collection/collectors-behind-proxies';
import { declaredPackages } from '../../../lib/tom/rules/collection/declared-packages';
import { singleTaskServers } from '../../../lib/tom/rules/collection/single-task-servers';
import { noAdminPorts } from '../../../lib/tom/rules/deployment/no-admin-ports';
import { stateOf } from '../../../lib/tom/state';
import type { Assembly } from '../../../lib/tom/template/assembly';
import { nameOf } from '../../../lib/tom/template/names';
import { mutate } from '../../../tools/develop/mutate/run';
import { rehearseFlows } from '../../../tools/rehearse/flows';
import { deployed, judgedWith } from './connected';

const on = deployed({ instanceConnect: true });
const off = deployed({});

const findingsIn = (assembly: Assembly): readonly string[] =>
  evaluate(assembly, rules)
    .flatMap(({ rule, resource, verdict }) =>
      verdict === 'not-applicable' ? [] : verdict.map(({ id }) => `${rule.name} ${resource?.logicalId ?? ''} ${id}`),
    )
    .sort();

const named = (assembly: Assembly) => new Map(assembly.resources.map((resource) => [nameOf(resource, assembly.facts), resource.json]));

test('without it there is no endpoint, no SSH, and no file of it', () => {
  const text = JSON.stringify(off.stacks.map(({ template }) => template));
  expect(text).not.toMatch(/InstanceConnect|instance-connect|sshd\.conf/);
});

test('no rule objects with it that does not without it', () => {
  const before = findingsIn(off);
  expect(findingsIn(on).filter((found) => !before.includes(found))).toEqual([]);
});

test('it adds the endpoint with its ways, and changes the servers, their group and the role of the client-data team alone', () => {
  const [before, after] = [named(off), named(on)];
  const text = (value: unknown) => JSON.stringify(value);
  const added = [...after.keys()].filter((name) => !before.has(name));
  expect(added.sort()).toEqual([
    ...['Endpoint', 'FromEndpoint', 'SecurityGroup', 'ToServers'].map((id) => `collection/InstanceConnect${id}`),
    ...['In', 'Out'].flatMap((direction) => [200, 210, 220].map((number) => `network/Aclprivate${direction}${number}`)),
  ]);
  expect([...before.keys()].filter((name) => !after.has(name))).toEqual([]);
  const changed = [...before.keys()].filter((name) => text(before.get(name)) !== text(after.get(name)));
  expect(changed.sort()).toEqual([
    'access/PeopleClientDataTeamPermissions',
    'account/BoundaryPolicy',
    // It changes with every template. (TOM-7.3)
    'account/EnvironmentsAdmission',
    'collection/CollectorsRolePermissions',
    'collection/CollectorsServerTemplate',
  ]);
});

test('templates and configuration that differ are refused, in both directions', () => {
  const ids = (assembly: Assembly) =>
    evaluate(assembly, [instanceConnect]).flatMap(({ verdict }) => (verdict === 'not-applicable' ? [] : verdict.map(({ id }) => id)));
  expect(ids(judgedWith(on, false)).sort()).toEqual([
    'endpoint',
    'file::instance-connect.service',
    'file::instance-connect.sh',
    'file::sshd.conf',
    'off',
  ]);
  expect(ids(judgedWith(off, true))).toEqual(expect.arrayContaining(['endpoint', 'file::sshd.conf', 'server', 'idle']));
  for (const rule of [serverShells, noAdminPorts, declaredPackages, collectorsBehindProxies, singleTaskServers])
    expect(evaluate(judgedWith(on, false), [rule]).some(({ verdict }) => verdict !== 'not-applicable' && verdict.length > 0)).toBe(true);
});

test('each mutant of the endpoint, its ways, its permissions and its servers is refused', () => {
  const { rules: results } = mutate(
    [instanceConnect, serverShells, noAdminPorts, collectorsBehindProxies, singleTaskServers],
    [{ label: 'on', assembly: on }],
  );
  for (const { rule, breaks, survivors, unopposed, unmatched } of results) {
    expect({ rule, survivors, unopposed, unmatched }).toEqual({ rule, survivors: [], unopposed: [], unmatched: [] });
    expect(breaks.mutants).toBeGreaterThan(10);
  }
});

describe('DSS-5.6.6', () => {
  const stateIn = (assembly: Assembly) => {
    const answers = [serverShells, sessionService, instanceConnect].map((rule) => ({
      rule: rule.name,
      asked: evaluate(assembly, [rule]).map(({ stack, verdict }) => ({
        stack: stack?.name ?? '',
        verdict: verdict === 'not-applicable' ? verdict : verdict.length === 0 ? ('compliant' as const) : ('non-compliant' as const),
        findings: verdict === 'not-applicable' ? [] : verdict.map(({ id }) => ({ id, state: 'open' as const })),
      })),
    }));
    return stateOf('DSS-5.6.6', register['DSS-5.6.6'], answers);
  };

  test('is kept with the endpoint and without it', () => {
    for (const assembly of [on, off]) expect(stateIn(assembly)).toMatchObject({ state: 'kept', awaits: [] });
  });

  test('is not met by an endpoint that the configuration does not ask for, or that it asks for in vain', () => {
    expect(stateIn(judgedWith(on, false))).toMatchObject({ state: 'not met', broken: 'finding' });
    expect(stateIn(judgedWith(off, true))).toMatchObject({ state: 'not met', broken: 'finding' });
  });
});

describe('the way in', () => {
  const undeclared = (assembly: Assembly) => rehearseFlows(assembly).undeclared.map(({ layer, where }) => `${layer} | ${where}`);

  test('is one flow, which arrives at servers in every zone', () => {
    const { rows } = rehearseFlows(on);
    const own = rows.filter(({ flow }) => flow.from === 'collection/InstanceConnectEndpoint');
    expect(own.map(({ flow, outcome }) => [flow.to, flow.ports, outcome])).toEqual([
      [{ resource: 'collection/CollectorsFleetGroupASG' }, [22], 'arrives'],
    ]);
    expect(rehearseFlows(off).rows.filter(({ flow }) => flow.ports.includes(22))).toEqual([]);
  });

  test('is declared with the setting alone: without it each of its parts is a way that no flow needs', () => {
    expect(undeclared(off)).toEqual([]);
    expect(undeclared(on)).toEqual([]);
    expect(undeclared(judgedWith(on, false))).toEqual(
      expect.arrayContaining([
        'placement | collection/InstanceConnectEndpoint',
        'security group | collection/InstanceConnectFromEndpoint',
        'security group | collection/InstanceConnectToServers',
        'network ACL | private to private',
      ]),
    );
  });
});
