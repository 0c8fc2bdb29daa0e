// Support staff and auditors: access to the database as roles of their own, and reads by one function.
import type { IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct, type IDependable } from 'constructs';
import { calls as accessCalls } from '../../lambda/database/staff-access/calls';
import type { StaffAccessEnvironment } from '../../lambda/database/staff-access/env';
import { calls as readCalls } from '../../lambda/database/staff-reads/calls';
import type { StaffReadsEnvironment } from '../../lambda/database/staff-reads/env';
import type { Call } from '../../runtime/calls';
import { databasePort } from '../config/flows/flow';
import { type Control, functionName, type PeopleRole, peopleRoleName } from '../config/names';
import type { Site } from '../config/site';
import { callStatements } from '../functions/call-statements';
import { ControlFunction } from '../functions/control-function';
import { accountInFindings, acknowledgeWildcard } from '../labels/exceptions';
import { serves } from '../labels/labels';
import { type DatabaseCluster, databaseName } from './database-cluster';
import { certificates, type DirectAccess } from './migrations';

export interface StaffFunctionsProps {
  readonly site: Site;
  readonly vpc: IVpc;
  readonly functionSubnets: SubnetSelection;
  readonly database: DatabaseCluster;
  /** Security group that connects to the database without the proxy, shared with the migrations. (TOM-4.2) */
  readonly direct: DirectAccess;
  /** Encrypts environments, logs and dead letters. (TOM-5.5) */
  readonly key: IKey;
  /** The schema, which the functions depend on. */
  readonly schema: IDependable;
}

interface Part {
  readonly control: Control & `staff-${string}`;
  readonly description: string;
  readonly calls: readonly Call[];
  /** Role of people whose sessions the function serves. */
  readonly callers: PeopleRole;
}

const parts: Readonly<Record<'Access' | 'Reads', Part>> = {
  Access: {
    control: 'staff-access',
    description: 'Makes and drops the database roles of support staff and auditors',
    calls: accessCalls,
    callers: 'it-team',
  },
  Reads: {
    control: 'staff-reads',
    description: 'Reads for support staff and auditors as their own database roles',
    calls: readCalls,
    callers: 'client-data-team',
  },
};

/**
 * Without the proxy: it keeps connections, and one of a person who is revoked would outlive the role. Each request has
 * a connection of its own, whose sign-in the server decides. People invoke the functions by
 * `lib/config/people-calls.ts`, and no service does. (TOM-4.7, TOM-4.8)
 */
export class StaffFunctions extends Construct {
  constructor(scope: Construct, id: string, props: StaffFunctionsProps) {
    super(scope, id);
    serves(this, 'TOM-4.7', 'TOM-4.8');
    for (const [name, part] of Object.entries(parts)) this.addFunction(name, part, props);
  }

  private addFunction(name: string, part: Part, { site, vpc, functionSubnets, database, direct, key, schema }: StaffFunctionsProps): void {
    const { control, description, calls } = part;
    const arns = { 'data/DatabaseCluster.DBClusterResourceId': database.cluster.attrDbClusterResourceId };
    const lambda = new ControlFunction(this, name, {
      ...{ site, control, description, key },
      environment: { ...this.environment(part, site, database) },
      permissions: callStatements(this, calls, { site, arns }),
      timeout: Duration.minutes(1),
      network: { vpc, subnets: functionSubnets, securityGroup: direct.securityGroup },
    });
    lambda.function.node.addDependency(direct.wayOut, schema);
    const cluster = Stack.of(this).resolve(database.cluster.attrDbClusterResourceId)['Fn::GetAtt'][0];
    for (const user of calls.flatMap(({ resources }) => resources.map((resource) => resource.split('/').at(-1) ?? ''))) {
      if (!user.includes('*')) continue;
      acknowledgeWildcard(lambda.permissions, {
        resource: `arn:aws:rds-db:${site.region}:${accountInFindings(site)}:dbuser:<${cluster}.DBClusterResourceId>/${user}`,
        reason: 'The roles of people come and go without a deployment; the function signs in as its caller, whom AWS STS names.',
      });
    }
  }

  private environment({ control, callers }: Part, site: Site, database: DatabaseCluster): StaffAccessEnvironment & StaffReadsEnvironment {
    const stack = Stack.of(this);
    return {
      DATABASE_HOST: database.cluster.attrEndpointAddress,
      DATABASE_PORT: String(databasePort),
      DATABASE_NAME: databaseName,
      DATABASE_CA_FILE: certificates,
      ACCOUNT: stack.account,
      FUNCTION_ARN: `arn:${stack.partition}:lambda:${site.region}:${stack.account}:function:${functionName(site, control)}`,
      CALLER_ROLE: peopleRoleName(site, callers),
      STS_URL: `https://sts.${site.region}.amazonaws.com`,
    };
  }
}
