// The boundaries of an account, whose tags hold the claims of deployments: IAM as its client sees it, each list in
// pages of one.
import * as iam from '@aws-sdk/client-iam';

export const noSuchEntity = () => new iam.NoSuchEntityException({ message: 'not found', $metadata: {} });

/** The answer to a command on policies and their tags, by ARN; `undefined` for another command. */
export function answerOnBoundaries(command: object, tags: Map<string, iam.Tag[]>): object | undefined {
  if (command instanceof iam.ListPoliciesCommand) {
    expect(command.input).toMatchObject({ Scope: 'Local', PolicyUsageFilter: 'PermissionsBoundary' });
    const arns = [...tags.keys()];
    const at = Number(command.input.Marker ?? 0);
    const Policies = arns.slice(at, at + 1).map((Arn) => ({ Arn, PolicyName: Arn.split('/')[1] as string }));
    return { Policies, ...(at + 1 < arns.length ? { IsTruncated: true, Marker: String(at + 1) } : {}) };
  }
  if (command instanceof iam.ListPolicyTagsCommand) {
    const found = tags.get(command.input.PolicyArn ?? '');
    if (!found) throw noSuchEntity();
    const at = Number(command.input.Marker ?? 0);
    return { Tags: found.slice(at, at + 1), ...(at + 1 < found.length ? { IsTruncated: true, Marker: String(at + 1) } : {}) };
  }
  if (command instanceof iam.TagPolicyCommand) {
    const { PolicyArn = '', Tags = [] } = command.input;
    // "Tagging IAM resources": letters, digits, spaces and _ . : / = + - @.
    for (const { Value = '' } of Tags) expect(Value).toMatch(/^[\w .:/=+@-]{1,256}$/);
    const keys = Tags.map(({ Key }) => Key);
    tags.set(PolicyArn, [...(tags.get(PolicyArn) ?? []).filter(({ Key }) => !keys.includes(Key)), ...Tags]);
    return {};
  }
  if (command instanceof iam.UntagPolicyCommand) {
    const { PolicyArn = '', TagKeys = [] } = command.input;
    tags.set(
      PolicyArn,
      (tags.get(PolicyArn) ?? []).filter(({ Key }) => !TagKeys.includes(Key ?? '')),
    );
    return {};
  }
  return undefined;
}
