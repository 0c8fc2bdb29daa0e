// What the function of the certificate may do, by where the certificate comes from. (TOM-3.5)
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { ArnFormat, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { CertificateEnvironment, IssuedEnvironment } from '../../lambda/edge/certificate/env';

/** Everything besides what each function may do. */
export function certificatePermissions(scope: Construct, environment: CertificateEnvironment): PolicyStatement[] {
  return [
    ...findAndRemove(scope, environment),
    ...(environment.MODE === 'given' ? [readGiven(environment.CERTIFICATE_ARN)] : importOwn(scope, environment)),
    ...(environment.MODE === 'issued' ? [...proveDomain(scope, environment), keepAccount(scope, environment)] : []),
  ];
}

/** ACM gives ids by chance, so permissions for the function's own certificates go by their tags. */
const certificateArns = (scope: Construct): string =>
  Stack.of(scope).formatArn({ service: 'acm', resource: 'certificate', resourceName: '*' });

/** A change of Route 53 has an id by chance too. */
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

/** In every mode: a certificate of another mode is removed once nothing uses it. */
function findAndRemove(scope: Construct, { DEPLOYMENT }: CertificateEnvironment): PolicyStatement[] {
  const resources = [certificateArns(scope)];
  return [
    new PolicyStatement({ actions: ['acm:ListCertificates'], resources: ['*'] }),
    // The tags of every certificate: they tell which are ours.
    new PolicyStatement({ actions: ['acm:ListTagsForCertificate'], resources }),
    new PolicyStatement({
      actions: ['acm:DeleteCertificate'],
      resources,
      conditions: whereTagged('ResourceTag', DEPLOYMENT, 'issued', 'self-signed'),
    }),
  ];
}

const readGiven = (arn: string): PolicyStatement =>
  new PolicyStatement({ actions: ['acm:DescribeCertificate', 'acm:GetCertificate'], resources: [arn] });

/** The first import brings the tags, for which ACM asks a right of its own; any later one finds them on the certificate. */
function importOwn(scope: Construct, { DEPLOYMENT, MODE }: CertificateEnvironment): PolicyStatement[] {
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
function proveDomain(scope: Construct, { HOSTED_ZONE, DOMAIN }: IssuedEnvironment): PolicyStatement[] {
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

/** The secret is made at run time. Its key comes with the function's own permissions. (TOM-3.10) */
function keepAccount(scope: Construct, { AUTHORITY_ACCOUNT }: IssuedEnvironment): PolicyStatement {
  return new PolicyStatement({
    actions: ['secretsmanager:CreateSecret', 'secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'],
    resources: [accountSecretArns(scope, AUTHORITY_ACCOUNT)],
  });
}
