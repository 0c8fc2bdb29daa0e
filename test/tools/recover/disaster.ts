// A mocked account after a disaster, with state: vault, stacks, functions and records, shaped by the SDK's types, and
// a real configuration file. Every call can fail before or after its effect, and a run can be killed at each.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as backup from '@aws-sdk/client-backup';
import * as formation from '@aws-sdk/client-cloudformation';
import * as balancing from '@aws-sdk/client-elastic-load-balancing-v2';
import * as route53 from '@aws-sdk/client-route-53';
import * as sts from '@aws-sdk/client-sts';
import { loadSite } from '../../../lib/config/load';
import { databaseIdentifier } from '../../../lib/config/names';
import type { Site, SiteName } from '../../../lib/config/site';
import { variant } from '../../../tools/bootstrap/names';
import type { Call } from '../../../tools/lake/invoke';
import { settingsFile } from '../../../tools/recover/configuration';
import type { EdgeAnswer } from '../../../tools/recover/edge-probe';
import { journalIn } from '../../../tools/recover/journal';
import type { Options, Recovery } from '../../../tools/recover/recovery';

const account = '111122223333';
const start = new Date('2026-12-01T12:00:00Z');
export const hour = 3_600_000;
const zone = 'Z0123456789ABCDEFGHIJ';
export const balancer = 'Collect-1.eu-central-1.elb.amazonaws.com';

export type Fault = 'before' | 'after' | undefined;

const failure = (name: string, message = `${name} of the mock`): Error => Object.assign(new Error(message), { name });

/** The process ends: nothing after it has an effect. */
export class Killed extends Error {}

const configuration = `# The deployment of the tests.
environment: staging
owner: platform-team   # a team
account: "${account}"

edge:
  domain: collect.example.com
  hostedZone: { id: ${zone}, name: example.com }

# The last group.
data:
  # Readers cost.
  readers: 1
`;

export const pointArn = (name: string, region = 'eu-central-1'): string =>
  `arn:aws:rds:${region}:${account}:cluster-snapshot:awsbackup:copyjob-${name}`;

/** A good recovery point. */
export const pointOf = (
  name: string,
  hoursAgo: number,
  changes: Partial<backup.RecoveryPointByBackupVault> = {},
  region = 'eu-central-1',
): backup.RecoveryPointByBackupVault => ({
  ...{ RecoveryPointArn: pointArn(name, region), Status: 'COMPLETED', ResourceType: 'Aurora', IsEncrypted: true },
  EncryptionKeyArn: `arn:aws:kms:${region}:${account}:key/1`,
  InitiationDate: new Date(start.getTime() - hoursAgo * hour),
  CreationDate: new Date(start.getTime() - hoursAgo * hour + 60_000),
  CalculatedLifecycle: { DeleteAt: new Date(start.getTime() + 700 * hour) },
  ...changes,
});

interface StackEntry {
  status: formation.StackStatus;
  template?: object;
}

export class Disaster {
  readonly folder = mkdtempSync(join(tmpdir(), 'rempart-recovery-'));
  readonly file = join(this.folder, 'example.yaml');
  now = start;
  callerAccount = account;
  readonly points: backup.RecoveryPointByBackupVault[] = [pointOf('old', 30), pointOf('new', 5)];
  readonly jobs: backup.RestoreJobsListMember[] = [];
  readonly stacks = new Map<string, StackEntry>();
  readonly bootstrap = new Map<string, string>([
    ['eu-central-1', variant],
    ['eu-west-3', variant],
  ]);
  readonly records: route53.ResourceRecordSet[] = ['A', 'AAAA'].map((Type) => ({
    ...{ Name: 'collect.example.com.', Type: Type as route53.RRType },
    AliasTarget: { DNSName: 'dualstack.home-1.eu-west-3.elb.amazonaws.com.', HostedZoneId: 'Z1', EvaluateTargetHealth: true },
  }));
  /** What happened to the database, the lake and the name, in order. */
  readonly effects: string[] = [];
  /** Names of the calls, in order. */
  readonly sent: string[] = [];
  readonly progress: string[] = [];
  readonly deployments: string[][] = [];
  fault: (call: string) => Fault = () => undefined;
  failing?: string;
  lakeLeft = 0;
  edge: Omit<EdgeAnswer, 'address'> = {
    status: 200,
    headers: { 'strict-transport-security': 'max-age=15768000', 'x-content-type-options': 'nosniff' },
  };
  private killed = false;

  constructor(readonly siteName: SiteName = 'recovery') {
    writeFileSync(this.file, configuration);
    writeFileSync(join(this.folder, 'erasures.json'), JSON.stringify([{ site: 7, person: null, visitor: 'gone' }]));
  }

