// Session documents in Systems Manager: that of the account, with the claims of deployments to it, and that of the
// deployment.
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
import type { Document, SessionAccount } from './keep';
import type { ShellDocument } from './shell';

/** The document that Session Manager uses where a caller names none ("Create Session Manager preferences"). */
const documentOfAccount = 'SSM-SessionManagerRunShell';

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
  return {
    ...boundaryClaims(clients.iam, boundary, sessionClaims, region),
    ...ssmDocument(ssm, documentOfAccount),
    async remove() {
      await unlessAbsent(() => ssm.send(new DeleteDocumentCommand({ Name: documentOfAccount })));
    },
  };
}

/** A session document, which exists or not. */
export function ssmDocument(ssm: SSMClient, Name: string): ShellDocument & Pick<SessionAccount, 'contentOf' | 'select'> {
  const contentOf = async (DocumentVersion: string): Promise<string | undefined> =>
    (await unlessAbsent(() => ssm.send(new GetDocumentCommand({ Name, DocumentVersion, DocumentFormat: 'JSON' }))))?.Content;
  const select = async (DocumentVersion: string): Promise<void> => {
    await ssm.send(new UpdateDocumentDefaultVersionCommand({ Name, DocumentVersion }));
  };
  return {
    contentOf,
    select,
    async read(): Promise<Document | undefined> {
      const { DefaultVersion, LatestVersion } = (await describe(ssm, Name)) ?? {};
      if (DefaultVersion === undefined || LatestVersion === undefined) return undefined;
      const standard = await contentOf(DefaultVersion);
      const latest = LatestVersion === DefaultVersion ? standard : await contentOf(LatestVersion);
      if (standard === undefined || latest === undefined) return undefined;
      return { standard: { version: DefaultVersion, content: standard }, latest: { version: LatestVersion, content: latest } };
    },
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
      const version = await settledVersion(ssm, Name);
      if (created === undefined) await select(version);
      return version;
    },
  };
}

const describe = async (ssm: SSMClient, Name: string): Promise<DocumentDescription | undefined> =>
  (await unlessAbsent(() => ssm.send(new DescribeDocumentCommand({ Name }))))?.Document;

/** The latest version, when the document is no longer being created or updated. */
async function settledVersion(ssm: SSMClient, name: string): Promise<string> {
  for (let look = 1; look <= mostLooks; look++) {
    const { Status = 'absent', StatusInformation = '', LatestVersion } = (await describe(ssm, name)) ?? {};
    if (Status === 'Active' && LatestVersion !== undefined) return LatestVersion;
    if (Status !== 'Creating' && Status !== 'Updating') {
      throw new Error(`${name}: expected the status Active, got ${Status} ${StatusInformation}; run the function again`);
    }
    await setTimeout(1000);
  }
  throw new Error(`${name}: expected the status Active within ${mostLooks} seconds, got another; run the function again`);
}
