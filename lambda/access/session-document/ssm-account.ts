// The session document in Systems Manager, with the claims of deployments to it.
import { setTimeout } from 'node:timers/promises';
import type { IAMClient } from '@aws-sdk/client-iam';
import {
  CreateDocumentCommand,
  DeleteDocumentCommand,
  DescribeDocumentCommand,
  type DocumentDescription,
  GetDocumentCommand,
  type SSMClient,
  UpdateDocumentCommand,
  UpdateDocumentDefaultVersionCommand,
} from '@aws-sdk/client-ssm';
import { boundaryClaims } from '../../../runtime/boundary-claims';
import { sessionClaims } from './claims';
import type { SessionAccount } from './keep';

/** The document that Session Manager uses where a caller names none ("Create Session Manager preferences"). */
const Name = 'SSM-SessionManagerRunShell';

/** Looks at a document that is being created or updated, a second apart. */
const mostLooks = 30;

async function unlessAbsent<Result>(call: () => Promise<Result>): Promise<Result | undefined> {
  return unless(['InvalidDocument', 'InvalidDocumentVersion'], call);
}

async function unless<Result>(names: readonly string[], call: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof Error && names.includes(error.name)) return undefined;
    throw error;
  }
}

/** `boundary` is the ARN of the boundary of this deployment, in `region`. */
export function ssmAccount(
  clients: { readonly iam: IAMClient; readonly ssm: SSMClient },
  boundary: string,
  region: string,
): SessionAccount {
  const { ssm } = clients;
  const contentOf = async (DocumentVersion: string): Promise<string | undefined> =>
    (await unlessAbsent(() => ssm.send(new GetDocumentCommand({ Name, DocumentVersion, DocumentFormat: 'JSON' }))))?.Content;
  const select = async (DocumentVersion: string): Promise<void> => {
    await ssm.send(new UpdateDocumentDefaultVersionCommand({ Name, DocumentVersion }));
  };
  return {
    ...boundaryClaims(clients.iam, boundary, sessionClaims, region),
    async read() {
      const { DefaultVersion, LatestVersion } = (await describe(ssm)) ?? {};
      if (DefaultVersion === undefined || LatestVersion === undefined) return undefined;
      const standard = await contentOf(DefaultVersion);
      const latest = LatestVersion === DefaultVersion ? standard : await contentOf(LatestVersion);
      if (standard === undefined || latest === undefined) return undefined;
      return { standard: { version: DefaultVersion, content: standard }, latest: { version: LatestVersion, content: latest } };
    },
    contentOf,
    async write(Content) {
      const created = await unless(['DocumentAlreadyExists'], () =>
        ssm.send(new CreateDocumentCommand({ Name, Content, DocumentType: 'Session', DocumentFormat: 'JSON' })),
      );
      if (created === undefined) {
        // Only the latest version can be updated ("UpdateDocument"). A content that a version has already is refused.
        await unless(['DuplicateDocumentContent'], () =>
          ssm.send(new UpdateDocumentCommand({ Name, Content, DocumentVersion: '$LATEST', DocumentFormat: 'JSON' })),
        );
      }
      const version = await settledVersion(ssm);
      if (created === undefined) await select(version);
      return version;
    },
    select,
    async remove() {
      await unlessAbsent(() => ssm.send(new DeleteDocumentCommand({ Name })));
    },
  };
}

const describe = async (ssm: SSMClient): Promise<DocumentDescription | undefined> =>
  (await unlessAbsent(() => ssm.send(new DescribeDocumentCommand({ Name }))))?.Document;

/** The latest version, when the document is no longer being created or updated. */
async function settledVersion(ssm: SSMClient): Promise<string> {
  for (let look = 1; look <= mostLooks; look++) {
    const { Status = 'absent', StatusInformation = '', LatestVersion } = (await describe(ssm)) ?? {};
    if (Status === 'Active' && LatestVersion !== undefined) return LatestVersion;
    if (Status !== 'Creating' && Status !== 'Updating') {
      throw new Error(`${Name}: expected the status Active, got ${Status} ${StatusInformation}; run the function again`);
    }
    await setTimeout(1000);
  }
  throw new Error(`${Name}: expected the status Active within ${mostLooks} seconds, got another; run the function again`);
}
