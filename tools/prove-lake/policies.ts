// The policies of the deployment as they are synthesized: who has a session of a role of the lake, and which requests
// of a session S3 admits.
import type { LakeRole } from '../../lib/config/names';
import type { Assembly, Resource } from '../../lib/tom/template/assembly';
import { nameOf } from '../../lib/tom/template/names';
import { roleType } from '../../lib/tom/template/resource-types';
import { lakeRoleId } from '../../lib/tom/world/lake';
import { type Caller, callerOf } from '../rehearse/callers';
import { certainContext } from '../rehearse/calls';
import { trustOf } from '../rehearse/deliveries';
import { endpointPolicyFor } from '../rehearse/endpoints';
import { policyOfResource } from '../rehearse/resource-policies';
import { evaluateRequest, type NamedPolicy } from '../rehearse/simulator';
import { StandIn } from '../rehearse/stand-in';

export type Tags = Readonly<Record<string, string>>;

const everything: NamedPolicy = { name: 'everything', policy: { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] } };

export class LakePolicies {
  private readonly standIn: StandIn;
  private readonly callers: ReadonlyMap<string, { readonly caller: Caller; readonly role: Resource }>;
  private readonly decided = new Map<string, Promise<boolean>>();
  /** ARN of the bucket of the lake. */
  readonly bucket: string;

  constructor(assembly: Assembly) {
    this.standIn = new StandIn(assembly);
    this.bucket = String(this.standIn.concrete('${data/Archive.Arn}'));
    this.callers = new Map(
      assembly.ofType(roleType).map((role) => [nameOf(role, assembly.facts), { caller: callerOf(role, this.standIn), role }]),
    );
  }

  /** Names of all roles of the deployment. */
  get roles(): readonly string[] {
    return [...this.callers.keys()];
  }

  /** ARN of a role of the lake. */
  arnOf(role: LakeRole): string {
    return this.of(lakeRoleId(role)).caller.arn;
  }

  /** Whether a role has a session of a role of the lake with these tags. */
  admits(from: string, to: LakeRole, tags: Tags): Promise<boolean> {
    return this.once(['admits', from, to, tags], async () => {
      const { caller } = this.of(from);
      const target = this.of(lakeRoleId(to));
      const keys = Object.keys(tags);
      const context = Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value]));
      for (const action of ['sts:AssumeRole', ...(keys.length > 0 ? ['sts:TagSession'] : [])]) {
        const more = { ...context, ...(keys.length > 0 ? { 'aws:TagKeys': keys } : {}) };
        const trust = trustOf(target.role, this.standIn);
        if (!(await this.evaluate(caller, action, target.caller.arn, more, caller.policies, trust))) return false;
      }
      return true;
    });
  }

  /**
   * Whether a request on a resource is admitted.
   * @param isUnlimited with every permission in place of those of the role: bucket, boundary and endpoint decide alone
   */
  allows(role: string, tags: Tags, action: string, resource: string, isUnlimited = false): Promise<boolean> {
    return this.once(['allows', role, tags, action, resource, isUnlimited], () => {
      const { caller } = this.of(role);
      const context = Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:PrincipalTag/${key}`, value]));
      const policies = isUnlimited ? [everything] : caller.policies;
      return this.evaluate(caller, action, resource, context, policies, policyOfResource(resource, this.standIn));
    });
  }

  private async evaluate(
    { arn, boundary, inVpc }: Caller,
    action: string,
    resource: string,
    more: Readonly<Record<string, string | readonly string[]>>,
    identityPolicies: readonly NamedPolicy[],
    resourcePolicy: ReturnType<typeof policyOfResource>,
  ): Promise<boolean> {
    const { region } = this.standIn.assembly.facts;
    const { allowed, reason } = await evaluateRequest({
      ...{ principal: arn, action, resource, identityPolicies, boundary, resourcePolicy },
      context: { ...certainContext(action, region), 'aws:PrincipalArn': arn, ...more },
      endpointPolicy: inVpc && endpointPolicyFor(action, inVpc, this.standIn),
    });
    // A request that is not evaluated would count as refused, and prove nothing.
    if (reason.startsWith('not evaluated')) throw new Error(`${action} on ${resource}: ${reason}`);
    return allowed;
  }

  private once(request: readonly unknown[], decide: () => Promise<boolean>): Promise<boolean> {
    const key = JSON.stringify(request);
    const known = this.decided.get(key) ?? decide();
    this.decided.set(key, known);
    return known;
  }

  private of(name: string) {
    const found = this.callers.get(name);
    if (!found) throw new Error(`${name}: expected a role of the deployment, got none; see templates/`);
    return found;
  }
}
