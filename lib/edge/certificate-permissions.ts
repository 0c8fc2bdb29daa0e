// Permissions of the certificate function, by the source of the certificate. (TOM-3.5)
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { ArnFormat, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { CertificateEnvironment, IssuedEnvironment } from '../../lambda/edge/certificate/env';

/** Statements in addition to those of every function. */
export function certificatePermissions(scope: Construct, environment: CertificateEnvironment): PolicyStatement[] {
  return [
    ...cleanUpStatements(scope, environment),
    ...(environment.MODE === 'given' ? [readStatement(environment.CERTIFICATE_ARN)] : importStatements(scope, environment)),
    ...(environment.MODE === 'issued' ? [...domainProofStatements(scope, environment), accountSecretStatement(scope, environment)] : []),
  ];
}

/** ACM generates the ids, so the permissions for the function's own certificates depend on their tags. */
const certificateArns = (scope: Construct): string =>
  Stack.of(scope).formatArn({ service: 'acm', resource: 'certificate', resourceName: '*' });

/** Route 53 generates the id of a change. */
const changeArns = (scope: Construct): string =>
  Stack.of(scope).formatArn({ service: 'route53', region: '', account: '', resource: 'change', resourceName: '*' });

const accountSecretArns = (scope: Construct, secret: string): string =>
  Stack.of(scope).formatArn({
    service: 'secretsmanager',
    resource: 'secret',
    resourceName: `${secret}-*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });

type Origin = 'RequestTag' | 'ResourceTag';

const whereTagged = (origin: Origin, deployment: string, ...kinds: string[]) => ({
  StringEquals: { [`aws:${origin}/rempart:deployment`]: deployment, [`aws:${origin}/rempart:certificate`]: kinds },
});

/** In every mode: a certificate of another mode is deleted once it is unused. */
function cleanUpStatements(scope: Construct, { DEPLOYMENT }: CertificateEnvironment): PolicyStatement[] {
  const resources = [certificateArns(scope)];
  return [
    new PolicyStatement({ actions: ['acm:ListCertificates'], resources: ['*'] }),
    // The tags of every certificate: they identify those of the deployment.
    new PolicyStatement({ actions: ['acm:ListTagsForCertificate'], resources }),
    new PolicyStatement({
      actions: ['acm:DeleteCertificate'],
      resources,
      conditions: whereTagged('ResourceTag', DEPLOYMENT, 'issued', 'self-signed'),
    }),
  ];
}

const readStatement = (arn: string): PolicyStatement =>
  new PolicyStatement({ actions: ['acm:DescribeCertificate', 'acm:GetCertificate'], resources: [arn] });

/**
 * The first import adds the tags, for which ACM requires a permission of its own; on later imports the certificate has
 * them.
 */
function importStatements(scope: Construct, { DEPLOYMENT, MODE }: CertificateEnvironment): PolicyStatement[] {
  const resources = [certificateArns(scope)];
  return [
    new PolicyStatement({
      actions: ['acm:AddTagsToCertificate', 'acm:ImportCertificate'],
      resources,
      conditions: whereTagged('RequestTag', DEPLOYMENT, MODE),
    }),
    new PolicyStatement({
      actions: ['acm:GetCertificate', 'acm:ImportCertificate'],
      resources,
      conditions: whereTagged('ResourceTag', DEPLOYMENT, MODE),
    }),
  ];
}

/** One record, of one type. ("Using IAM policy conditions for fine-grained access control", Amazon Route 53) */
function domainProofStatements(scope: Construct, { HOSTED_ZONE, DOMAIN }: IssuedEnvironment): PolicyStatement[] {
  const zone = Stack.of(scope).formatArn({
    service: 'route53',
    region: '',
    account: '',
    resource: 'hostedzone',
    resourceName: HOSTED_ZONE,
  });
  return [
    new PolicyStatement({
      actions: ['route53:ChangeResourceRecordSets'],
      resources: [zone],
      conditions: {
        'ForAllValues:StringEquals': {
          'route53:ChangeResourceRecordSetsNormalizedRecordNames': [`_acme-challenge.${DOMAIN}`],
          'route53:ChangeResourceRecordSetsRecordTypes': ['TXT'],
          'route53:ChangeResourceRecordSetsActions': ['UPSERT', 'DELETE'],
        },
      },
    }),
    new PolicyStatement({ actions: ['route53:GetChange'], resources: [changeArns(scope)] }),
  ];
}

/** The function creates the secret at run time. The permissions of every function include its key. (TOM-3.10) */
function accountSecretStatement(scope: Construct, { AUTHORITY_ACCOUNT }: IssuedEnvironment): PolicyStatement {
  return new PolicyStatement({
    actions: ['secretsmanager:CreateSecret', 'secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'],
    resources: [accountSecretArns(scope, AUTHORITY_ACCOUNT)],
  });
}
