// The password policy and its claims in IAM.
import {
  DeleteAccountPasswordPolicyCommand,
  GetAccountPasswordPolicyCommand,
  type IAMClient,
  NoSuchEntityException,
  paginateListPolicies,
  paginateListPolicyTags,
  TagPolicyCommand,
  UntagPolicyCommand,
  UpdateAccountPasswordPolicyCommand,
} from '@aws-sdk/client-iam';
import { type Claim, claimTag, claimText, readClaim } from './claims';
import { figuresOf, requestFor } from './figures';
import type { PasswordAccount } from './keep';

/** Boundaries of deployments: `<deployment>-boundary-<region>`. */
const boundaryForm = /^[a-z][a-z0-9-]*-boundary-[a-z]{2}(?:-[a-z]+)+-\d$/;

async function unlessAbsent<Result>(call: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof NoSuchEntityException || (error instanceof Error && error.name === 'NoSuchEntityException')) return undefined;
    throw error;
  }
}

/** `boundary` is the ARN of the boundary of this deployment. */
export function iamAccount(client: IAMClient, boundary: string): PasswordAccount {
  return {
    async read() {
      const answer = await unlessAbsent(() => client.send(new GetAccountPasswordPolicyCommand({})));
      return figuresOf(answer?.PasswordPolicy);
    },
    async write(figures) {
      await client.send(new UpdateAccountPasswordPolicyCommand(requestFor(figures)));
    },
    async remove() {
      await unlessAbsent(() => client.send(new DeleteAccountPasswordPolicyCommand({})));
    },
    claims: () => claimsOf(client),
    async claim(claim) {
      await client.send(new TagPolicyCommand({ PolicyArn: boundary, Tags: [{ Key: claimTag, Value: claimText(claim) }] }));
    },
    async release() {
      await unlessAbsent(() => client.send(new UntagPolicyCommand({ PolicyArn: boundary, TagKeys: [claimTag] })));
    },
  };
}

async function claimsOf(client: IAMClient): Promise<ReadonlyMap<string, Claim>> {
  const claims = new Map<string, Claim>();
  for await (const { Policies = [] } of paginateListPolicies({ client }, { Scope: 'Local', PolicyUsageFilter: 'PermissionsBoundary' })) {
    for (const { PolicyName = '', Arn = '' } of Policies) {
      if (!boundaryForm.test(PolicyName)) continue;
      const claim = await claimAt(client, Arn);
      if (claim) claims.set(Arn, claim);
    }
  }
  return claims;
}

/** A boundary that is deleted after the list has no claim. */
async function claimAt(client: IAMClient, PolicyArn: string): Promise<Claim | undefined> {
  return unlessAbsent(async () => {
    for await (const { Tags = [] } of paginateListPolicyTags({ client }, { PolicyArn })) {
      const text = Tags.find(({ Key }) => Key === claimTag)?.Value;
      if (text !== undefined) return readClaim(text);
    }
    return undefined;
  });
}
