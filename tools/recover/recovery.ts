// What the steps of a recovery share: the site that is recovered, its account, the options, and the log.
import type { BackupClient } from '@aws-sdk/client-backup';
import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Route53Client } from '@aws-sdk/client-route-53';
import type { STSClient } from '@aws-sdk/client-sts';
import type { Site } from '../../lib/config/site';
import { ToolError } from '../command-line';
import type { Call } from '../lake/invoke';
import type { SettingsFile } from './configuration';
import type { EdgeAnswer, EdgeRequest } from './edge-probe';
import type { Journal } from './journal';
import type { Candidate } from './recovery-points';

/** Clients of the account, in the region of the site unless another one is named. */
export interface Account {
  readonly sts: STSClient;
  readonly backup: BackupClient;
  cloudFormation(region: string): CloudFormationClient;
  readonly loadBalancing: ElasticLoadBalancingV2Client;
  readonly route53: Route53Client;
  /** Calls a function of the site. */
  readonly call: Call;
}

/** A stack that the deployment has at the site. */
export interface StackName {
  readonly name: string;
  readonly region: string;
}

export interface Options {
  readonly back: boolean;
  /** Most hours between the data of the recovery point and now. */
  readonly acceptAge: number;
  /** A snapshot that the operator names instead of the newest good one. @default - the newest good one */
  readonly snapshot?: string;
  readonly replaceDatabase: boolean;
  /** File of erasures to repeat. @default - none: `without` has the step */
  readonly erasures?: string;
  readonly without: ReadonlySet<'erasures' | 'lake'>;
  readonly switchDns: boolean;
}

/** Programs beside the account. */
export interface Surroundings {
  now(): Date;
  pause(milliseconds: number): Promise<unknown>;
  /** Prints a line beside the result. */
  progress(line: string): void;
  /** Runs the CDK CLI. Resolves to its exit code. */
  cdk(args: readonly string[], output: (line: string) => void): Promise<number>;
  /** Sends a request to the edge of the site. */
  probe(request: EdgeRequest): Promise<EdgeAnswer>;
}

/** The recovery point of this recovery. */
export interface Chosen {
  readonly arn: string;
  /** The instant of its data. @default - not known */
  readonly dataUntil?: Date;
  /** Whether an earlier run chose it. */
  readonly isKept: boolean;
}

export interface Recovery extends Surroundings {
  /** The site that the deployment is recovered to, by the present content of its file. */
  site(): Site;
  readonly file: SettingsFile;
  readonly account: Account;
  readonly stacks: readonly StackName[];
  readonly options: Options;
  readonly journal: Journal;
  /** Facts that earlier steps read. */
  readonly facts: Facts;
}

export interface Facts {
  accountId?: string;
  candidates?: readonly Candidate[];
  chosen?: Chosen;
  /** What the operator is to do with the DNS. @default - nothing */
  dns?: readonly string[];
}

/** A fact of an earlier step. @throws ToolError where that step stopped, as in a plan */
export function factOf<Name extends 'accountId' | 'chosen'>({ facts }: Recovery, name: Name): NonNullable<Facts[Name]> {
  const fact = facts[name];
  if (fact === undefined) throw new ToolError('an earlier step stops; repair what it names first');
  return fact as NonNullable<Facts[Name]>;
}

/** The part of the hits that the database lacks after the recovery. */
export const missingHits = ({ dataUntil, arn }: Pick<Chosen, 'arn' | 'dataUntil'>): string =>
  `hits after ${dataUntil === undefined ? `the time of ${arn}` : dataUntil.toISOString()} until the collectors of the new site answer`;
