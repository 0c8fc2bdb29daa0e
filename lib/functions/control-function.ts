// A function of the house: one control, with the settings that every function must have.
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture, Function as LambdaFunction, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Queue, QueueEncryption, RedrivePermission } from 'aws-cdk-lib/aws-sqs';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { type Control, functionName, logGroupName } from '../config/names';
import type { Site } from '../config/site';
import { acknowledgeInPacks, acknowledgeWildcard } from '../labels/exceptions';
import { classify, serves } from '../labels/labels';
import { removalOfNamedLog } from '../labels/retention';
import { type BundledFiles, functionCode } from './bundle';
import { denyNetworkInterfacesToCode, manageNetworkInterfaces } from './network-interfaces';

export interface ControlFunctionProps {
  readonly site: Site;
  /** Folder below `lambda/<concern>/` that holds the handler. Changing it replaces the function and its log group. */
  readonly control: Control;
  /** What the function does, in one sentence. */
  readonly description: string;
  /** The variables that the handler's `env.ts` asks for. Never a secret (TOM-3.10). */
  readonly environment: Readonly<Record<string, string>>;
  /** Encrypts environment, log and dead letters. (TOM-5.5) */
  readonly key: IKey;
  /** What the function may do besides writing its log. Resources by name: rule packs object to wildcards. (TOM-3.5) */
  readonly permissions: readonly PolicyStatement[];
  readonly timeout: Duration;
  /**
   * Most invocations at once; 1 for what must not run beside itself. Lambda sets them aside of what the account has for all functions
   * and keeps a part of that free: a new account may have 10 in all, none of which can be set aside, and then the deployment fails.
   * Changing it is an update. ("Configuring reserved concurrency" of the AWS Lambda Developer Guide.)
   * @default - none set aside: the function shares what the account has
   */
  readonly reservedConcurrency?: number;
  /**
   * Memory in MB; processor time grows with it.
   * @default 256
   */
  readonly memorySize?: number;
  /**
   * Files that the handler finds beside its code.
   * @default none
   */
  readonly files?: BundledFiles;
  /**
   * Where in the VPC the function runs, if what it needs is reached only there.
   * @default - outside the VPC
   */
  readonly network?: FunctionNetwork;
}

/** A place in the VPC. Changing it makes new network interfaces and changes nothing else. */
export interface FunctionNetwork {
  readonly vpc: IVpc;
  /** Subnets over at least two zones. (TOM-6.3) */
  readonly subnets: SubnetSelection;
  /** Says what the function reaches; it opens no way in. */
  readonly securityGroup: ISecurityGroup;
}

/**
 * Every function is invoked by CloudFormation, by a schedule or by an event, and those do not wait for it: what fails after two
 * repetitions goes to a dead-letter queue. The role's permissions are a managed policy of its own rather than inline, and complete:
 * nothing in the library adds to them.
 *
 * The function has a fixed name, so CloudFormation refuses to replace it under the same logical id. No property that is set here replaces
 * it but the name ("AWS::Lambda::Function", update requirements); a test holds that. A construct that moves needs the function removed in
 * a deployment before.
 */
export class ControlFunction extends Construct {
  readonly function: LambdaFunction;
  /** What the function may do; exceptions for a permission belong here. (TOM-3.5) */
  readonly permissions: ManagedPolicy;
  readonly logGroup: LogGroup;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: ControlFunctionProps) {
    super(scope, id);
    this.logGroup = this.log(props);
    this.deadLetters = this.queue(props.key);
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `Function ${props.control}: ${props.description}`,
    });
    this.permissions = new ManagedPolicy(this, 'Permissions', {
      description: `What the function ${props.control} may do`,
      statements: [...this.ownPermissions(props), ...props.permissions],
      roles: [role],
    });
    this.function = new LambdaFunction(this, 'Function', {
      functionName: functionName(props.site, props.control),
      description: props.description,
      code: functionCode(props.control, props.files),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memorySize ?? 256,
      timeout: props.timeout,
      environment: { ...props.environment },
      environmentEncryption: props.key,
      ...(props.reservedConcurrency === undefined ? {} : { reservedConcurrentExecutions: props.reservedConcurrency }),
      deadLetterQueue: this.deadLetters,
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      // No tracing: a function of the house is called by one thing and calls one or two, which its log tells by the same request id. Traces
      // would be one more store, of a service that encrypts with a key of ours only by a setting of the whole account (AWS X-Ray Developer
      // Guide, "Data protection"), and that nothing promised needs.
      // The library would add inline statements to the role.
      role: role.withoutPolicyUpdates(),
      ...(props.network
        ? { vpc: props.network.vpc, vpcSubnets: props.network.subnets, securityGroups: [props.network.securityGroup] }
        : {}),
    });
    this.function.node.addDependency(this.permissions);
    this.label(props.network !== undefined);
    if (props.reservedConcurrency === undefined) this.shareConcurrency();
  }

  private log({ site, control, key }: ControlFunctionProps): LogGroup {
    const logGroup = new LogGroup(this, 'Log', {
      logGroupName: logGroupName(site, `functions/${control}`),
      encryptionKey: key,
      retention: site.settings.audit.logRetentionDays,
      removalPolicy: removalOfNamedLog(site),
    });
    serves(logGroup, 'TOM-3.6', 'TOM-5.5');
    return logGroup;
  }

  private queue(key: IKey): Queue {
    const queue = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.KMS,
      encryptionMasterKey: key,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      // Functions, rules and schedules send here by themselves; no other queue may move its messages here.
      redriveAllowPolicy: { redrivePermission: RedrivePermission.DENY_ALL },
    });
    serves(queue, 'TOM-5.5', 'TOM-5.7');
    return queue;
  }

  private ownPermissions({ key, network }: ControlFunctionProps): PolicyStatement[] {
    return [
      ...(network ? [manageNetworkInterfaces(), denyNetworkInterfacesToCode(Stack.of(this))] : []),
      new PolicyStatement({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [this.logGroup.logGroupArn] }),
      new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [this.deadLetters.queueArn] }),
      // For the environment and the dead letters (AWS Lambda Developer Guide, "Securing Lambda environment variables").
      new PolicyStatement({ actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [key.keyArn] }),
    ];
  }

  private label(inVpc: boolean): void {
    serves(this, 'TOM-3.5', 'TOM-5.5');
    classify(this, 'internal');
    if (inVpc) {
      acknowledgeWildcard(this.permissions, {
        resource: '*',
        reason:
          'Lambda makes the network interfaces of the function with this role; a second statement denies them to the function itself.',
      });
      return;
    }
    const reason = 'The function calls AWS APIs and reaches nothing in the VPC, where it would only need a way out.';
    acknowledgeInPacks(this.function, { rule: 'LambdaInsideVPC', reason });
  }

  private shareConcurrency(): void {
    const reason = 'It may run beside itself, and a new account has no concurrency that could be set aside for it.';
    acknowledgeInPacks(this.function, { rule: 'LambdaConcurrency', reason, packs: ['NIST.800.53.R5', 'HIPAA.Security'] });
  }
}
