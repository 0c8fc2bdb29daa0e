// Claims of deployments as tags of their permissions boundaries. IAM is global, so the deployments of every region of
// the account read each other's claims.
import { setTimeout } from 'node:timers/promises';
import {
  type IAMClient,
  NoSuchEntityException,
  paginateListPolicies,
  paginateListPolicyTags,
  TagPolicyCommand,
  UntagPolicyCommand,
} from '@aws-sdk/client-iam';
import type { Claim, ClaimForm, ClaimStore } from './claims';

/** Boundaries of deployments: `<deployment>-boundary-<region>`. */
const boundaryForm = /^[a-z][a-z0-9-]*-boundary-([a-z]{2}(?:-[a-z]+)+-\d)$/;

/** Attempts of a call that tags, and the first pause between two in milliseconds; each further one is doubled. */
const mostAttempts = 7;
const firstPause = 250;

/**
 * IAM changes the tags of a policy one call at a time, and refuses a second one with `ConcurrentModification`, "The
 * previous tagging operation is still ongoing" ("TagPolicy", errors). The controls of a deployment share a boundary,
 * and CloudFormation creates them at the same time. The SDK does not repeat this error.
 */
async function oneAtATime(call: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await call();
      return;
    } catch (error) {
      if (attempt === mostAttempts || !isConcurrent(error)) throw error;
      await setTimeout(firstPause * 2 ** (attempt - 1));
    }
  }
}

/** The name is that of the exception, or the code of the response. */
const isConcurrent = (error: unknown): boolean => error instanceof Error && /^ConcurrentModification(?:Exception)?$/.test(error.name);

/** The result of a call of IAM; `undefined` where the entity does not exist. */
export async function unlessAbsent<Result>(call: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof NoSuchEntityException || (error instanceof Error && error.name === 'NoSuchEntityException')) return undefined;
    throw error;
  }
}

/**
 * `boundary` is the ARN of the boundary of this deployment. `region` limits the claims to one region, for what an
 * account has once in each.
 */
export function boundaryClaims<Demand, Former>(
  client: IAMClient,
  boundary: string,
  form: ClaimForm<Demand, Former>,
  region?: string,
): ClaimStore<Demand, Former> {
  return {
    claims: () => claimsOf(client, form, region),
    async claim(claim) {
      const Tags = [{ Key: form.tag, Value: form.text(claim) }];
      await oneAtATime(() => client.send(new TagPolicyCommand({ PolicyArn: boundary, Tags })));
    },
    async release() {
      const untag = () => client.send(new UntagPolicyCommand({ PolicyArn: boundary, TagKeys: [form.tag] }));
      await unlessAbsent(() => oneAtATime(untag));
    },
  };
}

async function claimsOf<Demand, Former>(
  client: IAMClient,
  form: ClaimForm<Demand, Former>,
  region?: string,
): Promise<ReadonlyMap<string, Claim<Demand, Former>>> {
  const claims = new Map<string, Claim<Demand, Former>>();
  for await (const { Policies = [] } of paginateListPolicies({ client }, { Scope: 'Local', PolicyUsageFilter: 'PermissionsBoundary' })) {
    for (const { PolicyName = '', Arn = '' } of Policies) {
      const [, at] = boundaryForm.exec(PolicyName) ?? [];
      if (at === undefined || (region !== undefined && at !== region)) continue;
      const claim = await claimAt(client, Arn, form);
      if (claim) claims.set(Arn, claim);
    }
  }
  return claims;
}

/** A boundary that is deleted after the list has no claim. */
async function claimAt<Demand, Former>(
  client: IAMClient,
  PolicyArn: string,
  form: ClaimForm<Demand, Former>,
): Promise<Claim<Demand, Former> | undefined> {
  return unlessAbsent(async () => {
    for await (const { Tags = [] } of paginateListPolicyTags({ client }, { PolicyArn })) {
      const text = Tags.find(({ Key }) => Key === form.tag)?.Value;
      if (text !== undefined) return form.read(text);
    }
    return undefined;
  });
}
