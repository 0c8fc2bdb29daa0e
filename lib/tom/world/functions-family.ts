// A function of the deployment with its log, its dead letters and their policy: one law for all, and the parts in
// which the functions differ.
import type { Control } from '../../config/names';
import type { DeploymentFacts } from '../template/assembly';
import { functionType, queueType } from '../template/resource-types';
import { type Declaration, type DeclarationOptions, declare } from './declaration';
import { between, type Form, type FormLike, matches, words } from './form';
import { codeOf } from './functions-code';
import { after } from './functions-order';
import { logGroup } from './log-groups';
import { vpcConfigOf } from './network-tiers';
import { tags } from './tags';

/** The variables of an `env.ts`, each with its value: no other, and none missing. */
export type Contract<Environment> = {
  readonly [Variable in keyof Required<Environment>]: string extends Environment[Variable] ? FormLike : Environment[Variable] | Form;
};

/** Places of functions in the VPC: the group leads to the proxy, to the writer, or to restored clusters. (TOM-4.2) */
const places = { proxy: 'databaseFunctions', writer: 'migrationFunctions', restoredReader: 'restoredReader' } as const;

export interface FunctionFamily<Environment = Readonly<Record<never, string>>> {
  readonly stack: string;
  /** Name of the construct, as in `HitIngestFunction`. */
  readonly id: string;
  /** Folder below `lambda/<concern>/`, and the name of the function after the deployment's. */
  readonly control: Control;
  /** The variables of `env.ts`; those that depend on the configuration as a form, with all their names. */
  readonly variables: Contract<Environment> | { readonly form: Form; readonly names: readonly string[] };
  /** Memory in MB, from least to most. */
  readonly memory: readonly [least: number, most: number];
  /** Timeout in seconds, from least to most. */
  readonly timeout: readonly [least: number, most: number];
  /** Reserved concurrency, at least 1. @default - none reserved */
  readonly concurrency?: number;
  /** @default - outside the VPC */
  readonly network?: keyof typeof places;
  /** Resources of the stack before the whole family. @default - none */
  readonly after?: readonly string[];
  /** Resources of the stack before the function, besides its role and permissions. @default - none */
  readonly functionAfter?: readonly string[];
  /** Further files in the folder of the code. @default - none */
  readonly files?: RegExp;
  /** The EventBridge rule of the stack whose undelivered events the dead letters receive. @default - none */
  readonly rule?: string;
  readonly when?: (facts: DeploymentFacts) => boolean;
}

/** Longest retention of SQS ("Amazon SQS message quotas"): people have two weeks to read a dead letter. (TOM-3.4) */
const deadLetterSeconds = 14 * 86_400;

/** Name of the Lambda function of a construct; the CDK writes two equal parts of a path once. */
export const functionIdOf = (id: string): string => (id.endsWith('Function') ? id : `${id}Function`);

/** Client VPN invokes functions with its prefix only ("Connection authorization in AWS Client VPN"). */
const functionNameOf = (control: Control): string =>
  control === 'connection-handler' ? `AWSClientVPN-<deployment>-${control}` : `<deployment>-${control}`;

/** Declares a function with its log, its dead letters and their policy. Identity declares its role and permissions. */
export function controlFunction<Environment = Readonly<Record<never, string>>>(
  family: FunctionFamily<Environment>,
): readonly Declaration[] {
  const { stack, id, after: before = [] } = family;
  const options: DeclarationOptions = {
    ...(family.when ? { when: family.when } : {}),
    ...(before.length > 0 ? { dependsOn: after(stack, ...before) } : {}),
  };
  return [
    functionOf(family, options),
    logOf(family, options),
    declare(queueType, `${stack}/${id}DeadLetters`, deadLetters, { ...options, deletion: 'Delete', replacement: 'Delete' }),
    declare('AWS::SQS::QueuePolicy', `${stack}/${id}DeadLettersPolicy`, deadLetterPolicy(family as FunctionFamily), options),
  ];
}

function functionOf<Environment>(family: FunctionFamily<Environment>, options: DeclarationOptions): Declaration {
  const { stack, id, control, memory, timeout, concurrency, network, files } = family;
  const { names, form } = variablesOf(family);
  const properties = {
    FunctionName: functionNameOf(control),
    Description: words,
    Code: codeOf({ control, variables: names, files }),
    Handler: 'index.handler',
    Runtime: 'nodejs24.x',
    Architectures: ['arm64'],
    MemorySize: between(...memory),
    Timeout: between(...timeout),
    ...(names.length > 0 ? { Environment: { Variables: form } } : {}),
    ...(concurrency === undefined ? {} : { ReservedConcurrentExecutions: concurrency }),
    KmsKeyArn: '${account/DeploymentKey.Arn}',
    LoggingConfig: { LogFormat: 'JSON', LogGroup: `\${${stack}/${id}Log}` },
    DeadLetterConfig: { TargetArn: `\${${stack}/${id}DeadLetters.Arn}` },
    Role: `\${${stack}/${id}Role.Arn}`,
    ...(network ? { VpcConfig: vpcConfigOf(places[network]) } : {}),
    Tags: tags('internal'),
  };
  const before = [`${id}Permissions`, `${id}Role`, ...(family.after ?? []), ...(family.functionAfter ?? [])];
  return declare(functionType, `${stack}/${functionIdOf(id)}`, properties, {
    ...options,
    dependsOn: after(stack, ...before),
    metadata: {
      'aws:asset:path': matches(/asset\.[0-9a-f]{64}/, 'the folder of an asset'),
      'aws:asset:is-bundled': false,
      'aws:asset:property': 'Code',
    },
  });
}

function variablesOf<Environment>({ variables }: FunctionFamily<Environment>): { form: FormLike; names: readonly string[] } {
  if ('form' in variables) return variables as { form: Form; names: readonly string[] };
  return { form: variables as Readonly<Record<string, FormLike>>, names: Object.keys(variables) };
}

function logOf<Environment>({ stack, id, control }: FunctionFamily<Environment>, options: DeclarationOptions): Declaration {
  const name = `/rempart/<deployment>/functions/${control}`;
  return logGroup(`${stack}/${id}Log`, { name, key: 'account/DeploymentKey', classification: 'internal' }, options);
}

const deadLetters: FormLike = {
  KmsMasterKeyId: '${account/DeploymentKey.Arn}',
  MessageRetentionPeriod: deadLetterSeconds,
  RedriveAllowPolicy: { redrivePermission: 'denyAll' },
  Tags: tags('internal'),
};

/** TLS only; and the one rule whose undelivered events the queue receives. (TOM-5.4) */
function deadLetterPolicy({ stack, id, rule }: FunctionFamily): FormLike {
  const Resource = `\${${stack}/${id}DeadLetters.Arn}`;
  const tlsOnly = {
    ...{ Effect: 'Deny', Principal: { AWS: '*' }, Action: 'sqs:*', Resource },
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
  const undelivered = {
    ...{ Sid: 'UndeliveredEvents', Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' } },
    ...{ Action: 'sqs:SendMessage', Resource, Condition: { ArnEquals: { 'aws:SourceArn': `\${${stack}/${rule}.Arn}` } } },
  };
  return {
    Queues: [`\${${stack}/${id}DeadLetters}`],
    PolicyDocument: { Version: '2012-10-17', Statement: rule === undefined ? [tlsOnly] : [tlsOnly, undelivered] },
  };
}
