// The functions of the account, edge and network stacks: the redaction of logs, the certificate, and the default
// security group.
import type { GivenEnvironment, IssuedEnvironment, SelfSignedEnvironment } from '../../../lambda/edge/certificate/env';
import type { LogRedactionEnvironment } from '../../../lambda/edge/log-redaction/env';
import type { DefaultSecurityGroupEnvironment } from '../../../lambda/network/default-security-group/env';
import { provableName } from '../../config/checks/certificate-checks';
import { certificateType } from '../../config/custom-resource-types';
import type { DeploymentFacts } from '../template/assembly';
import { type Declaration, declare } from './declaration';
import { by, type FormLike } from './form';
import { type Contract, controlFunction } from './functions-family';
import { redactionPolicies } from './functions-order';
import { dailyRetries, firstDatapoint, scheduled } from './functions-triggers';

type CertificateContract = Contract<GivenEnvironment> | Contract<IssuedEnvironment> | Contract<SelfSignedEnvironment>;

/** Days before expiry at which a self-signed certificate is renewed; the alarm is raised at 14. (DSS-5.3.2) */
const selfSignedRenewal = '30';

/** The source of the certificate that the configuration decides: given, issued, or else self-signed. (DSS-5.3.2) */
function certificateContract(facts: DeploymentFacts): CertificateContract {
  const { account, edge } = facts.settings;
  const given = edge.certificate.arn[facts.site];
  const common = { DEPLOYMENT: '<deployment>' } as const;
  if (given !== undefined) {
    const arn = account === undefined ? given : given.replaceAll(account, '${AWS::AccountId}');
    return { MODE: 'given', ...common, CERTIFICATE_ARN: arn, DOMAIN: edge.domain ?? '*' };
  }
  const { issue } = edge.certificate;
  if (issue === undefined)
    return { MODE: 'self-signed', ...common, DOMAIN: edge.domain ?? '<deployment>.rempart.invalid', RENEW_DAYS: selfSignedRenewal };
  return {
    ...{ MODE: 'issued', ...common, DOMAIN: provableName(edge) ?? 'none', HOSTED_ZONE: edge.hostedZone?.id ?? 'none' },
    ...{ CONTACT: issue.contact, DIRECTORY: issue.directory, RENEW_DAYS: String(issue.renewDaysBefore) },
    ...{ AUTHORITY_ACCOUNT: '<deployment>/certificate-account', ENCRYPTION_KEY: '${account/DeploymentKey.Arn}' },
  };
}

/** The variables of every mode: the code of the function reads them all. */
const certificateVariables = [
  ...['MODE', 'DEPLOYMENT', 'CERTIFICATE_ARN', 'DOMAIN', 'HOSTED_ZONE', 'CONTACT', 'DIRECTORY', 'RENEW_DAYS'],
  ...['AUTHORITY_ACCOUNT', 'ENCRYPTION_KEY'],
];

/** The properties by which a change of the source runs the check again. */
function checkedProperties(facts: DeploymentFacts): FormLike {
  const contract = certificateContract(facts);
  return {
    ServiceToken: '${edge/CertificateFunction.Arn}',
    ServiceTimeout: '1920',
    Mode: contract.MODE,
    Domain: contract.DOMAIN,
    ...('CERTIFICATE_ARN' in contract ? { Given: contract.CERTIFICATE_ARN } : {}),
    ...('DIRECTORY' in contract ? { Directory: contract.DIRECTORY } : {}),
  };
}

/** Both sites prove one domain with one record, so the recovery site checks 12 hours later. (DSS-5.3.2) */
const certificate = [
  ...controlFunction({
    ...{ stack: 'edge', id: 'CertificateFunction', control: 'certificate', memory: [1024, 3008], timeout: [900, 900], concurrency: 1 },
    variables: { form: by(({ facts }) => certificateContract(facts) as FormLike), names: certificateVariables },
  }),
  declare(
    certificateType,
    'edge/CertificateChecked',
    by(({ facts }) => checkedProperties(facts)),
    { deletion: 'Delete', replacement: 'Delete', dependsOn: ['${edge/CertificateFunctionPermissions}'] },
  ),
  ...scheduled({
    ...{ stack: 'edge', id: 'Certificate', group: 'certificate', retries: dailyRetries, after: ['CertificateChecked'] },
    expression: by(({ facts }) => (facts.site === 'home' ? 'cron(40 2 * * ? *)' : 'cron(40 14 * * ? *)')),
  }),
];

/** The default security group of the VPC is without rules. (TOM-6.6) */
const defaultSecurityGroup = [
  ...controlFunction<DefaultSecurityGroupEnvironment>({
    ...{ stack: 'network', id: 'DefaultSecurityGroupFunction', control: 'default-security-group', memory: [256, 1024], timeout: [30, 300] },
    variables: { SECURITY_GROUP_ID: '${network/Vpc.DefaultSecurityGroup}' },
  }),
  declare(
    'Custom::VpcRestrictDefaultSG',
    'network/VpcRestrictDefaultSecurityGroupCustomResource',
    {
      ServiceToken: '${network/DefaultSecurityGroupFunction.Arn}',
      ServiceTimeout: '300',
      SecurityGroupId: '${network/Vpc.DefaultSecurityGroup}',
    },
    { deletion: 'Delete', replacement: 'Delete', dependsOn: ['${network/DefaultSecurityGroupFunctionPermissions}'] },
  ),
];

/** Every landed log is redacted within minutes: a sweep finds those whose notice was lost. (TOM-4.13) */
const logRedaction = [
  ...controlFunction<LogRedactionEnvironment>({
    ...{ stack: 'account', id: 'EdgeLogRedactionFunction', control: 'log-redaction', memory: [512, 3008], timeout: [300, 300] },
    variables: {
      LANDING_BUCKET: '${account/EdgeLogLanding}',
      LOG_BUCKET: '${account/EdgeLogs}',
      COLLECTION_PATHS: '/hit.gif,/hit,/hits',
    },
    rule: 'EdgeLogRedactionRule',
  }),
  ...scheduled({
    ...{ stack: 'account', id: 'EdgeLogRedaction', group: 'log-redaction', expression: 'rate(5 minutes)' },
    retries: { attempts: 2, seconds: 300 },
    after: redactionPolicies,
  }),
  firstDatapoint(
    'edge/LogSweepFirstSweep',
    {
      ...{ Namespace: 'Rempart/<deployment>', MetricName: 'OldestRawEdgeLog', Statistic: 'Maximum', Dimensions: [] },
      ...{ AtLeast: '0', Invoke: '${account/EdgeLogRedactionFunction}' },
    },
    [],
  ),
];

export const edgeFunctions: readonly Declaration[] = [...logRedaction, ...certificate, ...defaultSecurityGroup];
