// The credentials of the account in IAM.
import {
  DeleteAccessKeyCommand,
  DeleteLoginProfileCommand,
  GenerateCredentialReportCommand,
  GetAccessKeyLastUsedCommand,
  GetAccountSummaryCommand,
  GetCredentialReportCommand,
  GetLoginProfileCommand,
  GetUserCommand,
  type IAMClient,
  paginateListAccessKeys,
  paginateListUsers,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { readReport } from './credential-report';
import type { AccessKey, Credentials } from './examine';

/** Attempts to read the report, and the milliseconds between two of them: IAM generates it in seconds. */
const attempts = 40;
const interval = 3000;

/** `pause` resolves after so many milliseconds. */
export function iamCredentials(client: IAMClient, pause: (milliseconds: number) => Promise<void>): Credentials {
  return {
    async users() {
      const found: string[] = [];
      for await (const { Users = [] } of paginateListUsers({ client }, {})) found.push(...Users.flatMap(({ UserName }) => UserName ?? []));
      return found;
    },
    report: () => reportOf(client, pause),
    async loginProfile(UserName) {
      const answer = await unlessAbsent(() => client.send(new GetLoginProfileCommand({ UserName })));
      return answer?.LoginProfile?.CreateDate;
    },
    async lastSignIn(UserName) {
      const answer = await unlessAbsent(() => client.send(new GetUserCommand({ UserName })));
      return answer?.User?.PasswordLastUsed;
    },
    async deleteLoginProfile(UserName) {
      await unlessAbsent(() => client.send(new DeleteLoginProfileCommand({ UserName })));
    },
    accessKeys: async (UserName) => (await unlessAbsent(() => keysOf(client, UserName))) ?? [],
    async lastUse(AccessKeyId) {
      const answer = await unlessAbsent(() => client.send(new GetAccessKeyLastUsedCommand({ AccessKeyId })));
      return answer?.AccessKeyLastUsed?.LastUsedDate;
    },
    async disableKey(UserName, AccessKeyId) {
      await unlessAbsent(() => client.send(new UpdateAccessKeyCommand({ UserName, AccessKeyId, Status: 'Inactive' })));
    },
    async deleteKey(UserName, AccessKeyId) {
      await unlessAbsent(() => client.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId })));
    },
    async root() {
      const { SummaryMap: summary } = await client.send(new GetAccountSummaryCommand({}));
      // An answer without the entries proves nothing.
      if (summary?.AccountMFAEnabled === undefined || summary.AccountAccessKeysPresent === undefined) {
        throw new Error('summary of the account: expected AccountMFAEnabled and AccountAccessKeysPresent, got neither; run it again');
      }
      return { hasMfa: summary.AccountMFAEnabled > 0, hasKeys: summary.AccountAccessKeysPresent > 0 };
    },
  };
}

async function keysOf(client: IAMClient, UserName: string): Promise<readonly AccessKey[]> {
  const found: AccessKey[] = [];
  for await (const { AccessKeyMetadata = [] } of paginateListAccessKeys({ client }, { UserName })) {
    for (const { AccessKeyId: id, CreateDate: created, Status } of AccessKeyMetadata) {
      if (id !== undefined && created !== undefined) found.push({ id, created, isActive: Status === 'Active' });
    }
  }
  return found;
}

/** IAM generates the report asynchronously, and returns the same one for 4 hours. */
async function reportOf(client: IAMClient, pause: (milliseconds: number) => Promise<void>): ReturnType<Credentials['report']> {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const { State } = await client.send(new GenerateCredentialReportCommand({}));
    if (State === 'COMPLETE') {
      const { Content, GeneratedTime } = await client.send(new GetCredentialReportCommand({}));
      if (Content === undefined || GeneratedTime === undefined) {
        throw new Error('credential report: expected a content with its time, got neither; run it again');
      }
      return { at: GeneratedTime, passwords: readReport(Buffer.from(Content).toString('utf8')) };
    }
    await pause(interval);
  }
  throw new Error(`credential report: expected it within ${(attempts * interval) / 1000} seconds, got none; run it again`);
}

/** A user, key or profile that is deleted meanwhile needs nothing. */
async function unlessAbsent<Result>(call: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchEntityException') return undefined;
    throw error;
  }
}
