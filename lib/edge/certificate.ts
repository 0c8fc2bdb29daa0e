// The certificate of the load balancer: RSA 4096, checked by a function at deployment and every day. (DSS-5.3.2)
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { CustomResource, Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { calls } from '../../lambda/edge/certificate/calls';
import type { CertificateEnvironment } from '../../lambda/edge/certificate/env';
import { provableName } from '../config/checks/certificate-checks';
import { certificateType } from '../config/custom-resource-types';
import { certificateAccountSecret } from '../config/names';
import type { Site } from '../config/site';
import { callStatements } from '../functions/call-statements';
import { ControlFunction } from '../functions/control-function';
import { scheduleFunction } from '../functions/schedule';
import { accountInFindings, acknowledgeWildcard } from '../labels/exceptions';
import { serves } from '../labels/labels';
import { CertificateAlarms } from './certificate-alarms';

export interface CertificateProps {
  readonly site: Site;
  /**
   * Encrypts the function's environment, log and dead letters, and the secret with its account at the authority.
   * (TOM-5.5)
   */
  readonly key: IKey;
  /** Notifies people when the certificate is close to expiry, or its function fails. (TOM-3.4) */
  readonly alarmTopic: ITopic;
}

/** Days before expiry at which the self-signed certificate is renewed. */
const selfSignedRenewal = 30;

/**
 * `edge.certificate` sets the source of the certificate: the configuration gives one, an authority issues one, or a
 * self-signed one is the default. In each case the function checks the key and fails the deployment on any but RSA
 * 4096; once a day it repeats the check, and renews the certificate that it imported under the same ARN, so that the
 * listener keeps it. Changing the source is an update: the listener gets another ARN, and the next daily run that
 * finds the previous certificate unused deletes it. Removing the construct deletes the certificates that it imported,
 * except one that is still in use. (DSS-5.3.2, DSS-6.8)
 */
export class Certificate extends Construct {
  /** In ACM, in the region of the stack; available only after the function has found an RSA 4096 key. */
  readonly certificateArn: string;

  constructor(scope: Construct, id: string, { site, key, alarmTopic }: CertificateProps) {
    super(scope, id);
    serves(this, 'DSS-5.3.2', 'DSS-6.8');
    const environment = environmentOf(site, key);
    const control = this.controlFunction(site, key, environment);
    const { MODE: Mode, DOMAIN: Domain, ...rest } = environment;
    const checkedCertificate = new CustomResource(this, 'Checked', {
      resourceType: certificateType,
      serviceToken: control.function.functionArn,
      // The time of a daily run in progress and of its own: CloudFormation must not time out while a certificate may
      // still be imported.
      serviceTimeout: Duration.minutes(32),
      properties: {
        Mode,
        Domain,
        ...('CERTIFICATE_ARN' in rest ? { Given: rest.CERTIFICATE_ARN } : {}),
        ...('DIRECTORY' in rest ? { Directory: rest.DIRECTORY } : {}),
      },
    });
    checkedCertificate.node.addDependency(control.permissions);
    this.certificateArn = checkedCertificate.getAttString('CertificateArn');
    const schedule = scheduleFunction(this, {
      site,
      control,
      name: 'certificate',
      starts: 'the check of the certificate',
      description: 'Daily check and renewal of the certificate',
      // Both sites prove the same domain with the same record, and must not do so at the same time.
      expression: site.name === 'home' ? 'cron(40 2 * * ? *)' : 'cron(40 14 * * ? *)',
      key,
      retries: { attempts: 10, age: Duration.days(1) },
    });
    schedule.node.addDependency(checkedCertificate);
    new CertificateAlarms(this, 'Alarms', { site, certificateArn: this.certificateArn, function: control.function, alarmTopic });
  }

  private controlFunction(site: Site, key: IKey, environment: CertificateEnvironment): ControlFunction {
    const control = new ControlFunction(this, 'Function', {
      site,
      control: 'certificate',
      description: 'Checks that the certificate is RSA 4096; issues and renews it where the configuration requires that',
      environment: { ...environment },
      key,
      permissions: callStatements(this, calls, { site, mode: environment.MODE, values: certificateValues(environment) }),
      // The maximum of Lambda: an authority may take minutes to validate the proof.
      timeout: Duration.minutes(15),
      // One at a time: two runs would order two certificates and overwrite each other's proof.
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
        reason: 'AWS generates the ids at run time: tags or names limit the actions that change resources; the others only list and read.',
      });
    return control;
  }
}

/** Values of the calls contract, by mode. */
function certificateValues(environment: CertificateEnvironment): Readonly<Record<string, string>> {
  if (environment.MODE === 'given') return { certificate: environment.CERTIFICATE_ARN };
  return environment.MODE === 'issued' ? { domain: environment.DOMAIN, hostedZone: environment.HOSTED_ZONE } : {};
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