  get text(): string {
    return readFileSync(this.file, 'utf8');
  }
  /** Reading the schema takes most of the time of a run. */
  private readonly sites = new Map<string, Site>();
  readonly site = (): Site => {
    const { text } = this;
    const known = this.sites.get(text) ?? loadSite({ directory: this.folder, deployment: 'example', site: this.siteName });
    this.sites.set(text, known);
    return known;
  };
  remove = (): void => rmSync(this.folder, { recursive: true });
  /** A new process. */
  restart(): void {
    this.killed = false;
    this.fault = () => undefined;
  }

  /** One call: a fault before it, its effect, a fault after it. `Killed` ends the process. */
  private async call<Result>(name: string, effect: () => Result | Promise<Result>): Promise<Result> {
    this.check();
    this.sent.push(name);
    const fault = this.fault(name);
    this.check();
    if (fault === 'before') throw failure('ThrottlingException');
    const result = await effect();
    if (fault === 'after') throw failure('TimeoutError');
    this.check();
    return result;
  }

  private check(): void {
    if (this.killed) throw new Killed('killed');
  }

  kill(): void {
    this.killed = true;
  }

  private client<Client extends object>(client: Client, answer: (command: object) => object): Client {
    const send = (command: object) => this.call(command.constructor.name.replace(/Command$/, ''), () => answer(command));
    return Object.assign(client, { send });
  }

  recovery(options: Partial<Options> = {}): Recovery {
    const { region } = this.site();
    const file = settingsFile(this.file);
    const journal = journalIn(join(this.folder, 'log'), 'example', this.siteName, () => this.now);
    const named = ['account', 'network', 'data', 'edge'].map((stack) => ({ name: `example-${stack}`, region }));
    return {
      now: () => this.now,
      pause: async () => {
        this.check();
        for (const entry of this.stacks.values()) entry.status = 'CREATE_COMPLETE';
      },
      progress: (line) => this.progress.push(line),
      cdk: (args, output) => this.call(`cdk ${args[1]}`, () => this.deploy(args, output)),
      probe: (request) => this.call('probe', () => this.answer(request.balancer)),
      site: this.site,
      file: { path: this.file, write: (settings) => this.written(() => file.write(settings)) },
      account: {
        sts: this.client(new sts.STSClient({ region }), () => ({ Account: this.callerAccount, Arn: 'arn:aws:iam::1:user/alice' })),
        backup: this.client(new backup.BackupClient({ region }), (command) => this.ofBackup(command)),
        cloudFormation: (of) => this.client(new formation.CloudFormationClient({ region: of }), (command) => this.ofFormation(of, command)),
        loadBalancing: this.client(new balancing.ElasticLoadBalancingV2Client({ region }), () => ({
          LoadBalancers: [{ DNSName: balancer, CanonicalHostedZoneId: 'Z215JYRZR1TBD5' }],
        })),
        route53: this.client(new route53.Route53Client({ region }), (command) => this.ofRoute53(command)),
        call: ((control, request) => this.call(`invoke ${control}`, () => this.invoke(control, request))) as Call,
      },
      stacks: named,
      options: {
        ...{ back: this.siteName === 'home', acceptAge: 24, replaceDatabase: false, switchDns: true, without: new Set() },
        erasures: join(this.folder, 'erasures.json'),
        ...options,
      },
      journal: { ...journal, add: (event) => this.written(() => journal.add(event)) },
      facts: {},
    };
  }

  /** A file is written by one synchronous call, and a process is killed before or after it. */
  private written(write: () => void): void {
    this.check();
    this.sent.push('write');
    const fault = this.fault('write');
    this.check();
    if (fault === 'before') throw failure('ENOSPC');
    write();
    if (fault === 'after') throw failure('EIO');
  }

  /** The CDK: each stack after the other, so that a run ends with some of them. */
  private async deploy(args: readonly string[], output: (line: string) => void): Promise<number> {
    this.deployments.push([...args]);
    const site = this.site();
    const all = ['account', 'network', 'data', 'edge'].map((stack) => `example-${stack}`);
    for (const name of args[1] === '--all' ? all : [args[1] ?? '']) {
      if (this.failing === name) {
        this.stacks.set(name, { status: 'ROLLBACK_COMPLETE' });
        output(`${name}: CREATE_FAILED`);
        return 1;
      }
      await this.call(`stack ${name}`, () => this.deployStack(name, site));
      output(` ✅  ${name}`);
    }
    return 0;
  }

