// The request that a caller signs reaches AWS STS from the functions of staff, and that of another account does not.
import { endpointPolicyFor } from '../../../tools/rehearse/endpoints';
import { evaluateRequest } from '../../../tools/rehearse/simulator';
import { standInAccount as account, StandIn } from '../../../tools/rehearse/stand-in';
import { facts, production } from '../../tools/rehearse/production';

const standIn = new StandIn(production);

test.each<[string, string, boolean]>([
  ['of the account', account, true],
  ['of another account', '999999999999', false],
])('a request to STS that a session %s signed passes the endpoint from a function', async (_, of, allowed) => {
  // GetCallerIdentity needs no permission: the simulator allows it whatever the endpoint allows. Another action stands
  // for it.
  const action = 'sts:DecodeAuthorizationMessage';
  const endpointPolicy = endpointPolicyFor(action, 'function', standIn);
  expect(endpointPolicy).toBeDefined();
  const own = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sts:*', Resource: '*' }] };
  const answer = await evaluateRequest({
    ...{ principal: `arn:aws:iam::${account}:role/production-client-data-team`, action, resource: '*', endpointPolicy },
    identityPolicies: [{ name: 'STS', policy: own }],
    context: { 'aws:PrincipalAccount': of, 'aws:RequestedRegion': facts.region, 'aws:SourceVpc': 'vpc-0123456789abcdef0' },
  });
  expect(answer.allowed).toBe(allowed);
});
