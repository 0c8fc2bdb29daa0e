// The certificate of the load balancer: RSA 4096 or no deployment, looked after by a function every day. (DSS-5.3.2)
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { CustomResource, Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { CertificateEnvironment } from '../../lambda/edge/certificate/env';
import { provableName } from '../config/checks/certificate-checks';
import { certificateType } from '../config/custom-resource-types';
import { certificateAccountSecret } from '../config/names';
import type { Site } from '../config/site';
import { ControlFunction } from '../functions/control-function';
import { scheduleFunction } from '../functions/schedule';
import { accountInFindings, acknowledgeWildcard } from '../labels/exceptions';
import { serves } from '../labels/labels';
import { CertificateAlarms } from './certificate-alarms';
import { certificatePermissions } from './certificate-permissions';

export interface CertificateProps {
  readonly site: Site;
  /** Encrypts the function's environment, log and dead letters, and the secret with its account at the authority. (TOM-5.5) */
  readonly key: IKey;
  /** Notifies people when the certificate is about to expire, or its function fails. (TOM-3.4) */
  readonly alarmTopic: ITopic;
}

/** Days before its end at which the self-signed certificate is renewed. */
const selfSignedRenewal = 30;

/**
 * Where the certificate comes from is `edge.certificate`: people give one, an authority issues one, or a self-signed one stands in.
 * The function checks the key itself in each case and fails the deployment on any but RSA 4096; once a day it does so again, and renews
 * what it has imported under the same ARN, so that the listener keeps it. Changing where it comes from is an update: the listener gets
 * another ARN, and the certificate before it is removed by the next daily run that finds it unused. Removing the construct removes the
 * certificates that it imported, but for one that something still uses. (DSS-5.3.2, DSS-6.8)
 */
export class Certificate extends Construct {
  /** In ACM, in the region of the stack; known only when the function has seen a key of RSA 4096. */
  readonly certificateArn: string;

  constructor(scope: Construct, id: string, { site, key, alarmTopic }: CertificateProps) {
    super(scope, id);
    serves(this, 'DSS-5.3.2', 'DSS-6.8');
    const environment = environmentOf(site, key);
    const control = this.controlFunction(site, key, environment);
    const { MODE: Mode, DOMAIN: Domain, ...rest } = environment;
    const checked = new CustomResource(this, 'Checked', {
      resourceType: certificateType,
      serviceToken: control.function.functionArn,
      // Up to a daily run that is under way, and then its own: CloudFormation must not give up on what may still be imported.
      serviceTimeout: Duration.minutes(32),
      properties: {
        Mode,
        Domain,
        ...('CERTIFICATE_ARN' in rest ? { Given: rest.CERTIFICATE_ARN } : {}),
        ...('DIRECTORY' in rest ? { Directory: rest.DIRECTORY } : {}),
      },
    });
    checked.node.addDependency(control.permissions);
    this.certificateArn = checked.getAttString('CertificateArn');
    const schedule = scheduleFunction(this, {
      control,
      name: 'certificate',
      starts: 'the check of the certificate',
      description: 'Daily check and renewal of the certificate',
      // Both sites prove the same domain by the same record, so never at the same time.
      expression: site.name === 'home' ? 'cron(40 2 * * ? *)' : 'cron(40 14 * * ? *)',
      key,
      retries: { attempts: 10, age: Duration.days(1) },
    });
    schedule.node.addDependency(checked);
    new CertificateAlarms(this, 'Alarms', { site, certificateArn: this.certificateArn, function: control.function, alarmTopic });
  }

  private controlFunction(site: Site, key: IKey, environment: CertificateEnvironment): ControlFunction {
    const control = new ControlFunction(this, 'Function', {
      site,
      control: 'certificate',
      description: 'Checks that the certificate is RSA 4096, and issues and renews it where the configuration says so',
      environment: { ...environment },
      key,
      permissions: certificatePermissions(this, environment),
      // All that Lambda gives: an authority may take minutes to look for the proof.
      timeout: Duration.minutes(15),
      // One at a time: two would order two certificates, and take each other's proof away.
      reservedConcurrency: 1,
      memorySize: 1024,
    });
    const account = accountInFindings(site);
    const wildcards = [
      '*',
      `arn:aws:acm:${site.region}:${account}:certificate/*`,
      ...(environment.MODE === 'issued'
        ? ['arn:aws:route53:::change/*', `arn:aws:secretsmanager:${site.region}:${account}:secret:${environment.AUTHORITY_ACCOUNT}-*`]
        : []),
    ];
    for (const resource of wildcards)
      acknowledgeWildcard(control.permissions, {
        resource,
        reason: 'The ids are given by chance at run time: what is changed is told by its tags or its name, the rest only lists and reads.',
      });
    return control;
  }
}

function environmentOf(site: Site, key: IKey): CertificateEnvironment {
  const { domain, hostedZone, certificate } = site.settings.edge;
  const given = certificate.arn[site.name];
  const DEPLOYMENT = site.deployment;
  if (given !== undefined) return { MODE: 'given', DEPLOYMENT, CERTIFICATE_ARN: given, DOMAIN: domain ?? '*' };
  const DOMAIN = domain ?? `${site.deployment}.rempart.invalid`;
  const { issue } = certificate;
  if (issue === undefined) return { MODE: 'self-signed', DEPLOYMENT, DOMAIN, RENEW_DAYS: String(selfSignedRenewal) };
  const name = provableName(site.settings.edge);
  if (hostedZone === undefined || name === undefined)
    throw new Error('edge.certificate.issue: expected edge.domain in edge.hostedZone, got none; add them');
  return {
    MODE: 'issued',
    DEPLOYMENT,
    DOMAIN: name,
    HOSTED_ZONE: hostedZone.id,
    CONTACT: issue.contact,
    DIRECTORY: issue.directory,
    RENEW_DAYS: String(issue.renewDaysBefore),
    AUTHORITY_ACCOUNT: certificateAccountSecret(site),
    ENCRYPTION_KEY: key.keyArn,
  };
}
