// Part 1 of the rehearsal, for AWS services: each request that a service makes for the deployment is allowed, and the
// same request for a stranger's resource is refused.
import { type Json, type JsonObject, listOf, type Resource, valueAt } from '../../lib/tom/template/assembly';
import { functionType } from '../../lib/tom/template/resource-types';
import { type Delivery, deliveriesOf, isRole, trustOf } from './deliveries';
import { policyOfResource } from './resource-policies';
import { evaluateRequest } from './simulator';
import { type StandIn, standInAccount } from './stand-in';

export interface ServiceRow {
  readonly cause: string;
  readonly service: string;
  readonly action: string;
  readonly resource: string;
  /** Whose resource causes the request: one of the deployment, or one of another account. */
  readonly source: 'own' | 'stranger';
  /** Whether the answer is the wanted one: allowed for its own, refused for a stranger. */
  readonly right: boolean;
  readonly reason: string;
}

const strangerAccount = '999988887777';

/** Rehearses the requests of AWS services. */
export async function rehearseServices(standIn: StandIn): Promise<readonly ServiceRow[]> {
  const rows: ServiceRow[] = [];
  for (const delivery of deliveriesOf(standIn)) {
    rows.push(await rehearse(delivery, 'own', standIn));
    if (!delivery.withoutSource) rows.push(await rehearse(delivery, 'stranger', standIn));
  }
  return rows;
}

async function rehearse(delivery: Delivery, source: ServiceRow['source'], standIn: StandIn): Promise<ServiceRow> {
  const { cause, service, action, resource } = delivery;
  const context = source === 'own' ? delivery.context : strangerContext(delivery.context);
  const { allowed, reason } = await evaluateRequest({
    principal: service,
    action,
    resource,
    context: { 'aws:SecureTransport': 'true', 'aws:PrincipalIsAWSService': 'true', ...context },
    identityPolicies: [],
    resourcePolicy: policyFor(delivery, standIn),
  });
  return { cause, service, action, resource, source, right: allowed === (source === 'own'), reason };
}

const strangerContext = (context: Delivery['context']): Delivery['context'] =>
  Object.fromEntries(Object.entries(context).map(([key, value]) => [key, value.replaceAll(standInAccount, strangerAccount)]));

function policyFor({ on, resource }: Delivery, standIn: StandIn): Json | undefined {
  if (isRole(on)) return withResource(trustOf(on, standIn), resource);
  if (on.type === functionType) return invocationPolicy(on, standIn);
  return policyOfResource(resource, standIn);
}

/** A trust policy has no resource: it is the role's own. */
const withResource = (policy: Json | undefined, _resource: string): Json | undefined => policy;

/** The permissions of a function as the policy that Lambda writes ("AddPermission"). */
function invocationPolicy(target: Resource, standIn: StandIn): Json {
  const { assembly } = standIn;
  const permissions = assembly
    .ofType('AWS::Lambda::Permission')
    .filter((permission) => assembly.refersTo(permission.at('FunctionName'), permission, target));
  return {
    Version: '2012-10-17',
    Statement: permissions.map((permission) => statementOf(standIn.properties(permission), standIn.arnOf(target))),
  };
}

function statementOf({ Action, Principal, SourceArn, SourceAccount }: JsonObject, resource: string): Json {
  const [principal] = listOf(Principal);
  const conditions = {
    ...(SourceArn === undefined ? {} : { ArnLike: { 'aws:SourceArn': SourceArn } }),
    ...(SourceAccount === undefined ? {} : { StringEquals: { 'aws:SourceAccount': SourceAccount } }),
  };
  return { Effect: 'Allow', Action: Action ?? null, Principal: { Service: principal ?? null }, Resource: resource, Condition: conditions };
}

/** Statements that allow a service something that no request of the deployment needs: what nobody declared. */
export function unusedStatements(standIn: StandIn): readonly string[] {
  const needed = new Set(deliveriesOf(standIn).map(({ service, on }) => `${standIn.arnOf(on)} ${service}`));
  const documents = [...new Set(deliveriesOf(standIn).map(({ on }) => on))];
  return documents.flatMap((on) => {
    const statements = listOf(valueAt(policyFor({ on, resource: standIn.arnOf(on) } as Delivery, standIn) ?? {}, 'Statement'));
    return statements.flatMap((statement) =>
      listOf(valueAt(statement, 'Principal.Service'))
        .filter((service) => valueAt(statement, 'Effect') === 'Allow' && !needed.has(`${standIn.arnOf(on)} ${String(service)}`))
        .map((service) => `${standIn.arnOf(on)} ${String(service)}`),
    );
  });
}