  private deployStack(name: string, site: Site): void {
    const cluster = databaseIdentifier(site);
    const isHeld = site.settings.data.lakeHeld[site.name];
    if (name === 'example-data') {
      const before = this.clusterOf();
      if (before !== cluster) this.effects.push(`database ${site.settings.data.restoreFrom[site.name] ?? 'new'}`);
      if (!isHeld) this.effects.push('lake starts');
    }
    const State = isHeld ? { State: 'DISABLED' } : {};
    const template = {
      Resources: {
        Cluster: { Type: 'AWS::RDS::DBCluster', Properties: { DBClusterIdentifier: cluster } },
        LakeExportSchedule: { Type: 'AWS::Scheduler::Schedule', Properties: State },
        LakeUpkeepSchedule: { Type: 'AWS::Scheduler::Schedule', Properties: State },
        UpkeepSchedule: { Type: 'AWS::Scheduler::Schedule', Properties: {} },
      },
    };
    this.stacks.set(name, { status: this.stacks.has(name) ? 'UPDATE_COMPLETE' : 'CREATE_COMPLETE', template });
  }

  private clusterOf(): string | undefined {
    const template = this.stacks.get('example-data')?.template as
      | { Resources: { Cluster: { Properties: { DBClusterIdentifier: string } } } }
      | undefined;
    return template?.Resources.Cluster.Properties.DBClusterIdentifier;
  }

  private answer(name: string): EdgeAnswer {
    if (name !== balancer) throw failure('ENOTFOUND');
    this.effects.push('checked');
    return { address: '192.0.2.1', ...this.edge };
  }

  private invoke(control: string, request: object): unknown {
    if (control === 'person-erase') {
      this.effects.push('erased');
      return { outcome: 'erased' };
    }
    if (control === 'site-snapshot') return { sites: 2 };
    const { reconcile } = request as { reconcile: { behind?: object } };
    // Two pages, so that a reader of the first alone misses one.
    if (reconcile.behind === undefined) return { days: [], failures: [], behind: { site: 7, day: '2026-11-01' } };
    this.effects.push('reconciled');
    const left = Array.from({ length: this.lakeLeft }, (_, index) => ({ key: `lake/${index}`, reason: 'is damaged' }));
    const day = { site: 7, day: '2026-11-02', place: 'lake', exportedAgain: false, added: [], replaced: [], discarded: [], gone: [] };
    return { days: [{ ...day, left }], failures: [] };
  }

  private ofBackup(command: object): object {
    const { NextToken = '0' } = (command as { input: { NextToken?: string } }).input;
    const at = Number(NextToken);
    const next = (length: number) => (at + 1 < length ? { NextToken: String(at + 1) } : {});
    if (command instanceof backup.ListRecoveryPointsByBackupVaultCommand) {
      expect(command.input.BackupVaultName).toBe('example-copies');
      return { RecoveryPoints: this.points.slice(at, at + 1), ...next(this.points.length) };
    }
    if (command instanceof backup.ListRestoreJobsCommand) return { RestoreJobs: this.jobs.slice(at, at + 1), ...next(this.jobs.length) };
    throw new Error(`mock: got ${command.constructor.name}`);
  }

  private ofFormation(region: string, command: object): object {
    const { StackName = '' } = (command as { input: { StackName?: string } }).input;
    if (command instanceof formation.DescribeStacksCommand && StackName === 'CDKToolkit') {
      const found = this.bootstrap.get(region);
      if (found === undefined) throw failure('ValidationError', `Stack with id ${StackName} does not exist`);
      return { Stacks: [{ StackStatus: 'CREATE_COMPLETE', Parameters: [{ ParameterKey: 'BootstrapVariant', ParameterValue: found }] }] };
    }
    const entry = this.stacks.get(StackName);
    if (entry === undefined) throw failure('ValidationError', `Stack with id ${StackName} does not exist`);
    if (command instanceof formation.DescribeStacksCommand) return { Stacks: [{ StackName, StackStatus: entry.status }] };
    if (command instanceof formation.GetTemplateCommand) return { TemplateBody: JSON.stringify(entry.template ?? {}) };
    if (command instanceof formation.ListStackResourcesCommand) {
      const resource = { ResourceType: 'AWS::ElasticLoadBalancingV2::LoadBalancer', PhysicalResourceId: 'arn:balancer' };
      return command.input.NextToken === undefined
        ? { StackResourceSummaries: [], NextToken: '1' }
        : { StackResourceSummaries: [resource] };
    }
    throw new Error(`mock: got ${command.constructor.name}`);
  }

  private ofRoute53(command: object): object {
    if (command instanceof route53.ListResourceRecordSetsCommand) {
      const { StartRecordType } = command.input;
      return { ResourceRecordSets: this.records.filter(({ Type }) => Type === StartRecordType) };
    }
    if (command instanceof route53.GetChangeCommand) return { ChangeInfo: { Status: 'INSYNC' } };
    if (command instanceof route53.ChangeResourceRecordSetsCommand) {
      for (const { ResourceRecordSet: record } of command.input.ChangeBatch?.Changes ?? []) {
        const index = this.records.findIndex(({ Type }) => Type === record?.Type);
        if (record) this.records[index] = record;
      }
      this.effects.push('switched');
      return { ChangeInfo: { Id: '/change/C1' } };
    }
    throw new Error(`mock: got ${command.constructor.name}`);
  }
}
