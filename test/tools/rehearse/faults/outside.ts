// The faults that are outside the rehearsal, with the reason, and what holds them instead.
import { changed, type OutsideFault, production, removed, withoutSection, withProperties, withText } from './fault';

const onProduction = (changes: Parameters<typeof changed>[1]) => () => changed(production, changes);

export const outsideFaults: readonly OutsideFault[] = [
  {
    ...{ id: 'a', what: 'the master becomes a member of rds_iam, and its password is refused' },
    reason: 'PostgreSQL decides on memberships: the migrations run on a server that refuses members of rds_iam a password.',
    test: 'test/lambda/database/migrations/master-sign-in.test.ts',
  },
  {
    ...{ id: 'b', what: 'a class of pgaudit.log that Aurora does not take' },
    reason: 'Aurora alone knows the parameters of its family and their values; the rule has the published list.',
    ...{ test: 'test/lib/tom/world/database-parameters.test.ts', rule: 'database-audit-log' },
    put: onProduction({ 'data/DatabaseParameters': withText('"pgaudit.log":"ddl,role"', '"pgaudit.log":"ddl,role,misc_set"') }),
  },
  {
    ...{ id: 'b', what: 'a parameter that Aurora does not have' },
    reason: 'Aurora alone knows the parameters of its family and their values; the rule has the published list.',
    ...{ test: 'test/lib/tom/world/database-parameters.test.ts', rule: 'database-audit-log' },
    put: onProduction({ 'data/DatabaseParameters': withText('"pgaudit.log":', '"pgaudit.log_rows":"0","pgaudit.log":') }),
  },
  {
    ...{ id: 'e', what: 'a quota of 100 concurrent executions, of which nothing may be reserved' },
    reason: 'The quota is a value of the account: the preflight reads it.',
    test: 'test/tools/preflight/preflight.test.ts',
  },
  {
    ...{ id: 'i', what: 'protection, fixed names and retained resources stand in the way after a failed first deployment' },
    reason: 'What cannot be otherwise needs a person: the runbook has a command for each type, the preflight finds the names.',
    test: 'test/runbook/retained.test.ts',
  },
  {
    ...{ id: 'm', what: 'dnf meets a lock at boot, and a failed boot does not abandon its hook' },
    reason: 'The script runs after the deployment: its tests run it, and npm run prove:server boots a server with it.',
    test: 'test/services/collector/host/boot.test.ts',
  },
  {
    ...{ id: '2.1', what: 'a retained bucket loses its policy when its stack is deleted' },
    reason: 'Nothing is refused and no way opens by the deployment: the promise is about what stays after it.',
    ...{ test: 'test/lib/tom/rules/storage/kept-bucket-policies.test.ts', rule: 'kept-bucket-policies' },
    put: onProduction({ 'data/ArchivePolicy': withoutSection('DeletionPolicy') }),
  },
  {
    ...{ id: '2.2', what: 'no alarm rings when no collector is healthy' },
    reason: 'An absent alarm is an absent promise, not a call or way that fails.',
    ...{ test: 'test/lib/collection/fleet-scaling.test.ts', rule: 'declared-resources' },
    put: onProduction({ 'collection/CollectorsAlarmsFleetBelowMinimum': removed }),
  },
  {
    ...{ id: '2.2', what: 'no alarm rings when the load balancer itself answers 503' },
    reason: 'An absent alarm is an absent promise, not a call or way that fails.',
    ...{ test: 'test/lib/edge/load-balancer-alarms.test.ts', rule: 'declared-resources' },
    put: onProduction({ 'edge/AlarmsLoadBalancerErrors': removed }),
  },
  {
    ...{ id: '2.2', what: 'a first deployment whose servers never come up succeeds' },
    reason: 'What a server does after its start is not in the templates: a custom resource waits for it.',
    ...{ test: 'test/lib/tom/rules/collection/first-servers.test.ts', rule: 'first-servers' },
    put: onProduction({ 'collection/CollectorsFirstServersHealthy': removed }),
  },
  {
    ...{ id: '2.5', what: 'two deployments hold VPC Block Public Access in one account and region' },
    reason: 'It takes the configurations of two deployments: the loader compares them.',
    test: 'test/lib/config/checks/separation.test.ts',
  },
  {
    ...{ id: '2.6', what: 'the rule that starts the replacement has no dead-letter queue' },
    reason: 'A delivery that arrives needs no dead-letter queue: the promise is about those that do not.',
    ...{ test: 'test/lib/tom/rules/deployment/dead-letters.test.ts', rule: 'dead-letters' },
    put: onProduction({ 'collection/CollectorsReplacementRule': withText(/"DeadLetterConfig":\{.*?\]\}\},/, '') }),
  },
  {
    ...{ id: '2.6', what: 'the audit archive sends no events' },
    reason: 'Nobody receives them yet: no call or way fails without them.',
    ...{ test: 'test/lib/tom/rules/audit/audit-archive.test.ts', rule: 'audit-archive' },
    put: onProduction({ 'account/AuditArchive': withProperties({ NotificationConfiguration: undefined }) }),
  },
  {
    ...{ id: '2.6', what: 'a security group without a stated egress' },
    reason: 'The flows find what is open (k); the rule demands the statement for every group, also one without a flow.',
    ...{ test: 'test/lib/tom/rules/deployment/stated-egress.test.ts', rule: 'stated-egress' },
    put: onProduction({ 'data/AccessSecurityGroup': withProperties({ SecurityGroupEgress: undefined }) }),
  },
  {
    ...{ id: '2.8', what: 'one instance type in the fleet' },
    reason: 'The capacity of a zone is not known before: only a choice of types helps.',
    ...{ test: 'test/lib/tom/rules/collection/redundant-fleets.test.ts', rule: 'redundant-fleets' },
    put: onProduction({ 'collection/CollectorsFleetGroupASG': withText(/"Overrides":\[(\{.*?\}).*?\]/, '"Overrides":[$1]') }),
  },
  {
    ...{ id: '2.9', what: 'choices without a word, and more rows in the access lists than needed' },
    reason: 'A reader judges words. The rows are counted, do not overlap, and each has a flow.',
    test: 'test/lib/network/network-acls.test.ts',
  },
  {
    ...{ id: '2.10', what: 'a pooled connection that slept longer than the idle timeout' },
    reason: 'The program reconnects, hours after the deployment: its tests end connections of a real server.',
    test: 'test/runtime/connection-pool.test.ts',
  },
];
