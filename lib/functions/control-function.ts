// A function of the deployment: one control, with the settings that every function must have.
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { ManagedPolicy, type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture, Function as LambdaFunction, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Queue, QueueEncryption, RedrivePermission } from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { functionCalls, interfaceCalls } from '../../runtime/calls';
import { type Control, functionName, logGroupName } from '../config/names';
import type { Site } from '../config/site';
import { boundBy } from '../labels/boundary';
import { acknowledgeInPacks, acknowledgeWildcard } from '../labels/exceptions';
import { classify, serves } from '../labels/labels';
import { removalOfNamedLog } from '../labels/retention';
import { type BundledFiles, functionCode } from './bundle';
import { callStatements } from './call-statements';

export interface ControlFunctionProps {
  readonly site: Site;
  /** Folder below `lambda/<concern>/` that holds the handler. Changing it replaces the function and its log group. */
  readonly control: Control;
  /** Purpose of the function, in one sentence. */
  readonly description: string;
  /** The variables that the handler's `env.ts` requires. Never a secret (TOM-3.10). */
  readonly environment: Readonly<Record<string, string>>;
  /** Encrypts environment, log and dead letters. (TOM-5.5) */
  readonly key: IKey;
  /**
   * Permissions in addition to those of every function, from the `calls.ts` of the handler. (TOM-3.5)
   */
  readonly permissions: readonly PolicyStatement[];
  readonly timeout: Duration;
  /**
   * Name of the role, where a policy names it before it exists. Changing it replaces the role.
   * @default - CloudFormation names it
   */
  readonly roleName?: string;
  /** Name of the managed policy that bounds the role. @default - that of every role */
  readonly boundary?: string;
  /**
   * Reserved concurrency; 1 for a function that must not run concurrently. Lambda reserves it from the concurrency of
   * the account and requires an unreserved part: a new account may have 10 in all, of which none can be reserved, and
   * then the deployment fails. Changing it is an update. ("Configuring reserved concurrency" of the AWS Lambda
   * Developer Guide.)
   * @default - none reserved: the function shares the concurrency of the account
   */
  readonly reservedConcurrency?: number;
  /**
   * Memory in MB; CPU power increases with it.
   * @default 256
   */
  readonly memorySize?: number;
  /**
   * Files in the folder of the handler's code.
   * @default none
   */
  readonly files?: BundledFiles;
  /**
   * Subnets and security group, for a function that needs resources of the VPC.
   * @default - outside the VPC
   */
  readonly network?: FunctionNetwork;
}

/** Network of a function in the VPC. Changing it creates new network interfaces and changes nothing else. */
export interface FunctionNetwork {
  readonly vpc: IVpc;
  /** Subnets over at least two zones. (TOM-6.3) */
  readonly subnets: SubnetSelection;
  /** Allows the connections of the function; has no ingress rule. */
  readonly securityGroup: ISecurityGroup;
}

/**
 * CloudFormation, a schedule or an event invokes each function asynchronously: an event that fails after two retries
 * goes to a dead-letter queue. The role has one managed policy instead of inline policies, and that policy is
 * complete: the library adds nothing to it.
 *
 * The function has a fixed name, so CloudFormation refuses to replace it under the same logical id. No property that
 * is set here replaces it except the name ("AWS::Lambda::Function", update requirements), as a test requires. Before a
 * construct moves, a deployment must delete the function.
 */
export class ControlFunction extends Construct {
  readonly function: LambdaFunction;
  /** Permissions of the function; exceptions for a permission belong here. (TOM-3.5) */
  readonly permissions: ManagedPolicy;
  readonly logGroup: LogGroup;
  readonly deadLetters: Queue;
  readonly roleArn: string;

  constructor(scope: Construct, id: string, props: ControlFunctionProps) {
    super(scope, id);
    this.logGroup = this.createLogGroup(props);
    this.deadLetters = this.createDeadLetterQueue(props.key);
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `Function ${props.control}: ${props.description}`,
      ...(props.roleName === undefined ? {} : { roleName: props.roleName }),
    });
    this.roleArn = role.roleArn;
    if (props.boundary !== undefined) boundBy(role, props.boundary);
    this.permissions = new ManagedPolicy(this, 'Permissions', {
      description: `Permissions of the function ${props.control}`,
      statements: [...this.commonPermissions(props), ...props.permissions],
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
      // No tracing: a function has one caller and calls one or two services, and its log has the same request id for
      // all. Traces would be another store, in a service that uses a customer managed key only by a setting of the
      // whole account (AWS X-Ray Developer Guide, "Data protection"), and no clause requires them.
      // The library would add inline statements to the role.
      role: role.withoutPolicyUpdates(),
      ...(props.network
        ? { vpc: props.network.vpc, vpcSubnets: props.network.subnets, securityGroups: [props.network.securityGroup] }
        : {}),
    });
    this.function.node.addDependency(this.permissions);
    this.addLabels(props.network !== undefined);
    if (props.reservedConcurrency === undefined) this.acknowledgeSharedConcurrency();
  }

  private createLogGroup({ site, control, key }: ControlFunctionProps): LogGroup {
    const logGroup = new LogGroup(this, 'Log', {
      logGroupName: logGroupName(site, `functions/${control}`),
      encryptionKey: key,
      retention: site.settings.audit.logRetentionDays,
      removalPolicy: removalOfNamedLog(site),
    });
    serves(logGroup, 'TOM-3.6', 'TOM-5.5');
    return logGroup;
  }

  private createDeadLetterQueue(key: IKey): Queue {
    const queue = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.KMS,
      encryptionMasterKey: key,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      // Functions, rules and schedules send to this queue; no other queue may use it as its dead-letter queue.
      redriveAllowPolicy: { redrivePermission: RedrivePermission.DENY_ALL },
    });
    serves(queue, 'TOM-5.5', 'TOM-5.7');
    return queue;
  }

  /** The calls of Lambda with the role of every function. */
  private commonPermissions({ site, key, network }: ControlFunctionProps): PolicyStatement[] {
    const arns = {
      '<function>Log.Arn': this.logGroup.logGroupArn,
      '<function>DeadLetters.Arn': this.deadLetters.queueArn,
      'account/DeploymentKey.Arn': key.keyArn,
    };
    return callStatements(this, [...(network ? interfaceCalls : []), ...functionCalls], { site, arns });
  }

  private addLabels(inVpc: boolean): void {
    serves(this, 'TOM-3.5', 'TOM-5.5');
    classify(this, 'internal');
    if (inVpc) {
      acknowledgeWildcard(this.permissions, {
        resource: '*',
        reason:
          'Lambda manages the network interfaces of the function with this role; a second statement denies that to the function itself.',
      });
      return;
    }
    const reason = 'The function calls only AWS APIs; in the VPC it would need a route to them.';
    acknowledgeInPacks(this.function, { rule: 'LambdaInsideVPC', reason });
  }

  private acknowledgeSharedConcurrency(): void {
    const reason = 'The function may run concurrently, and a new account has no concurrency to reserve for it.';
    acknowledgeInPacks(this.function, { rule: 'LambdaConcurrency', reason, packs: ['NIST.800.53.R5', 'HIPAA.Security'] });
  }
}
