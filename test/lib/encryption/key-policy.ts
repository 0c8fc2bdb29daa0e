// Key policies of the account stack, in a form that the policy simulator accepts.
import { type Decision, decide, type Request } from '../identity/evaluate';
import { account, accountTemplate, type Choice, propertiesOf } from '../stacks/account-stack';

const keyArn = `arn:aws:kms:eu-west-3:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;

/**
 * The simulator drops encryption contexts; tags of the principal, which policies compare in the same way, stand in for
 * them.
 */
const standIn = (text: string): string => text.replaceAll(/kms:EncryptionContext:([\w:]+)/g, (_, key: string) => `aws:PrincipalTag/${key}`);

/** Decides requests to the key whose logical id begins with `prefix`, by principals with the policy `identity`. */
export function keyDecisions(
  prefix: string,
  choice: Choice = {},
  identity?: unknown,
): (request: Omit<Request, 'resource'>) => Promise<Decision> {
  const policy: unknown = JSON.parse(standIn(JSON.stringify(propertiesOf(accountTemplate(choice), 'AWS::KMS::Key', prefix).KeyPolicy)));
  return ({ context = {}, ...request }) => {
    const renamed = JSON.parse(standIn(JSON.stringify(context))) as Record<string, string>;
    return decide({ resource: policy, identity }, { ...request, resource: keyArn, context: renamed });
  };
}
