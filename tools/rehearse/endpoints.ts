// The endpoint that a call from the VPC passes, with its policy.
import type { Resource } from '../../lib/tom/template/assembly';
import { nameOf } from '../../lib/tom/template/names';
import { endpointType } from '../../lib/tom/template/resource-types';
import type { NamedPolicy } from './simulator';
import type { StandIn } from './stand-in';

/**
 * Endpoint services that differ from the prefix of the actions ("AWS services that integrate with AWS PrivateLink").
 */
const serviceOfPrefix: Readonly<Record<string, string>> = { cloudwatch: 'monitoring', kinesis: 'kinesis-streams' };

/** A caller whose calls start in the VPC: a program, or a person behind the VPN or in a management network. */
export type CallerInVpc = 'function' | 'server' | 'person';

/** Calls that the Lambda service makes for a function, outside the VPC of the function. */
const madeByLambda = /^(?:logs|sqs|ec2|kinesis|xray):/;

/** The policy of the endpoint of a call; `undefined` if the call passes none. */
export function endpointPolicyFor(action: string, caller: CallerInVpc, standIn: StandIn): NamedPolicy | undefined {
  if (caller === 'function' && madeByLambda.test(action)) return undefined;
  const endpoint = endpointOf(action, caller, standIn);
  const policy = endpoint && standIn.properties(endpoint).PolicyDocument;
  return endpoint && policy !== undefined ? { name: nameOf(endpoint, standIn.assembly.facts), policy } : undefined;
}

/**
 * The endpoint that serves an action for a caller; `undefined` without one. A gateway endpoint serves the subnets of
 * the VPC alone, and neither a VPN nor a connected network ("Gateway endpoints", Considerations).
 */
export function endpointOf(action: string, caller: CallerInVpc, standIn: StandIn): Resource | undefined {
  const [prefix = ''] = action.split(':');
  const service = serviceOfPrefix[prefix] ?? prefix;
  return standIn.assembly.ofType(endpointType).find((candidate) => {
    const { ServiceName, VpcEndpointType } = standIn.properties(candidate);
    return String(ServiceName).endsWith(`.${service}`) && (caller !== 'person' || VpcEndpointType === 'Interface');
  });
}
