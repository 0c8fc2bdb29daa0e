// The session service: the only way to a shell on a server. Its document limits time and user, and records sessions.

import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnDocument } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { logGroupName, sessionLog, shellDocumentName, shellUser } from '../config/names';
import type { Site } from '../config/site';
import { classify, serves } from '../labels/labels';
import { removalOfNamedLog } from '../labels/retention';

export interface SessionServiceProps {
  readonly site: Site;
  /** Encrypts the data of sessions between person and server, and their log. (TOM-5.5) */
  readonly key: IKey;
}

/** Inputs of a document of the type Standard_Stream ("Session document schema"). */
type SessionInputs = Readonly<Record<string, string | boolean | Readonly<Record<string, string>>>>;

/**
 * A shell ends after `access.timeouts.shellIdleMinutes` without input, and in any case after
 * `access.timeouts.shellMaximumMinutes`. It runs as a user without root, whom every server has. The agent streams the
 * session to a log group, and refuses a session where it cannot read that the group exists and is encrypted. The
 * document `<deployment>-shell` is the only one that roles may start. Changing the inputs adds a version, which the
 * next session uses; changing the name replaces the document. (TOM-3.1, TOM-3.3, TOM-3.6, DSS-5.6.6)
 */
export class SessionService extends Construct {
  /** Receives the sessions. (TOM-3.6) */
  readonly log: LogGroup;
  /** The document by which people start shells. */
  readonly document: CfnDocument;
  /** The settings, also of the document that the account has once. */
  readonly inputs: SessionInputs;

  constructor(scope: Construct, id: string, { site, key }: SessionServiceProps) {
    super(scope, id);
    serves(this, 'TOM-3.1', 'TOM-3.3', 'TOM-3.6', 'DSS-5.6.6');
    this.log = new LogGroup(this, 'Log', {
      logGroupName: logGroupName(site, sessionLog),
      encryptionKey: key,
      retention: site.settings.audit.logRetentionDays,
      removalPolicy: removalOfNamedLog(site),
    });
    classify(this.log, 'confidential');
    this.inputs = inputsOf(site, key);
    this.document = new CfnDocument(this, 'Document', {
      name: shellDocumentName(site),
      documentType: 'Session',
      documentFormat: 'JSON',
      // Content is replaced without it, and a document with a fixed name cannot be replaced.
      updateMethod: 'NewVersion',
      content: {
        schemaVersion: '1.0',
        description: `Shells of servers of ${site.deployment}`,
        sessionType: 'Standard_Stream',
        inputs: this.inputs,
      },
    });
    // The agent refuses sessions without the log.
    this.document.node.addDependency(this.log);
  }
}

function inputsOf(site: Site, key: IKey): SessionInputs {
  const { shellIdleMinutes, shellMaximumMinutes } = site.settings.access.timeouts;
  return {
    // No bucket: servers cannot write to the audit archive. The log group holds the sessions, and the function
    // `session-archive` exports each day of them to the archive (session-archive.ts).
    s3EncryptionEnabled: true,
    cloudWatchLogGroupName: logGroupName(site, sessionLog),
    cloudWatchEncryptionEnabled: true,
    cloudWatchStreamingEnabled: true,
    kmsKeyId: key.keyArn,
    runAsEnabled: true,
    runAsDefaultUser: shellUser,
    idleSessionTimeout: String(shellIdleMinutes),
    maxSessionDuration: String(shellMaximumMinutes),
    shellProfile: { linux: 'cd / && exec bash' },
  };
}
