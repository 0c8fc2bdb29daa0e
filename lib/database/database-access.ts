// Network, permissions and environment of the functions that use the database.

import { type IVpc, Peer, Port, SecurityGroup, type SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct, type IDependable } from 'constructs';
import { databasePort } from '../config/flows/flow';
import type { FunctionNetwork } from '../functions/control-function';
import type { FunctionDatabase } from '../functions/function-database';
import { serves } from '../labels/labels';
import { databaseName } from './database-cluster';
import type { DatabaseProxy, DatabaseUser } from './database-proxy';

export interface DatabaseAccessProps {
  readonly vpc: IVpc;
  /** Subnets of functions that use the database. (TOM-4.2) */
  readonly functionSubnets: SubnetSelection;
  readonly proxy: DatabaseProxy;
  /** Secret with the key of site contexts. (TOM-4.1) */
  readonly contextKey: ISecret;
  /** Decrypts that secret. */
  readonly dataKey: IKey;
}

/** Variables that all functions with a database share: `DatabaseEnvironment` of the handlers' contracts. */
export interface DatabaseVariables<User extends DatabaseUser> {
  readonly DATABASE_HOST: string;
  readonly DATABASE_PORT: string;
  readonly DATABASE_NAME: string;
  readonly DATABASE_USER: User;
  readonly CONTEXT_KEY_SECRET: string;
}

/**
 * One security group for all functions that use the database through its proxy. It has no ingress rules. Egress is to
 * the proxy, and to any address on port 443: the addresses of S3 are public, and its gateway endpoint is selected by
 * routes. The egress firewall filters the rest. (TOM-4.2)
 */
export class DatabaseAccess extends Construct implements FunctionDatabase {
  readonly network: FunctionNetwork;
  readonly ready: IDependable;
  readonly arns: Readonly<Record<string, string>>;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: DatabaseAccessProps,
  ) {
    super(scope, id);
    serves(this, 'TOM-4.2', 'TOM-6.6');
    const securityGroup = functionGroup(this, props.vpc, 'Functions that use the database through its proxy');
    props.proxy.admit(securityGroup, 'Functions', 'Queries of functions');
    this.ready = props.proxy.ready;
    this.arns = {
      'data/Proxy.ResourceId': props.proxy.resourceId,
      'data/ContextKey': props.contextKey.secretArn,
      'data/DataKey.Arn': props.dataKey.keyArn,
    };
    this.network = { vpc: props.vpc, subnets: props.functionSubnets, securityGroup };
  }

  environment<User extends DatabaseUser>(user: User): DatabaseVariables<User> {
    return {
      DATABASE_HOST: this.props.proxy.host,
      DATABASE_PORT: String(databasePort),
      DATABASE_NAME: databaseName,
      DATABASE_USER: user,
      CONTEXT_KEY_SECRET: this.props.contextKey.secretArn,
    };
  }
}

/** A security group for functions in the VPC: no ingress, egress to AWS services on port 443. */
export function functionGroup(scope: Construct, vpc: IVpc, description: string): SecurityGroup {
  const group = new SecurityGroup(scope, 'SecurityGroup', { vpc, description, allowAllOutbound: false });
  group.addEgressRule(Peer.anyIpv4(), Port.tcp(443), 'Endpoints of AWS services, and S3 through its gateway endpoint');
  return group;
}
