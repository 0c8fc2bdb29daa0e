// Controls of the account that people sign in to: password policy, credentials, open ports, and changes of the audit.
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { PasswordPolicy } from '../access/password-policy';
import type { Site } from '../config/site';
import type { FirstDatapoints } from '../functions/first-datapoint';

export interface AccessStackProps extends StackProps {
  readonly site: Site;
  readonly account: {
    /** Encrypts environment, log and dead letters of functions. (TOM-5.5) */
    readonly key: IKey;
    /** Notifies people. (TOM-3.4) */
    readonly alarmTopic: ITopic;
  };
  readonly data: {
    /** The first runs of functions, before the alarms on their silence. (TOM-3.4) */
    readonly firstDatapoints: FirstDatapoints;
  };
}

export class AccessStack extends Stack {
  constructor(scope: Construct, id: string, { site, account, data, ...props }: AccessStackProps) {
    super(scope, id, props);
    const { key, alarmTopic } = account;
    const { firstDatapoints } = data;
    new PasswordPolicy(this, 'PasswordPolicy', { site, key, firstDatapoints, alarmTopic });
  }
}
