// The password policy in IAM, with the claims of deployments to it.
import {
  DeleteAccountPasswordPolicyCommand,
  GetAccountPasswordPolicyCommand,
  type IAMClient,
  UpdateAccountPasswordPolicyCommand,
} from '@aws-sdk/client-iam';
import { boundaryClaims, unlessAbsent } from '../../../runtime/boundary-claims';
import { passwordClaims } from './claims';
import { figuresOf, requestFor } from './figures';
import type { PasswordAccount } from './keep';

/** `boundary` is the ARN of the boundary of this deployment. */
export function iamAccount(client: IAMClient, boundary: string): PasswordAccount {
  return {
    ...boundaryClaims(client, boundary, passwordClaims),
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
  };
}
