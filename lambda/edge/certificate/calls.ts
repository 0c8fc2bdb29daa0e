// Calls contract between construct and handler: the AWS calls of the function by the source of the certificate, each
// with its resource.
import type { Call, Conditions } from '../../../runtime/calls';

/** ACM generates the ids, so the permissions for the function's own certificates depend on their tags. */
const certificates = 'arn:aws:acm:<region>:${AWS::AccountId}:certificate/*';

const tagged = (origin: 'RequestTag' | 'ResourceTag', kinds: readonly string[]) => ({
  [`aws:${origin}/rempart:deployment`]: '<deployment>',
  [`aws:${origin}/rempart:certificate`]: kinds,
});
const whereTagged = (...kinds: readonly string[]): Conditions => ({ StringEquals: tagged('ResourceTag', kinds) });

/**
 * With the tags in the request, on a certificate without other ones: no other takes them, by which its import would be
 * allowed.
 */
const whereNew = (kind: string): Conditions => ({
  StringEquals: tagged('RequestTag', [kind]),
  StringEqualsIfExists: tagged('ResourceTag', [kind]),
});

/** In every mode: a certificate of another mode is deleted once it is unused. */
const cleanUp: readonly Call[] = [
  { actions: ['acm:ListCertificates'], resources: ['*'] },
  // The tags of every certificate: they identify those of the deployment.
  { actions: ['acm:ListTagsForCertificate'], resources: [certificates] },
  { actions: ['acm:DeleteCertificate'], resources: [certificates], conditions: whereTagged('issued', 'self-signed') },
];

/**
 * The first import adds the tags, for which ACM requires a permission of its own; on later imports the certificate has
 * them.
 */
const imports = (mode: string): readonly Call[] => [
  {
    actions: ['acm:AddTagsToCertificate'],
    resources: [certificates],
    conditions: whereNew(mode),
    by: 'ACM, which checks the tags of an import',
    modes: [mode],
  },
  { actions: ['acm:ImportCertificate'], resources: [certificates], conditions: whereNew(mode), modes: [mode] },
  {
    actions: ['acm:GetCertificate', 'acm:ImportCertificate'],
    resources: [certificates],
    conditions: whereTagged(mode),
    modes: [mode],
  },
];

/** One record, of one type. ("Using IAM policy conditions for fine-grained access control", Amazon Route 53) */
const domainProof: readonly Call[] = [
  {
    actions: ['route53:ChangeResourceRecordSets'],
    resources: ['arn:aws:route53:::hostedzone/<hostedZone>'],
    conditions: {
      'ForAllValues:StringEquals': {
        'route53:ChangeResourceRecordSetsNormalizedRecordNames': ['_acme-challenge.<domain>'],
        'route53:ChangeResourceRecordSetsRecordTypes': ['TXT'],
        'route53:ChangeResourceRecordSetsActions': ['UPSERT', 'DELETE'],
      },
    },
    modes: ['issued'],
  },
  // Route 53 generates the id of a change.
  { actions: ['route53:GetChange'], resources: ['arn:aws:route53:::change/*'], modes: ['issued'] },
];

export const calls: readonly Call[] = [
  ...cleanUp,
  { actions: ['acm:DescribeCertificate', 'acm:GetCertificate'], resources: ['<certificate>'], modes: ['given'] },
  ...imports('issued'),
  ...imports('self-signed'),
  ...domainProof,
  // The function creates the secret at run time. The calls of every function include its key. (TOM-3.10)
  {
    actions: ['secretsmanager:CreateSecret', 'secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'],
    resources: ['arn:aws:secretsmanager:<region>:${AWS::AccountId}:secret:<deployment>/certificate-account-*'],
    modes: ['issued'],
  },
];
