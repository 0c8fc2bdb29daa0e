// Resource policies of CloudWatch Logs: the vended logs that the account's deliveries may write. The policy of the
// network is in network-records.ts.
import { type Declaration, declare } from './declaration';
import { jsonText } from './form';
import { admitsLogDelivery, policyDocument } from './statements';

/** Without such a policy, AWS writes one of its own for each delivery ("Logs that require additional permissions"). */
export const logDeliveryDeclarations: readonly Declaration[] = [
  declare('AWS::Logs::ResourcePolicy', 'edge/FirewallDeliveryResourcePolicy', {
    PolicyDocument: jsonText(
      policyDocument(admitsLogDelivery({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: '${edge/FirewallLog.Arn}' })),
    ),
    PolicyName: '<deployment>-edge-log-delivery',
  }),
];
