// The roles of people and deployers.
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { EmergencyAlarm } from '../access/emergency-alarm';
import { PeopleRoles } from '../access/people-roles';
import type { Site } from '../config/site';

export interface AccessStackProps extends StackProps {
  readonly site: Site;
  readonly account: {
    /** Receives the notifications of alarms. (TOM-3.4) */
    readonly alarmTopic: ITopic;
  };
  readonly network: {
    readonly vpc: IVpc;
    /** Public addresses of the NAT gateways. (TOM-3.2) */
    readonly natAddresses: readonly string[];
  };
}

export class AccessStack extends Stack {
  constructor(scope: Construct, id: string, { site, account, network, ...props }: AccessStackProps) {
    super(scope, id, props);
    new PeopleRoles(this, 'People', { site, vpcId: network.vpc.vpcId, natAddresses: network.natAddresses });
    new EmergencyAlarm(this, 'Emergency', { site, alarmTopic: account.alarmTopic });
  }
}
